/* whole: a whole request to a program, from its first byte to its log lines; there is no database
 * and no Redis, so it goes as far as a handler's first statement, or to its answer without one.
 *
 * The input is written like HTTP/1: "METHOD target", header lines, an empty line, the body; ends of
 * lines are LF. A name in capitals is a CGI variable as it is. "#7" for method and target stands
 * for those of the seventh route, @fields for members of a body that are right for that route;
 * @token for a good access token, @late for one that has expired, @csrf for the session's CSRF
 * token. What is claimed holds for every answer of every program. */
#ifndef GH_FUZZ_WHOLE_H
#define GH_FUZZ_WHOLE_H

#include <ctype.h>
#include <jansson.h>
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "encode.h"
#include "fuzz.h"
#include "log.h"
#include "redis.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "times.h"
#include "token.h"

#define WHOLE_USER "11111111-1111-4111-8111-111111111111"
#define WHOLE_SESSION "22222222-2222-4222-8222-222222222222"

enum { WHOLE_VARIABLES = 24, WHOLE_BODY = 4096 };

static struct {
	struct {
		const char *name, *value;
	} variable[WHOLE_VARIABLES];
	size_t count;
	const char *body;
	size_t length, given;
	bool signed_in; /* a good token is somewhere in it */
	struct buf answer;
	const char *token;	   /* the last one made; it may stand in no line of the log */
	struct arena *arena;	   /* not the request's, which is wiped at its end */
	const struct route *route; /* that "#7" named, or NULL */
} whole;

static const char *whole_variable(const char *name)
{
	for (size_t i = 0; i < whole.count; i++)
		if (strcmp(whole.variable[i].name, name) == 0)
			return whole.variable[i].value;
	return NULL;
}

static void whole_add(const char *name, const char *value)
{
	if (whole.count < WHOLE_VARIABLES && !whole_variable(name)) {
		whole.variable[whole.count].name = name;
		whole.variable[whole.count++].value = value;
	}
}

static const char *whole_io_param(void *state, const char *name)
{
	(void)state;
	return whole_variable(name);
}

/* In small pieces, as they come from a socket. */
static size_t whole_io_read(void *state, char *bytes, size_t n)
{
	size_t left = whole.length - whole.given;

	(void)state;
	HOLDS(n > 0 && n <= WHOLE_BODY);
	n = n < left ? n : left;
	n = n < 1000 ? n : 1000;
	if (n)
		memcpy(bytes, whole.body + whole.given, n);
	whole.given += n;
	return n;
}

static void whole_io_write(void *state, const char *bytes, size_t n)
{
	(void)state;
	buf_put(&whole.answer, bytes, n);
}

static const char *whole_token(int64_t expires)
{
	return whole.token = token_sign(whole.arena, &(struct claims){.user = WHOLE_USER,
							     .session = WHOLE_SESSION,
							     .id = WHOLE_SESSION,
							     .issued = expires - 1000,
							     .expires = expires});
}

/* A value that a field takes, as JSON. */
static const char *whole_sample(const struct field *f)
{
	static const char *const samples[] = {
		[TYPE_TEXT] = "\"some text\"",
		[TYPE_SECRET] = "\"correct horse\"",
		[TYPE_UUID] = "\"" WHOLE_USER "\"",
		[TYPE_INTEGER] = "7",
		[TYPE_NUMBER] = "7.5",
		[TYPE_BOOLEAN] = "true",
		[TYPE_TIME] = "\"2026-01-31T09:15:00Z\"",
		[TYPE_MOMENT] = "\"2026-01-31T09:15:00Z\"",
		[TYPE_DATE] = "\"2026-01-31\"",
		[TYPE_EMAIL] = "\"asha@example.com\"",
		[TYPE_PHONE] = "\"+919812345678\"",
		[TYPE_CURSOR] = "\"MTExMTExMTEtMTExMS00MTExLTgxMTEtMTExMTExMTExMTEx\"",
		[TYPE_ZONE] = "\"Asia/Kolkata\"",
		[TYPE_UUIDS] = "[\"" WHOLE_USER "\"]",
	};

	return f->type == TYPE_CHOICE ? arena_printf(whole.arena, "\"%.*s\"",
						(int)strcspn(f->choices, " ="), f->choices)
				      : samples[f->type];
}

static const char *whole_fields(void)
{
	const struct field *f = whole.route ? whole.route->input : NULL;
	struct buf b;

	buf_init(&b, whole.arena);
	for (; f && f->name; f++)
		if (f->in == IN_BODY)
			buf_printf(&b, "%s\"%s\":%s", b.len ? "," : "", f->name, whole_sample(f));
	return b.data;
}

/* The route's path with an id for each parameter. */
static const char *whole_path(const struct route *t)
{
	struct buf b;

	buf_init(&b, whole.arena);
	for (const char *s = t->path; *s;) {
		size_t n = 1 + strcspn(s + 1, "/");

		if (s[1] == ':')
			buf_puts(&b, "/" WHOLE_USER);
		else
			buf_put(&b, s, n);
		s += n;
	}
	return b.data;
}

