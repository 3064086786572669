/* What prefork.h promises about connections: each is taken once, and neither a roll nor the end of
 * a process breaks or loses one. */
#include "unit.h"

#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "prefork.h"

static char folder[] = "/tmp/gatehouse-accept-XXXXXX";
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int listener;
static pid_t parent;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Answers a line with the pid and the line; "wait" with nothing until another line comes. */
static int serve_lines(void *arg)
{
	int fd;
	while ((fd = prefork_accept(*(int *)arg)) >= 0) {
		char line[64] = "";
		ssize_t n = read(fd, line, sizeof line - 1);
		if (n > 0 && !strcmp(line, "wait")) {
			dprintf(fd, "waiting");
			n = read(fd, line, sizeof line - 1);
			line[n > 0 ? n : 0] = '\0';
		}
		if (n > 0)
			dprintf(fd, "%d %s", (int)getpid(), line);
		close(fd);
	}
	return 0;
}

/* The way prefork.h shows. */
static int serve_fcgi(void *arg)
{
	FCGX_Request request;
	int fd;
	FCGX_Init();
	prefork_child_signals();
	FCGX_InitRequest(&request, -1, 0);
	while ((fd = prefork_accept(*(int *)arg)) >= 0) {
		request.ipcFd = fd;
		request.keepConnection = 1;
		if (FCGX_Accept_r(&request) != 0)
			continue;
		FCGX_PutS(FCGX_GetParam("GREETING", request.envp), request.out);
		request.keepConnection = 0;
		FCGX_Finish_r(&request);
	}
	FCGX_Free(&request, 1);
	return 0;
}

static void start(int children, int (*serve)(void *))
{
	unlink(address.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 128), 0);
	parent = fork();
	if (parent)
		return;
	const struct prefork p = {
		.children = children, .grace_ms = 10000, .serve = serve, .arg = &listener};
	_exit(prefork_run(&p));
}

