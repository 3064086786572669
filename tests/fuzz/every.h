/* every: an input table with every type of field, and a request that was given some of it. */
#ifndef GH_FUZZ_EVERY_H
#define GH_FUZZ_EVERY_H

#include <jansson.h>

#include "encode.h"
#include "field.h"
#include "fuzz.h"
#include "request.h"
#include "route.h"
#include "uuid.h"

/* A field of each type, in the query or in the body. */
#define EVERY(in) \
	{"text", in, TYPE_TEXT, OPTIONAL, 1, 20, NULL, "text", NULL}, \
		{"secret", in, TYPE_SECRET, OPTIONAL, 4, 12, NULL, "a secret", "password"}, \
		{"id", in, TYPE_UUID, OPTIONAL, 0, 0, NULL, "an id", NULL}, \
		{"integer", in, TYPE_INTEGER, OPTIONAL, -5, 1000, NULL, "a whole number", NULL}, \
		{"number", in, TYPE_NUMBER, OPTIONAL, -1e6, 1e300, NULL, "a number", NULL}, \
		{"truth", in, TYPE_BOOLEAN, OPTIONAL, 0, 0, NULL, "yes or no", NULL}, \
		{"time", in, TYPE_TIME, OPTIONAL, 0, 0, NULL, "a time", NULL}, \
		{"moment", in, TYPE_MOMENT, OPTIONAL, 0, 0, NULL, "a time or a date", NULL}, \
		{"date", in, TYPE_DATE, OPTIONAL, 0, 0, NULL, "a date", NULL}, \
		{"email", in, TYPE_EMAIL, OPTIONAL, 3, 254, NULL, "an address", NULL}, \
		{"phone", in, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "a number", NULL}, \
		{"choice", in, TYPE_CHOICE, OPTIONAL, 0, 0, "accept approve=accept deny", \
			"one of some", NULL}, \
		{"cursor", in, TYPE_CURSOR, OPTIONAL, 1, 200, NULL, "next", NULL}, \
		{"zone", in, TYPE_ZONE, OPTIONAL, 1, 64, NULL, "a time zone", NULL}, \
	{ \
		"ids", in, TYPE_UUIDS, OPTIONAL, 0, 3, NULL, "some ids", NULL \
	}

/* What the CGI variables of a request are. */
struct every_variable {
	const char *name, *value;
};

static const char *every_param(void *state, const char *name)
{
	for (const struct every_variable *v = state; v->name; v++)
		if (strcmp(v->name, name) == 0)
			return v->value;
	return NULL;
}

/* A request of `route` before its input is read; `variables` ends without a name. Arena. */
static inline struct request *every_request(
	struct arena *a, const struct route *route, struct every_variable *variables)
{
	struct request *r = arena_alloc(a, sizeof *r);
	struct transport *io = arena_alloc(a, sizeof *io);

	*io = (struct transport){variables, every_param, NULL, NULL};
	r->arena = a;
	r->io = io;
	r->route = route;
	r->method = (int)route->method;
	r->path = route->path;
	r->query = r->ip = "";
	uuid_new(r->id);
	buf_init(&r->headers, a);
	buf_init(&r->bad_fields, a);
	buf_init(&r->out, a);
	return r;
}

/* As JSON that means the value again. Arena. */
static inline const char *every_json(struct arena *a, const struct field *f, const char *value)
{
	struct buf b;

	buf_init(&b, a);
	switch (f->type) {
	case TYPE_INTEGER:
	case TYPE_NUMBER:
	case TYPE_BOOLEAN:
		return value;
	case TYPE_CURSOR:
		return arena_printf(a, "\"%s\"", base64url_encode(a, value, strlen(value)));
	case TYPE_UUIDS:
		put_open(&b, NULL, '[');
		for (const char *s = value + 1; *s && *s != '}'; s += UUID_TEXT - (s[36] == '}'))
			put_string(&b, NULL, arena_strndup(a, s, UUID_TEXT - 1));
		put_close(&b, ']');
		return b.data;
	default:
		put_string(&b, NULL, value);
		return b.data;
	}
}

/* A refusal is a whole one: a problem that says what it is about. */
static inline void every_refusal_is_whole(struct request *r)
{
	json_t *answer = json_loadb(r->out.data, r->out.len, JSON_REJECT_DUPLICATES, NULL), *errors;

	HOLDS(r->status >= 400 && r->code && json_is_object(answer));
	HOLDS(json_integer_value(json_object_get(answer, "status")) == r->status);
	errors = json_object_get(answer, "errors");
	HOLDS((r->status == 422 && json_array_size(errors) > 0) || !errors);
	for (size_t i = 0; i < json_array_size(errors); i++) {
		json_t *error = json_array_get(errors, i);

		HOLDS(json_string_value(json_object_get(error, "field")));
		HOLDS(json_string_length(json_object_get(error, "message")) > 0);
	}
	json_decref(answer);
}

#endif