static const char *whole_stands_for(const char *name)
{
	int64_t now = times_now() / 1000;

	if (strcmp(name, "@fields") == 0)
		return whole_fields();
	if (strcmp(name, "@csrf") == 0)
		return token_mac(whole.arena, "csrf", WHOLE_SESSION);
	whole.signed_in |= strcmp(name, "@token") == 0;
	return whole_token(strcmp(name, "@late") == 0 ? now - 1 : now + 900);
}

/* n bytes with what stands for something replaced. */
static const char *whole_filled(const char *text, size_t n, size_t *length)
{
	static const char *const names[] = {"@token", "@late", "@csrf", "@fields"};
	struct buf b;

	buf_init(&b, whole.arena);
	while (n > 0) {
		size_t step = 0;

		for (size_t i = 0; i < sizeof names / sizeof *names && !step; i++)
			if (n >= strlen(names[i]) &&
				memcmp(text, names[i], strlen(names[i])) == 0) {
				step = strlen(names[i]);
				buf_puts(&b, whole_stands_for(names[i]));
			}
		if (!step)
			buf_put(&b, text, step = 1);
		text += step;
		n -= step;
	}
	if (length)
		*length = b.len;
	return b.data;
}

static void whole_read_header(char *line)
{
	char *colon = strchr(line, ':'), *name = line;
	bool bare = !strncasecmp(line, "Content-", 8);

	if (!colon)
		return;
	*colon = 0;
	colon += 1 + (colon[1] == ' ');
	if (strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(line)) {
		whole_add(line, colon);
		return;
	}
	name = arena_printf(whole.arena, "%s%s", bare ? "" : "HTTP_", line);
	for (char *c = name; *c; c++)
		*c = (char)(*c == '-' ? '_' : toupper((unsigned char)*c));
	whole_add(name, whole_filled(colon, strlen(colon), NULL));
}

static void whole_read_line(const struct program *p, char *line)
{
	char *target = strchr(line, ' ');
	const char *uri, *query;

	whole.route = NULL;
	if (*line == '#') {
		int n = atoi(line + 1);

		for (whole.route = p->routes; n > 0 && whole.route[1].path; n--)
			whole.route++;
		whole_add("REQUEST_METHOD", method_name(whole.route->method));
		uri = arena_printf(whole.arena, "%s%s", whole_path(whole.route),
			line + 1 + strspn(line + 1, "0123456789"));
	} else if (target) {
		*target++ = 0;
		whole_add("REQUEST_METHOD", line);
		uri = target;
	} else {
		return;
	}
	uri = whole_filled(uri, strlen(uri), NULL);
	query = strchr(uri, '?');
	whole_add("REQUEST_URI", uri);
	whole_add("QUERY_STRING", query ? query + 1 : "");
}

static void whole_read(const struct program *p, const uint8_t *data, size_t size)
{
	char *line = fuzz_line(whole.arena, &data, &size);

	whole.count = whole.given = 0;
	whole.signed_in = false;
	whole.token = NULL;
	whole_read_line(p, line);
	while (size > 0 && *(line = fuzz_line(whole.arena, &data, &size)))
		whole_read_header(line);
	whole.body = whole_filled((const char *)data, size, &whole.length);
	if (whole.length > 0)
		whole_add("CONTENT_LENGTH", arena_printf(whole.arena, "%zu", whole.length));
}

#include "whole_answer.h"

static void whole_start(const struct program *p)
{
	static const char *const settings[][2] = {
		{"JWT_SECRET", "a secret of at least thirty-two bytes"},
		{"DATABASE_URL", "postgresql:///nowhere?host=/nonexistent"},
		{"REDIS_URL", "unix:///nonexistent/redis.sock"},
		{"GATEHOUSE_RUN", "/nonexistent"},
		{"PASSWORD_COST", "10"},
		{"MAX_REQUEST_SIZE", "4096"},
		{"METRICS_ALLOW", "127.0.0.1"},
	};

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		setenv(settings[i][0], settings[i][1], 1);
	HOLDS(!setting_load());
	HOLDS(!route_check(p->routes));
	log_open(p->name, LOG_INFO);
	token_keys(setting_text(JWT_SECRET), NULL);
	redis_setup(setting_text(REDIS_URL), 50);
	whole.arena = arena_new(65536);
}

/* One input to a program. */
static int whole_try(const struct program *p, const uint8_t *data, size_t size)
{
	static const struct transport io = {NULL, whole_io_param, whole_io_read, whole_io_write};
	struct arena *a = fuzz_arena(true);

	if (!whole.arena)
		whole_start(p);
	arena_reset(whole.arena);
	buf_init(&whole.answer, whole.arena);
	whole_read(p, data, size);
	whole_log_begin();
	request_run(p, &io, a);
	whole_answer_holds(whole_log_end());
	HOLDS(arena_used(a) == 0);
	return 0;
}

#endif
