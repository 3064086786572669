/* What redis.h promises, against a Redis of the test's own: replies when it is there, NULL at once
 * when it is not, and never an answer to an older question. */
#include "unit.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "redis.h"

static char folder[] = "/tmp/gatehouse-redis-XXXXXX";
static char path[64], url[80], port[8];
static pid_t server;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static redisReply *command(const char *a, const char *b, const char *c)
{
	const char *argv[] = {a, b, c};
	return redis_command(c ? 3 : b ? 2 : 1, argv, NULL);
}

/* Whether Redis says PONG; waits up to 10 s for it. */
static bool comes_up(void)
{
	for (int64_t end = now_ms() + 10000; now_ms() < end; pause_ms(10)) {
		redisReply *r = command("PING", NULL, NULL);
		if (!r)
			continue;
		freeReplyObject(r);
		return true;
	}
	return false;
}

/* On the socket, where it may be put to sleep; with `password`, on TCP as well and only with that.
 */
static void server_start(const char *password)
{
	server = fork();
	if (server)
		return;
	execlp("redis-server", "redis-server", "--unixsocket", path, "--port",
		*password ? port : "0", "--bind", "127.0.0.1", "--requirepass", password, "--save",
		"", "--appendonly", "no", "--enable-debug-command", "yes", "--dir", folder,
		"--logfile", "/dev/null", NULL);
	_exit(127);
}

static void server_stop(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(path);
}

static int setup(void **state)
{
	(void)state;
	server_start("");
	redis_setup(url, 2000);
	return comes_up() ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	redis_close();
	server_stop();
	return 0;
}

static void a_command_brings_its_reply(void **state)
{
	(void)state;
	redisReply *r = command("SET", "gate", "open");
	assert_non_null(r);
	assert_string_equal(r->str, "OK");
	freeReplyObject(r);
	r = command("GET", "gate", NULL);
	assert_string_equal(r->str, "open");
	freeReplyObject(r);
	r = command("GET", "nothing", NULL);
	assert_int_equal(r->type, REDIS_REPLY_NIL);
	freeReplyObject(r);
}

static void arguments_may_hold_any_bytes(void **state)
{
	(void)state;
	const char *argv[] = {"SET", "k\0ey", "a\r\n$3\r\n\0b"};
	const size_t lengths[] = {3, 4, 9};
	freeReplyObject(redis_command(3, argv, lengths));
	redisReply *r = redis_command(2, (const char *[]){"GET", "k\0ey"}, lengths);
	assert_int_equal(r->len, 9);
	assert_memory_equal(r->str, argv[2], 9);
	freeReplyObject(r);
}

static void an_error_reply_is_null_and_the_connection_lives_on(void **state)
{
	(void)state;
	assert_null(command("NOSUCHCOMMAND", NULL, NULL));
	assert_true(redis_available());
	redisReply *r = command("PING", NULL, NULL);
	assert_string_equal(r->str, "PONG");
	freeReplyObject(r);
}

static const char script[] = "return {KEYS[1], ARGV[1], #KEYS, #ARGV}";

static void a_script_runs_also_when_redis_forgot_it(void **state)
{
	(void)state;
	const char *argv[] = {"key", "value"};
	for (int i = 0; i < 3; i++) {
		redisReply *r = redis_script(script, 1, 2, argv, NULL);
		assert_non_null(r);
		assert_int_equal(r->elements, 4);
		assert_string_equal(r->element[0]->str, "key");
		assert_string_equal(r->element[1]->str, "value");
		assert_int_equal(r->element[2]->integer, 1);
		assert_int_equal(r->element[3]->integer, 1);
		freeReplyObject(r);
		if (i == 1)
			freeReplyObject(command("SCRIPT", "FLUSH", NULL));
	}
}

static void a_script_is_sent_whole_once(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		freeReplyObject(redis_script(script, 0, 0, NULL, NULL));
	redisReply *r = command("INFO", "commandstats", NULL);
	assert_non_null(strstr(r->str, "cmdstat_eval:calls=1,"));
	assert_non_null(strstr(r->str, "cmdstat_evalsha:calls=5,"));
	freeReplyObject(r);
}

static void a_failing_script_is_null(void **state)
{
	(void)state;
	assert_null(redis_script("return redis.error_reply('no')", 0, 0, NULL, NULL));
	assert_null(redis_script("this is not lua", 0, 0, NULL, NULL));
	assert_true(redis_available());
}

static void without_redis_only_the_first_call_tries(void **state)
{
	(void)state;
	server_stop();
	assert_null(command("PING", NULL, NULL));
	assert_false(redis_available());
	int64_t begin = now_ms();
	for (int i = 0; i < 1000; i++)
		assert_null(command("PING", NULL, NULL));
	assert_true(now_ms() - begin < 100);
	server_start("");
	assert_true(comes_up());
}

static void a_redis_that_comes_back_is_found_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		server_stop();
		assert_null(command("PING", NULL, NULL));
		server_start("");
		assert_true(comes_up());
		assert_true(redis_available());
	}
}

/* The delay from one try to the next, as long as none succeeds. */
static int64_t closed_for(void)
{
	int64_t begin = now_ms();
	while (!redis_available() && now_ms() - begin < 5000)
		pause_ms(1);
	return now_ms() - begin;
}

static void the_breaker_opens_longer_each_time_up_to_2_s(void **state)
{
	static const int64_t expected[] = {100, 200, 400, 800, 1600, 2000};
	(void)state;
	redis_setup("unix:///nonexistent/redis.sock", 50);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_null(command("PING", NULL, NULL));
		int64_t took = closed_for();
		assert_in_range(took, expected[i] - 20, expected[i] + 900);
	}
}

