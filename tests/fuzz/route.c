/* A path leads to the one route that a slow reading of the table says, wherever in the table it
 * stands, and its parameters are what stood in their places. The input is a method, a blank and a
 * path. */
#include "fuzz.h"

#include "encode.h"
#include "request.h"
#include "route.h"

#define PARTS 16

static int nothing(struct request *r)
{
	(void)r;
	return 0;
}

#define ROW(method, path) \
	{ \
		method, path, ANYONE, LIMIT_NONE, NULL, nothing, "a row", 0 \
	}

static const struct route there[] = {
	ROW(GET, "/"),
	ROW(GET, "/things"),
	ROW(POST, "/things"),
	ROW(GET, "/things/:id"),
	ROW(PUT, "/things/:id"),
	ROW(DELETE, "/things/:id"),
	ROW(GET, "/things/mine"),
	ROW(GET, "/things/:id/parts"),
	ROW(PATCH, "/things/:id/parts/:part"),
	ROW(GET, "/things/mine/parts"),
	ROW(GET, "/:any"),
	ROW(POST, "/a/:b/c"),
	ROW(POST, "/:x/b/:y"),
	ROW(GET, "/:z/b/c"),
	{0},
};
#define ROWS (sizeof there / sizeof *there)

struct parts {
	const char *at[PARTS];
	size_t n[PARTS], count;
};

static struct parts cut(const char *s)
{
	struct parts p = {0};

	for (; p.count < PARTS; s++) {
		size_t n = strcspn(s, "/");

		p.at[p.count] = s;
		p.n[p.count++] = n;
		s += n;
		if (!*s)
			break;
	}
	return p;
}

static bool leads_to(const char *pattern, const char *path)
{
	struct parts want = cut(pattern), have = cut(path);

	if (want.count != have.count)
		return false;
	for (size_t i = 0; i < want.count; i++)
		if (*want.at[i] == ':' ? !have.n[i]
				       : have.n[i] != want.n[i] ||
						 memcmp(have.at[i], want.at[i], want.n[i]) != 0)
			return false;
	return true;
}

/* Whether `a` names more than `b` at the first place where one names and the other takes any. */
static bool names_more(const char *a, const char *b)
{
	struct parts p = cut(a), q = cut(b);

	for (size_t i = 0; i < p.count && i < q.count; i++)
		if ((*p.at[i] == ':') != (*q.at[i] == ':'))
			return *q.at[i] == ':';
	return false;
}

/* Whether every parameter can be read; with `r`, they were. */
static bool parameters_are_there(const struct request *r, const char *pattern, const char *path)
{
	struct parts want = cut(pattern), have = cut(path);
	struct arena *a = fuzz_arena(false);

	for (size_t i = 0; i < want.count; i++) {
		if (*want.at[i] != ':')
			continue;
		const char *name = arena_strndup(a, want.at[i] + 1, want.n[i] - 1);
		const char *text = percent_decode(a, have.at[i], have.n[i], false);

		if (!text || !utf8_valid(text, strlen(text)))
			return false;
		HOLDS(!r || (request_get(r, name) && !strcmp(request_get(r, name), text)));
	}
	return true;
}

static void check(const struct route *table, enum method method, const char *path)
{
	struct arena *a = fuzz_arena(false);
	struct request *r = arena_alloc(a, sizeof *r);
	unsigned allowed = 0, given;
	const struct route *best = NULL, *found;

	r->arena = a;
	found = route_find(table, r, method, path, &given);
	for (const struct route *t = there; t->path; t++)
		if (leads_to(t->path, path) && (!best || names_more(t->path, best->path)))
			best = t;
	for (const struct route *t = there; best && t->path; t++)
		allowed |= strcmp(t->path, best->path) ? 0 : (unsigned)t->method;
	if (found) {
		HOLDS(best && !strcmp(found->path, best->path) && found->method == method);
		HOLDS(given == allowed && parameters_are_there(r, found->path, path));
	} else if (given) {
		HOLDS(given == allowed && !(given & method));
	} else {
		HOLDS(!best ||
			((allowed & method) && !parameters_are_there(NULL, best->path, path)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	char *s = fuzz_text(a, data, size), *path = strchr(s, ' ');
	static struct route turned[ROWS];

	for (size_t i = 0; i < ROWS - 1; i++)
		turned[i] = there[ROWS - 2 - i];
	if (!path)
		return 0;
	*path++ = 0;
	check(there, method_parse(s), path);
	check(turned, method_parse(s), path);
	return 0;
}
