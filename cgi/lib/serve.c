/* serve: options, settings, then FastCGI children or one request of plain CGI. */
#include "serve.h"

#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "db.h"
#include "log.h"
#include "metrics.h"
#include "prefork.h"
#include "redis.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "token.h"
#include "version.h"

#define ARENA_BLOCK 65536
#define REDIS_TIMEOUT_MS 50

static const char *fcgi_param(void *state, const char *name)
{
	return FCGX_GetParam(name, ((FCGX_Request *)state)->envp);
}

static size_t fcgi_read(void *state, char *bytes, size_t n)
{
	int got = FCGX_GetStr(bytes, (int)n, ((FCGX_Request *)state)->in);

	return got > 0 ? (size_t)got : 0;
}

static void fcgi_write(void *state, const char *bytes, size_t n)
{
	FCGX_PutStr(bytes, (int)n, ((FCGX_Request *)state)->out);
}

/* libfcgi would tell nginx that there is no more and wait until nginx closes: two switches of
 * context a request. With the request read to its end, nothing is lost if we close first. */
static void finish(FCGX_Request *request)
{
	char rest[4096];

	while (FCGX_GetStr(rest, sizeof rest, request->in) > 0)
		continue;
	FCGX_Finish_r(
		request); /* keepConnection: it leaves the connection to us, or closed it broken */
	if (request->ipcFd >= 0)
		close(request->ipcFd);
	request->ipcFd = -1;
}

static int serve_child(void *arg)
{
	const struct program *p = arg;
	struct arena *a = arena_new(ARENA_BLOCK);
	FCGX_Request request;
	struct transport io = {&request, fcgi_param, fcgi_read, fcgi_write};
	int fd;

	metrics_started();
	FCGX_Init();
	prefork_child_signals();
	FCGX_InitRequest(&request, -1, 0);
	/* libfcgi takes a signal for a lost client: we accept, and it only serves what we accepted.
	 */
	while ((fd = prefork_accept(0)) >= 0) {
		request.ipcFd = fd;
		request.keepConnection = 1; /* so that it takes the connection over */
		if (FCGX_Accept_r(&request) != 0)
			continue;
		request_run(p, &io, a);
		finish(&request);
	}
	FCGX_Free(&request, 1);
	db_close();
	redis_close();
	arena_free(a);
	return 0;
}

static const char *cgi_param(void *state, const char *name)
{
	(void)state;
	return getenv(name);
}

static size_t cgi_read(void *state, char *bytes, size_t n)
{
	return fread(bytes, 1, n, state);
}

static void cgi_write(void *state, const char *bytes, size_t n)
{
	(void)state;
	fwrite(bytes, 1, n, stdout);
}

static int serve_one(const struct program *p)
{
	struct transport io = {stdin, cgi_param, cgi_read, cgi_write};
	struct arena *a = arena_new(ARENA_BLOCK);

	request_run(p, &io, a);
	fflush(stdout);
	db_close();
	redis_close();
	arena_free(a);
	return 0;
}

static int print_routes(const struct program *p)
{
	struct arena *a = arena_new(ARENA_BLOCK);
	struct buf b;

	buf_init(&b, a);
	route_describe(&b, p->name, p->routes);
	puts(b.data);
	arena_free(a);
	return 0;
}

static int complain(const struct program *p, const char *why)
{
	fprintf(stderr, "%s: %s\n", p->name, why);
	return 2;
}

static bool is_listening(void)
{
	int on = 0;
	socklen_t n = sizeof on;

	return getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on;
}

static enum log_level level(void)
{
	return setting_is(LOG_LEVEL, "debug")	? LOG_DEBUG
	       : setting_is(LOG_LEVEL, "warn")	? LOG_WARN
	       : setting_is(LOG_LEVEL, "error") ? LOG_ERROR
						: LOG_INFO;
}

static int start(const struct program *p)
{
	const char *why = setting_load();

	if (why)
		return complain(p, why);
	log_open(p->name, level());
	if (token_keys(setting_text(JWT_SECRET), setting_text(JWT_SECRET_PREVIOUS)) < 0)
		return complain(p, "JWT_SECRET: at least 32 bytes");
	if (redis_setup(setting_text(REDIS_URL), REDIS_TIMEOUT_MS) < 0)
		return complain(p, "REDIS_URL: not a Redis URL");
	/* No core holds a secret or a neighbour's phone number. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	return 0;
}

int serve_main(const struct program *p, int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";
	const char *why = route_check(p->routes);
	bool login = strcmp(option, "--pool") == 0 && argc == 3 && strcmp(argv[2], "login") == 0;
	char name[32];
	int failed, children;

	if (why)
		return complain(p, why);
	if (strcmp(option, "--version") == 0)
		return puts(version_text()) < 0;
	if (strcmp(option, "--settings") == 0) {
		setting_print();
		return 0;
	}
	if (strcmp(option, "--routes") == 0) {
		setenv("JWT_SECRET", "not needed to print the routes of a program", 0);
		why = setting_load();
		return why ? complain(p, why) : print_routes(p);
	}
	failed = start(p);
	if (failed)
		return failed;
	if (strcmp(option, "--check") == 0)
		return db_check(p) > 0;
	if (*option && !login)
		return p->command ? p->command(argc, argv) : complain(p, "no such option");
	signal(SIGPIPE, SIG_IGN);
	if (!is_listening())
		return serve_one(p);
	children = (int)setting_number(login ? LOGIN_CHILDREN : CHILDREN);
	snprintf(name, sizeof name, "%s%s", p->name, login ? "-login" : "");
	metrics_open(name, p->routes, children);
	return prefork_run(&(struct prefork){
		.children = children,
		.grace_ms = (int)setting_number(REQUEST_GRACE),
		.serve = serve_child,
		.arg = (void *)(uintptr_t)p,
	});
}