/* A socket that takes connections and never answers. */
static int silent_listener(const char *where)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", where);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void a_silent_redis_costs_one_time_out(void **state)
{
	(void)state;
	char where[80], silent[100];
	snprintf(where, sizeof where, "%s/silent.sock", folder);
	snprintf(silent, sizeof silent, "unix:%s", where);
	int fd = silent_listener(where);
	assert_int_equal(redis_setup(silent, 300), 0);
	int64_t begin = now_ms();
	assert_null(command("PING", NULL, NULL));
	assert_in_range(now_ms() - begin, 290, 2000);
	begin = now_ms();
	assert_null(command("PING", NULL, NULL));
	assert_true(now_ms() - begin < 200);
	close(fd);
	unlink(where);
}

static void a_late_reply_is_not_taken_for_the_next_one(void **state)
{
	(void)state;
	assert_int_equal(redis_setup(url, 100), 0);
	freeReplyObject(command("SET", "gate", "open"));
	const char *argv[] = {"DEBUG", "SLEEP", "0.3"};
	assert_null(redis_command(3, argv, NULL));
	assert_true(comes_up());
	redisReply *r = command("GET", "gate", NULL);
	assert_string_equal(r->str, "open");
	freeReplyObject(r);
}

static void a_forked_child_has_a_connection_of_its_own(void **state)
{
	enum { CHILDREN = 4, ROUNDS = 200 };
	(void)state;
	freeReplyObject(command("SET", "who", "parent"));
	pid_t pids[CHILDREN];
	for (int c = 0; c < CHILDREN; c++) {
		pids[c] = fork();
		if (pids[c])
			continue;
		int wrong = 0;
		for (int i = 0; i < ROUNDS; i++) {
			char text[32];
			snprintf(text, sizeof text, "%d-%d", c, i);
			redisReply *r = command("ECHO", text, NULL);
			wrong += !r || strcmp(r->str, text) != 0;
			if (r)
				freeReplyObject(r);
		}
		redis_close();
		_exit(wrong != 0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		redisReply *r = command("GET", "who", NULL);
		assert_string_equal(r->str, "parent");
		freeReplyObject(r);
	}
	for (int c = 0; c < CHILDREN; c++) {
		int status;
		assert_int_equal(waitpid(pids[c], &status, 0), pids[c]);
		assert_int_equal(status, 0);
	}
}

/* Sets up a URL in which %s is the port. */
static void set_up(const char *format)
{
	char tcp[128];
	const char *at = strstr(format, "%s");
	snprintf(tcp, sizeof tcp, "%.*s%s%s", (int)(at - format), format, port, at + 2);
	assert_int_equal(redis_setup(tcp, 2000), 0);
}

static void passwords_and_databases_of_the_url_are_used(void **state)
{
	(void)state;
	server_stop();
	server_start("p@ss/wo:rd");
	set_up("redis://:p%40ss%2Fwo%3Ard@127.0.0.1:%s/3");
	assert_true(comes_up());
	freeReplyObject(command("SET", "in", "three"));
	set_up("redis://default:p%40ss%2Fwo%3Ard@localhost:%s/3");
	redisReply *r = command("GET", "in", NULL);
	assert_string_equal(r->str, "three");
	freeReplyObject(r);
	set_up("redis://:p%40ss%2Fwo%3Ard@127.0.0.1:%s");
	r = command("GET", "in", NULL);
	assert_int_equal(r->type, REDIS_REPLY_NIL);
	freeReplyObject(r);
	set_up("redis://:wrong@127.0.0.1:%s");
	assert_null(command("GET", "in", NULL));
	assert_false(redis_available());
	set_up("redis://127.0.0.1:%s");
	assert_null(command("GET", "in", NULL));
}

static void a_bad_url_is_nowhere(void **state)
{
	(void)state;
	assert_int_equal(redis_setup("redis://h?db=1", 50), -1);
	assert_false(redis_available());
	assert_null(command("PING", NULL, NULL));
	assert_int_equal(redis_setup("redis://localhost", 0), -1);
	assert_false(redis_available());
}

int main(void)
{
#define REDIS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		REDIS_TEST(a_command_brings_its_reply),
		REDIS_TEST(arguments_may_hold_any_bytes),
		REDIS_TEST(an_error_reply_is_null_and_the_connection_lives_on),
		REDIS_TEST(a_script_runs_also_when_redis_forgot_it),
		REDIS_TEST(a_script_is_sent_whole_once),
		REDIS_TEST(a_failing_script_is_null),
		REDIS_TEST(without_redis_only_the_first_call_tries),
		REDIS_TEST(a_redis_that_comes_back_is_found_again),
		REDIS_TEST(a_silent_redis_costs_one_time_out),
		REDIS_TEST(a_late_reply_is_not_taken_for_the_next_one),
		REDIS_TEST(a_forked_child_has_a_connection_of_its_own),
		REDIS_TEST(passwords_and_databases_of_the_url_are_used),
		cmocka_unit_test(the_breaker_opens_longer_each_time_up_to_2_s),
		cmocka_unit_test(a_bad_url_is_nowhere),
	};
	if (!mkdtemp(folder))
		return 1;
	log_open("redis_test", (enum log_level)(LOG_ERROR + 1));
	snprintf(port, sizeof port, "%d", 18000 + getpid() % 1000);
	snprintf(path, sizeof path, "%s/redis.sock", folder);
	snprintf(url, sizeof url, "unix://%s", path);
	int failed = RUN_TESTS(tests);
	rmdir(folder);
	return failed;
}
