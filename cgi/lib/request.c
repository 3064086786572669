/* request: the life of a request, in the order that DESIGN fixes: route, who, limit, parse,
 * validate, idempotency, handler, commit, send, log. */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "actor.h"
#include "arena.h"
#include "db.h"
#include "idempotency.h"
#include "limit.h"
#include "log.h"
#include "metrics.h"
#include "problem.h"
#include "route.h"
#include "setting.h"
#include "text.h"
#include "token.h"
#include "wake.h"

#define TRIES 3

const char *request_get(const struct request *r, const char *name)
{
	for (int i = 0; i < r->value_count; i++)
		if (strcmp(r->values[i].name, name) == 0)
			return r->values[i].text;
	return NULL;
}

long request_number(const struct request *r, const char *name, long otherwise)
{
	const char *s = request_get(r, name);

	return s ? strtol(s, NULL, 10) : otherwise;
}

bool request_true(const struct request *r, const char *name)
{
	const char *s = request_get(r, name);

	return s && strcmp(s, "true") == 0;
}

void request_set(struct request *r, const char *name, const char *text)
{
	for (int i = 0; i < r->value_count; i++) {
		if (strcmp(r->values[i].name, name) == 0) {
			r->values[i].text = text;
			return;
		}
	}
	if (r->value_count >= (int)(sizeof r->values / sizeof *r->values))
		abort(); /* an input table larger than any we have: a fault of ours */
	r->values[r->value_count++] = (struct value){name, text};
}

const char *request_param(const struct request *r, const char *name)
{
	return r->io->param(r->io->state, name);
}

const char *request_cookie(const struct request *r, const char *name)
{
	const char *s = request_param(r, "HTTP_COOKIE");
	size_t n = strlen(name);

	while (s && *s) {
		s += strspn(s, " ;");
		if (strncmp(s, name, n) == 0 && s[n] == '=')
			return arena_strndup(r->arena, s + n + 1, strcspn(s + n + 1, ";"));
		s += strcspn(s, ";");
	}
	return NULL;
}

void request_header(struct request *r, const char *name, const char *format, ...)
{
	va_list ap;
	char *value;

	va_start(ap, format);
	value = arena_vprintf(r->arena, format, ap);
	va_end(ap);
	/* Nothing that came from outside may end a header. */
	value[strcspn(value, "\r\n")] = 0;
	buf_printf(&r->headers, "%s: %s\r\n", name, value);
}