static int reach(void)
{
	const struct timeval patience = {20, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* All that comes until the other side closes; static. */
static const char *answer(int fd)
{
	static char text[1024];
	size_t len = 0;
	ssize_t n;
	while ((n = read(fd, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	return text;
}

static const char *ask(const char *line)
{
	int fd = reach();
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	return answer(fd);
}

/* Opens a connection that a child has in hand. */
static int held(void)
{
	char text[16] = "";
	int fd = reach();
	assert_int_equal(write(fd, "wait", 4), 4);
	assert_int_equal(read(fd, text, sizeof text), 7);
	return fd;
}

static void finish(void)
{
	int status;
	kill(parent, SIGTERM);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	parent = 0;
	assert_int_equal(status, 0);
}

static int teardown(void **state)
{
	(void)state;
	if (parent) {
		kill(parent, SIGKILL);
		waitpid(parent, NULL, 0);
		parent = 0;
	}
	close(listener);
	unlink(address.sun_path);
	return 0;
}

static void every_connection_gets_its_own_answer(void **state)
{
	(void)state;
	start(3, serve_lines);
	for (int i = 0; i < 500; i++) {
		char line[32];
		snprintf(line, sizeof line, "line-%d", i);
		assert_string_equal(strchr(ask(line), ' ') + 1, line);
	}
	finish();
}

static void connections_that_wait_are_all_taken(void **state)
{
	enum { MANY = 100 };
	(void)state;
	int fds[MANY];
	start(3, serve_lines);
	for (int i = 0; i < MANY; i++)
		fds[i] = reach();
	for (int i = 0; i < MANY; i++)
		assert_int_equal(write(fds[i], "x", 1), 1);
	for (int i = 0; i < MANY; i++)
		assert_non_null(strstr(answer(fds[i]), " x"));
	finish();
}

static void a_busy_process_does_not_keep_a_connection_from_an_idle_one(void **state)
{
	(void)state;
	start(3, serve_lines);
	int one = held(), two = held();
	for (int i = 0; i < 50; i++)
		assert_non_null(strstr(ask("x"), " x"));
	assert_int_equal(write(one, "1", 1), 1);
	assert_int_equal(write(two, "2", 1), 1);
	assert_non_null(strstr(answer(one), " 1"));
	assert_non_null(strstr(answer(two), " 2"));
	finish();
}

static void a_roll_under_traffic_loses_nothing(void **state)
{
	(void)state;
	int pids = 0, last = 0;
	start(4, serve_lines);
	ask("x"); /* it runs, so it knows what SIGUSR1 means */
	for (int i = 0; i < 3000; i++) {
		if (i % 30 == 0)
			kill(parent, SIGUSR1);
		const char *text = ask("x");
		assert_non_null(strstr(text, " x"));
		pids += atoi(text) != last;
		last = atoi(text);
	}
	assert_true(pids > 10); /* it did roll */
	finish();
}

static void idle_processes_end_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		start(4, serve_lines);
		ask("x");
		int64_t begin = now_ms();
		finish();
		assert_true(now_ms() - begin < 5000); /* half the grace time */
		close(listener);
	}
	listener = -1;
}

static void the_request_in_hand_is_finished_first(void **state)
{
	(void)state;
	start(2, serve_lines);
	int fd = held();
	kill(parent, SIGTERM);
	assert_int_equal(waitpid(parent, NULL, WNOHANG), 0);
	assert_int_equal(write(fd, "still", 5), 5);
	assert_non_null(strstr(answer(fd), " still"));
	finish();
}

/* Without SA_RESTART the child's read would fail with EINTR here. */
static void no_signal_interrupts_the_request_in_hand(void **state)
{
	(void)state;
	start(1, serve_lines);
	int pid = atoi(ask("x")), fd = held();
	for (int i = 0; i < 100; i++) {
		kill(pid, i % 2 ? SIGTERM : SIGUSR1);
		nanosleep(&(struct timespec){0, 500000}, NULL);
	}
	assert_int_equal(write(fd, "whole", 5), 5);
	assert_non_null(strstr(answer(fd), " whole"));
	finish();
}

static void what_is_no_listener_ends_the_process(void **state)
{
	(void)state;
	int fds[2], status;
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(prefork_accept(fds[0]) == -1 ? 7 : 8);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	close(fds[0]);
	close(fds[1]);
}

/* One FastCGI responder request with one parameter. */
static const unsigned char fcgi_request[] = {
	1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, /* begin, responder, do not keep */
	1, 4, 0, 1, 0, 15, 1, 0, 8, 5, 'G', 'R', 'E', 'E', 'T', 'I', 'N', 'G', 'h', 'e', 'l', 'l',
	'o', 0,			/* a parameter, padded */
	1, 4, 0, 1, 0, 0, 0, 0, /* no more of them */
	1, 5, 0, 1, 0, 0, 0, 0, /* no body */
};

static void libfcgi_takes_over_the_connection(void **state)
{
	(void)state;
	start(2, serve_fcgi);
	assert_int_equal(*ask("no FastCGI"), '\0');
	for (int i = 0; i < 200; i++) {
		if (i % 20 == 10)
			kill(parent, SIGUSR1);
		int fd = reach();
		assert_int_equal(write(fd, fcgi_request, sizeof fcgi_request), sizeof fcgi_request);
		const char *text = answer(fd);
		assert_memory_equal(text + 8, "hello", 5); /* after the record's header */
	}
	finish();
}

static void garbage_for_libfcgi_costs_nothing_but_itself(void **state)
{
	(void)state;
	start(1, serve_fcgi);
	for (int i = 0; i < 20; i++) {
		int fd = reach();
		assert_true(write(fd, "GET / HTTP/1.1\r\n\r\n", (size_t)(i % 19)) >= 0);
		shutdown(fd, SHUT_WR);
		answer(fd);
	}
	int fd = reach();
	assert_int_equal(write(fd, fcgi_request, sizeof fcgi_request), sizeof fcgi_request);
	assert_memory_equal(answer(fd) + 8, "hello", 5);
	finish();
}

int main(void)
{
#define ACCEPT_TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		ACCEPT_TEST(every_connection_gets_its_own_answer),
		ACCEPT_TEST(connections_that_wait_are_all_taken),
		ACCEPT_TEST(a_busy_process_does_not_keep_a_connection_from_an_idle_one),
		ACCEPT_TEST(a_roll_under_traffic_loses_nothing),
		ACCEPT_TEST(idle_processes_end_at_once),
		ACCEPT_TEST(the_request_in_hand_is_finished_first),
		ACCEPT_TEST(no_signal_interrupts_the_request_in_hand),
		ACCEPT_TEST(what_is_no_listener_ends_the_process),
		ACCEPT_TEST(libfcgi_takes_over_the_connection),
		ACCEPT_TEST(garbage_for_libfcgi_costs_nothing_but_itself),
	};
	if (!mkdtemp(folder))
		return 1;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/area.sock", folder);
	log_open("prefork_accept_test", (enum log_level)(LOG_ERROR + 1));
	int failed = RUN_TESTS(tests);
	rmdir(folder);
	return failed;
}
