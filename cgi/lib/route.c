/* route: finds the row of a request, checks the table at start, and prints it. */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "encode.h"
#include "request.h"
#include "setting.h"

static const struct {
	enum method method;
	const char *name;
} methods[] = {{GET, "GET"}, {POST, "POST"}, {PUT, "PUT"}, {PATCH, "PATCH"}, {DELETE, "DELETE"}};

static const struct {
	enum who who;
	const char *name;
} people[] = {{ADMIN, "admin"}, {MANAGER, "manager"}, {OPERATOR, "operator"},
	{TECHNICIAN, "technician"}, {CUSTOMER, "customer"}, {GUARD, "guard"},
	{RESIDENT, "resident"}, {USER, "user"}, {ANYONE, "anyone"}};

static const char *const limits[] = {[LIMIT_NONE] = "none",
	[LIMIT_USER] = "user",
	[LIMIT_GENERAL] = "general",
	[LIMIT_AUTH] = "auth",
	[LIMIT_ANALYTICS] = "analytics",
	[LIMIT_EXPORT] = "export"};

const char *method_name(enum method m)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (methods[i].method == m)
			return methods[i].name;
	return "?";
}

enum method method_parse(const char *s)
{
	if (strcmp(s, "HEAD") == 0)
		return GET;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].name, s) == 0)
			return methods[i].method;
	return 0;
}

static size_t segment(const char *s)
{
	return strcspn(s, "/");
}

/* Whether path fits the pattern; a segment `:name` takes anything but nothing. */
static bool fits(const char *pattern, const char *path)
{
	while (*pattern && *path) {
		size_t n = segment(pattern), m = segment(path);

		if (*pattern == ':' ? m == 0 : n != m || memcmp(pattern, path, n) != 0)
			return false;
		pattern += n;
		path += m;
		if (*pattern != *path)
			return false;
		if (*pattern == '/') {
			pattern++;
			path++;
		}
	}
	return *pattern == *path;
}

static bool has_input(const struct route *t, const char *name, size_t n)
{
	for (const struct field *f = t->input; f && f->name; f++)
		if (f->in == IN_PATH && strlen(f->name) == n && memcmp(f->name, name, n) == 0)
			return true;
	return false;
}

/* What is wrong with a row by itself, or NULL. */
static const char *row_fault(const struct route *t)
{
	if (t->who == 0)
		return "who may call it is not said";
	if (t->limit == 0)
		return "it has no limit class";
	if (!t->handler || !t->summary || t->path[0] != '/' || !t->method)
		return "it is incomplete";
	for (const char *s = t->path; *s; s += strcspn(s, "/"), s += *s == '/')
		if (*s == ':' && !has_input(t, s + 1, segment(s) - 1))
			return "a parameter of its path is not in its input";
	return NULL;
}

/* What is wrong with a row beside one before it, or NULL. */
static const char *pair_fault(const struct route *t, const struct route *before)
{
	if (strcmp(before->path, t->path) == 0)
		return before->method == t->method ? "it stands twice" : NULL;
	if (fits(before->path, t->path) && fits(t->path, before->path))
		return "another row calls the parameters of this path otherwise";
	return NULL;
}

const char *route_check(const struct route *table)
{
	static char why[256];

	for (const struct route *t = table; t->path; t++) {
		const char *what = row_fault(t);

		for (const struct route *o = table; o < t && !what; o++)
			what = pair_fault(t, o);
		if (what) {
			snprintf(why, sizeof why, "route %s %s: %s", method_name(t->method),
				t->path, what);
			return why;
		}
	}
	return NULL;
}

static bool bind(struct request *r, const char *pattern, const char *path)
{
	while (*pattern) {
		size_t n = segment(pattern), m = segment(path);

		if (*pattern == ':') {
			const char *text = percent_decode(r->arena, path, m, false);

			if (!text || !utf8_valid(text, strlen(text)))
				return false;
			request_set(r, arena_strndup(r->arena, pattern + 1, n - 1), text);
		}
		pattern += n;
		path += m;
		if (*pattern == '/') {
			pattern++;
			path++;
		}
	}
	return true;
}

/* A literal segment beats a parameter: /users/profile is not /users/:id. What parameters are called
 * does not count. Both fit the same path. */
static bool better(const char *a, const char *b)
{
	while (*a && *b && (*a == ':') == (*b == ':')) {
		a += segment(a);
		b += segment(b);
		a += *a == '/';
		b += *b == '/';
	}
	return *a != ':' && *b == ':';
}

const struct route *route_find(const struct route *table, struct request *r, enum method method,
	const char *path, unsigned *allowed)
{
	const struct route *found = NULL, *named = NULL;

	*allowed = 0;
	for (const struct route *t = table; t->path; t++)
		if (fits(t->path, path) && (!named || better(t->path, named->path)))
			named = t;
	if (!named)
		return NULL;
	for (const struct route *t = table; t->path; t++) {
		if (strcmp(t->path, named->path) != 0)
			continue;
		*allowed |= t->method;
		if (t->method == method)
			found = t;
	}
	if (found && !bind(r, found->path, path)) {
		*allowed = 0;
		return NULL;
	}
	return found;
}

static int status_of(unsigned flags)
{
	return flags & EMPTIES ? 204 : flags & ACCEPTS ? 202 : flags & CREATES ? 201 : 200;
}

void route_describe(struct buf *b, const char *area, const struct route *table)
{
	put_open(b, NULL, '[');
	for (const struct route *t = table; t->path; t++) {
		put_open(b, NULL, '{');
		put_string(b, "area", area);
		put_string(b, "pool", t->flags & LOGIN_POOL ? "login" : "");
		put_string(b, "method", method_name(t->method));
		put_string(b, "path", t->path);
		put_open(b, "who", '[');
		for (size_t i = 0; i < sizeof people / sizeof *people; i++)
			if (t->who & people[i].who)
				put_string(b, NULL, people[i].name);
		put_close(b, ']');
		put_string(b, "limit", limits[t->limit]);
		put_bool(b, "idempotent", t->flags & CREATES);
		put_bool(b, "stream", t->flags & STREAMS);
		put_bool(b, "page", t->flags & PAGE);
		put_string(b, "summary", t->summary);
		put_number(b, "status", status_of(t->flags));
		put_number(b, "bodyLimit", setting_number(MAX_REQUEST_SIZE));
		field_describe(b, t->input);
		put_close(b, '}');
	}
	put_close(b, ']');
}
