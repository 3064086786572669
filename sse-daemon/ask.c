/* ask: one row per field: its name and how it is read. */
#include "ask.h"

#include <stdbool.h>
#include <string.h>

#include "format.h"
#include "head.h"
#include "uuid.h"

enum { WAIT_MOST = 60 };
static const uint64_t expires_most = 253402300799; /* the end of the year 9999 */

static bool read_topics(const char *s, struct ask *a)
{
	size_t n = 0;
	for (const char *p = s; *p; p++) {
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\')
			return false;
		if (*p == ',' ? !n : false)
			return false;
		n = *p == ',' ? 0 : n + 1;
	}
	a->topics = s;
	return n || !*s;
}

static bool read_user(const char *s, struct ask *a)
{
	return uuid_parse(s, a->user);
}

static bool read_session(const char *s, struct ask *a)
{
	return uuid_parse(s, a->session);
}

static bool read_expires(const char *s, struct ask *a)
{
	uint64_t seconds;
	if (!cursor_number(s, strlen(s), &seconds) || seconds > expires_most)
		return false;
	a->expires = (int64_t)seconds;
	return true;
}

static bool read_as_of(const char *s, struct ask *a)
{
	return cursor_parse(s, strlen(s), &a->wish.as_of);
}

static bool read_since(const char *s, struct ask *a)
{
	a->wish.since = UINT64_MAX;
	return !strcmp(s, "max") || cursor_number(s, strlen(s), &a->wish.since);
}

static bool read_cursor(const char *s, struct ask *a)
{
	a->wish.cursor = s;
	return true;
}

static bool read_named(const char *s, struct ask *a)
{
	if (!strcmp(s, "1"))
		a->form |= FORMAT_NAMED;
	return !*s || !strcmp(s, "0") || !strcmp(s, "1");
}

static bool read_dialect(const char *s, struct ask *a)
{
	if (!strcmp(s, "s2"))
		a->form |= FORMAT_S2;
	return !*s || !strcmp(s, "s2");
}

static bool read_wait(const char *s, struct ask *a)
{
	uint64_t seconds = 0;
	if (*s && (!cursor_number(s, strlen(s), &seconds) || seconds > WAIT_MOST))
		return false;
	a->wait = (int)seconds;
	return true;
}

/* Repeated in the answer, so it must not be able to end a line; the head parser saw to controls. */
static bool read_request_id(const char *s, struct ask *a)
{
	a->request_id = strlen(s) <= 64 ? s : "";
	return true;
}

static const struct {
	const char *name;
	bool needed;
	bool (*read)(const char *s, struct ask *a);
} fields[] = {
	{"X-Stream-Topics", false, read_topics},
	{"X-Stream-User", true, read_user},
	{"X-Stream-Session", true, read_session},
	{"X-Stream-Expires", true, read_expires},
	{"X-Stream-As-Of", true, read_as_of},
	{"X-Stream-Since", true, read_since},
	{"X-Stream-Cursor", false, read_cursor},
	{"X-Stream-Named", false, read_named},
	{"X-Stream-Dialect", false, read_dialect},
	{"X-Stream-Wait", false, read_wait},
	{"X-Request-Id", false, read_request_id},
};

static bool find_path(const char *target, enum ask_what *what)
{
	static const char *const paths[] = {
		[ASK_STREAM] = "/stream", [ASK_POLL] = "/poll", [ASK_STATS] = "/stats"};
	size_t n = strcspn(target, "?");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (strlen(paths[i]) == n && !memcmp(paths[i], target, n)) {
			*what = (enum ask_what)i;
			return true;
		}
	return false;
}

int ask_parse(const struct head *h, struct ask *out)
{
	*out = (struct ask){.wish.cursor = "", .topics = "", .request_id = ""};
	if (!find_path(h->target, &out->what))
		return 404;
	if (strcmp(h->method, "GET"))
		return 405;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const char *value = head_value(h, fields[i].name);
		bool needed = fields[i].needed && out->what != ASK_STATS;
		if (value ? !fields[i].read(value, out) && out->what != ASK_STATS : needed)
			return 400;
	}
	return 0;
}
