/* The library's own part of every request, by a program whose handlers answer with what they were
 * given. */
#include "whole.h"

#include "answer.h"
#include "every.h"
#include "problem.h"

#define KEY \
	{ \
		"idempotency_key", IN_BODY, TYPE_TEXT, OPTIONAL, 1, 255, NULL, "a key", NULL \
	}

static const struct field body_input[] = {EVERY(IN_BODY), KEY,
	{"must", IN_BODY, TYPE_TEXT, REQUIRED, 1, 9, NULL, "needed", NULL}, {0}};
static const struct field query_input[] = {EVERY(IN_QUERY), {0}};
static const struct field page_input[] = {
	{"name", IN_PATH, TYPE_TEXT, REQUIRED, 1, 40, NULL, "what it is about", NULL}, {0}};
static const struct field thing_input[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "a", NULL},
	{"text", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 99, NULL, "b", NULL}, {0}};

static int echo(struct request *r)
{
	struct buf b;

	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	for (int i = 0; i < r->value_count; i++) {
		HOLDS(utf8_valid(r->values[i].text, strlen(r->values[i].text)));
		put_string(&b, r->values[i].name, r->values[i].text);
	}
	put_close(&b, '}');
	return answer_json(r, b.data);
}

/* Text from outside in a header, a page and a cookie's name. */
static int page(struct request *r)
{
	const char *name = request_get(r, "name"), *cookie = request_cookie(r, "c");

	request_header(r, "X-Name", "%s", percent_encode(r->arena, name));
	request_header(r, "X-Cookie", "%d", cookie != NULL);
	return answer_text(r, "text/html", name);
}

static int forget(struct request *r)
{
	HOLDS(whole.signed_in && !strcmp(r->user, WHOLE_USER));
	return answer_empty(r);
}

static int deny(struct request *r)
{
	const char *text = request_get(r, "text");

	HOLDS(whole.signed_in);
	return text ? refuse(r, PROBLEM_CONFLICT, "It has \"%s\" already.", text) : 0;
}

static const struct route routes[] = {
	{POST, "/echo", ANYONE, LIMIT_GENERAL, body_input, echo, "Values of a body", CREATES},
	{GET, "/echo", ANYONE, LIMIT_GENERAL, query_input, echo, "Values of a query", 0},
	{GET, "/page/:name", ANYONE, LIMIT_NONE, page_input, page, "A page", PAGE},
	{DELETE, "/things/:id", GUARD, LIMIT_USER, thing_input, forget, "Forget", EMPTIES},
	{PUT, "/things/:id", RESIDENT, LIMIT_ANALYTICS, thing_input, deny, "Refuse", 0},
	{GET, "/stream", USER, LIMIT_EXPORT, NULL, echo, "A stream", STREAMS},
	{0},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return whole_try(&(const struct program){"fuzz", routes, NULL, NULL, NULL}, data, size);
}