void request_security(const struct request *r, const char *kind, const char *members)
{
	struct buf b;

	buf_init(&b, r->arena);
	b.comma = true;
	put_string(&b, "kind", kind);
	put_string(&b, "request", r->id);
	put_string(&b, "ip", r->ip);
	put_string(&b, "user", *r->user ? r->user : NULL);
	put_string(&b, "route", r->route ? r->route->path : NULL);
	buf_puts(&b, members);
	log_event(LOG_WARN, "security", b.data);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void start(struct request *r)
{
	const char *id = request_param(r, "HTTP_X_REQUEST_ID");
	const char *path = request_param(r, "REQUEST_URI"),
		   *method = request_param(r, "REQUEST_METHOD");
	const char *query = request_param(r, "QUERY_STRING"), *ip = request_param(r, "REMOTE_ADDR");
	const char *agent = request_param(r, "HTTP_USER_AGENT"), *https = request_param(r, "HTTPS");

	r->started = now_us();
	/* As it was asked, so that it is decoded once, by route_find(). */
	if (path)
		path = arena_strndup(r->arena, path, strcspn(path, "?"));
	if (!path)
		path = request_param(r, "DOCUMENT_URI");
	if (!path)
		path = request_param(r, "PATH_INFO");
	if (!id || !uuid_parse(id, r->id))
		uuid_new(r->id);
	r->path = path ? path : "/";
	r->query = query ? query : "";
	r->ip = ip ? ip : "";
	r->agent = agent ? text_clean(r->arena, agent, 200) : NULL;
	r->https = https && *https && strcmp(https, "off") != 0;
	r->method = method ? (int)method_parse(method) : 0;
	buf_init(&r->headers, r->arena);
	buf_init(&r->bad_fields, r->arena);
	buf_init(&r->out, r->arena);
}

static int find_route(struct request *r)
{
	unsigned allowed = 0;

	r->route = route_find(r->program->routes, r, (enum method)r->method, r->path, &allowed);
	if (r->route) {
		r->who = r->route->who;
		return 0;
	}
	if (allowed) {
		struct buf b;

		buf_init(&b, r->arena);
		for (unsigned m = GET; m <= DELETE; m <<= 1)
			if (allowed & m)
				buf_printf(&b, "%s%s%s", b.len ? ", " : "",
					method_name((enum method)m), m == GET ? ", HEAD" : "");
		request_header(r, "Allow", "%s", b.data);
		return refuse(r, PROBLEM_METHOD_NOT_ALLOWED, "Use %s.", b.data);
	}
	return refuse(r, PROBLEM_NOT_FOUND, "There is no such path.");
}

static int read_body(struct request *r)
{
	const char *given = request_param(r, "CONTENT_LENGTH");
	long length = given && *given ? strtol(given, NULL, 10) : 0;
	long most = setting_number(MAX_REQUEST_SIZE);
	size_t got = 0, n;
	char *body;

	if (length > most)
		return refuse(r, PROBLEM_TOO_LARGE, "A body has at most %ld bytes here.", most);
	if (length <= 0)
		return 0;
	body = arena_alloc(r->arena, (size_t)length + 1);
	while (got < (size_t)length &&
		(n = r->io->read(r->io->state, body + got, (size_t)length - got)) > 0)
		got += n;
	if (got < (size_t)length)
		return refuse(
			r, PROBLEM_BAD_REQUEST, "The body is shorter than Content-Length says.");
	r->body = body;
	r->body_length = got;
	return 0;
}

/* Input is looked at only for those who may call; so a refusal of the body waits for the actor. */
static int read_input(struct request *r)
{
	int status;
	const char *code, *type;
	struct buf out, headers;

	if (read_body(r) == 0 && field_read(r) == 0 && idempotency_read(r) == 0)
		return 0;
	if (!*r->user)
		return -1;
	status = r->status;
	code = r->code;
	type = r->content_type;
	out = r->out;
	headers = r->headers;
	r->idempotency_key = NULL;
	if (db_enter(r) == 0) {
		r->status = status;
		r->code = code;
		r->content_type = type;
		r->out = out;
		r->headers = headers;
	}
	return -1;
}

static void forget_answer(struct request *r)
{
	r->status = 0;
	r->code = NULL;
	r->retry = false;
	buf_init(&r->out, r->arena);
	buf_init(&r->bad_fields, r->arena);
	for (int i = r->value_count - 1; i >= 0; i--)
		if (strncmp(r->values[i].name, "new_", 4) == 0)
			r->values[i] = r->values[--r->value_count];
}

static void handle(struct request *r)
{
	for (int i = 0; i < TRIES; i++) {
		struct buf headers = r->headers;
		int result = r->route->handler(r);

		if (result == 0 && r->status < 400)
			db_commit(r, idempotency_store(r));
		db_finish(r);
		if (!r->retry || i == TRIES - 1)
			break;
		r->headers = headers;
		forget_answer(r);
	}
	if (r->status == 0)
		refuse(r, PROBLEM_INTERNAL, NULL);
	if (r->method != GET && r->status < 400)
		wake_send("relay");
}

static void serve(struct request *r)
{
	if (find_route(r) < 0 || actor_read(r) < 0 || limit_check(r) < 0)
		return;
	if (read_input(r) == 0)
		handle(r);
	else
		db_finish(r);
}

/* A weak validator of what was answered (RFC 9110 section 8.8); the body goes only if it is new. */
static void tag(struct request *r)
{
	const char *given = request_param(r, "HTTP_IF_NONE_MATCH");
	const char *etag = arena_printf(r->arena, "W/\"%.22s\"", token_hash(r->arena, r->out.data));

	request_header(r, "ETag", "%s", etag);
	if (given && (strstr(given, etag + 2) || strcmp(given, "*") == 0)) {
		r->status = 304;
		buf_init(&r->out, r->arena);
	}
}

static void send_answer(struct request *r)
{
	const char *method = request_param(r, "REQUEST_METHOD");
	bool head_only = method && strcmp(method, "HEAD") == 0;
	bool cacheable = r->method == GET && r->status == 200 && r->route && r->out.len > 0 &&
			 !(r->route->flags & STREAMS);
	struct buf b;

	if (cacheable)
		tag(r);
	buf_init(&b, r->arena);
	buf_printf(&b, "Status: %d\r\nX-Request-Id: %s\r\nCache-Control: %s\r\n", r->status, r->id,
		cacheable ? "private, no-cache" : "no-store");
	if (r->content_type && r->status != 304)
		buf_printf(&b, "Content-Type: %s%s\r\n", r->content_type,
			strncmp(r->content_type, "text/", 5) == 0 ? "; charset=utf-8" : "");
	if (r->status != 204 && r->status != 304)
		buf_printf(&b, "Content-Length: %zu\r\n", r->out.len);
	buf_put(&b, r->headers.data, r->headers.len);
	buf_puts(&b, "\r\n");
	if (!head_only)
		buf_put(&b, r->out.data, r->out.len);
	r->io->write(r->io->state, b.data, b.len);
}

static void log_request(struct request *r)
{
	int64_t us = now_us() - r->started;
	const char *id = request_get(r, "id");
	struct buf b;

	metrics_count(r->route, r->status, us);

	buf_init(&b, r->arena);
	b.comma = true;
	put_string(&b, "request", r->id);
	put_string(&b, "method", r->method ? method_name((enum method)r->method) : "?");
	/* The path as the table has it, so that no token of a link is logged; and what stood for an
	 * id only if it is one. */
	put_string(&b, "route", r->route ? r->route->path : NULL);
	put_string(&b, "id",
		r->route && strstr(r->route->path, "/:id") && id && uuid_parse(id, NULL) ? id
											 : NULL);
	put_number(&b, "status", r->status);
	put_string(&b, "code", r->code);
	put_number(&b, "us", us);
	put_number(&b, "bytes", (long long)r->out.len);
	put_string(&b, "user", *r->user ? r->user : NULL);
	put_string(&b, "session", *r->session ? r->session : NULL);
	put_string(&b, "ip", r->ip);
	log_event(r->status >= 500 ? LOG_ERROR : LOG_INFO, "request", b.data);
}

struct request *request_job(const struct program *p, struct arena *a)
{
	struct request *r = arena_alloc(a, sizeof *r);

	r->arena = a;
	r->program = p;
	uuid_new(r->id);
	buf_init(&r->headers, a);
	buf_init(&r->bad_fields, a);
	buf_init(&r->out, a);
	return r;
}

void request_run(const struct program *p, const struct transport *io, struct arena *a)
{
	struct request *r = arena_alloc(a, sizeof *r);

	r->arena = a;
	r->program = p;
	r->io = io;
	start(r);
	serve(r);
	send_answer(r);
	log_request(r);
	arena_reset(a);
}
