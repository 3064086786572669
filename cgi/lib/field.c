/* field: reads the query string and the JSON body of a request by its route's table.
 *
 * What each type takes is in value.c; this file walks, collects and reports. */
#include "field.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "encode.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "token.h"
#include "value.h"

#define DEPTH_MOST 32

static const struct field none[] = {{0}};

static const struct field *find(const struct field *table, enum field_in in, const char *name)
{
	for (const struct field *f = table; f->name; f++)
		if (f->in == in &&
			(strcmp(f->name, name) == 0 || (f->alias && strcmp(f->alias, name) == 0)))
			return f;
	return NULL;
}

static void take(struct request *r, const struct field *f, const struct raw *raw)
{
	const char *why = NULL;
	const char *text = value_read(r->arena, f, raw, &why);

	if (text)
		request_set(r, f->name, text);
	else
		refuse_field(r, f->name, "%s", why);
}

static void read_query(struct request *r, const struct field *table)
{
	for (const char *s = r->query; *s;) {
		size_t n = strcspn(s, "&"), k = strcspn(s, "=&");
		const char *name = percent_decode(r->arena, s, k, true);
		const char *text =
			k < n ? percent_decode(r->arena, s + k + 1, n - k - 1, true) : "";
		const struct field *f = name && *name ? find(table, IN_QUERY, name) : NULL;
		bool valid = name && text && utf8_valid(name, strlen(name)) &&
			     utf8_valid(text, strlen(text));

		if (n > 0 && !valid)
			refuse_field(r, "query", "is not valid percent-encoded UTF-8");
		else if (n > 0 && !f)
			refuse_field(r, name, "is not a parameter of this call");
		else if (f && request_get(r, f->name))
			refuse_field(r, name, "is given twice");
		else if (f && valid && *text)
			take(r, f, &(struct raw){.kind = RAW_TEXT, .text = text});
		s += n + (s[n] == '&');
	}
}

static struct raw raw_of(struct request *r, json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return (struct raw){.kind = RAW_STRING, .text = json_string_value(v), .json = v};
	case JSON_INTEGER:
		return (struct raw){.kind = RAW_NUMBER,
			.json = v,
			.text = arena_printf(
				r->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(v))};
	case JSON_REAL:
		return (struct raw){.kind = RAW_NUMBER,
			.json = v,
			.text = arena_printf(r->arena, "%.17g", json_real_value(v))};
	case JSON_TRUE:
		return (struct raw){.kind = RAW_BOOLEAN, .text = "true", .json = v};
	case JSON_FALSE:
		return (struct raw){.kind = RAW_BOOLEAN, .text = "false", .json = v};
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return (struct raw){.kind = RAW_TREE, .text = "", .json = v};
}

static void read_object(struct request *r, const struct field *table, json_t *body)
{
	const char *name;
	json_t *v;

	json_object_foreach(body, name, v)
	{
		const struct field *f = find(table, IN_BODY, name);

		if (!f) {
			refuse_field(r, name, "is not a field of this call");
		} else if (!json_is_null(v)) {
			struct raw raw = raw_of(r, v);

			if (request_get(r, f->name))
				refuse_field(r, name, "is given twice");
			else
				take(r, f, &raw);
		}
	}
}

/* The brackets outside strings, so that no parser recurses further than we say. */
static bool too_deep(const char *s, size_t n)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '{' || s[i] == '['))
			depth++;
		else if (!quoted && (s[i] == '}' || s[i] == ']'))
			depth--;
		if (depth > DEPTH_MOST)
			return true;
	}
	return false;
}

static bool is_json(const char *type)
{
	static const char json[] = "application/json";

	return type && strncasecmp(type, json, sizeof json - 1) == 0 &&
	       strchr("; \t", type[sizeof json - 1]) != NULL;
}

static int read_body(struct request *r, const struct field *table)
{
	json_error_t error;
	json_t *body;
	char *canonical;

	if (r->body_length == 0)
		return 0;
	if (!is_json(request_param(r, "CONTENT_TYPE")))
		return refuse(r, PROBLEM_UNSUPPORTED_TYPE, "Send the body as application/json.");
	if (too_deep(r->body, r->body_length))
		return refuse(r, PROBLEM_MALFORMED_JSON, "The body is nested deeper than %d.",
			DEPTH_MOST);
	body = json_loadb(
		r->body, r->body_length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!body)
		return refuse(r, PROBLEM_MALFORMED_JSON, "%s (line %d, column %d)", error.text,
			error.line, error.column);
	if (json_is_object(body)) {
		read_object(r, table, body);
		canonical = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
		if (canonical)
			r->body_hash = token_hash(r->arena, canonical);
		free(canonical);
	} else {
		refuse_field(r, "body", "must be a JSON object");
	}
	json_decref(body);
	return r->status ? -1 : 0;
}

static void read_path(struct request *r, const struct field *table)
{
	for (const struct field *f = table; f->name; f++) {
		const char *given = f->in == IN_PATH ? request_get(r, f->name) : NULL, *why = NULL,
			   *text;

		if (!given)
			continue;
		text = value_read(
			r->arena, f, &(struct raw){.kind = RAW_TEXT, .text = given}, &why);
		if (text)
			request_set(r, f->name, text);
		else
			refuse(r, PROBLEM_NOT_FOUND, NULL);
	}
}

int field_read(struct request *r)
{
	const struct field *table = r->route->input ? r->route->input : none;

	read_path(r, table);
	if (r->status)
		return -1;
	read_query(r, table);
	if (read_body(r, table) < 0 && r->bad_fields.len == 0)
		return -1;
	for (const struct field *f = table; f->name; f++)
		if (f->required && f->in != IN_PATH && !request_get(r, f->name) &&
			!field_reported(&r->bad_fields, f->name))
			refuse_field(r, f->name, "is required");
	return r->status ? -1 : 0;
}

static void describe(struct buf *b, const struct field *f)
{
	static const char *const in[] = {
		[IN_PATH] = "path", [IN_QUERY] = "query", [IN_BODY] = "body"};

	put_open(b, NULL, '{');
	put_string(b, "name", f->name);
	put_string(b, "in", in[f->in]);
	put_string(b, "type", value_type_name(f->type));
	put_bool(b, "required", f->required || f->in == IN_PATH);
	if (f->most > 0) {
		put_raw(b, "min", arena_printf(b->arena, "%g", f->least));
		put_raw(b, "max", arena_printf(b->arena, "%.15g", f->most));
	}
	if (f->alias)
		put_string(b, "alias", f->alias);
	if (f->choices) {
		put_open(b, "choices", '[');
		for (const char *s = f->choices; *s; s += strspn(s, " ")) {
			size_t n = strcspn(s, " ");

			put_string(b, NULL, arena_strndup(b->arena, s, strcspn(s, " =")));
			s += n;
		}
		put_close(b, ']');
	}
	put_string(b, "description", f->what);
	put_close(b, '}');
}

void field_describe(struct buf *b, const struct field *table)
{
	put_open(b, "input", '[');
	for (const struct field *f = table ? table : none; f->name; f++)
		describe(b, f);
	put_close(b, ']');
}
