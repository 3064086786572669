/* A JSON body gives values that, written as JSON, give the same values again; and the hash of a
 * body is that of its meaning: blanks, escapes and the order of its members do not count. */
#include "every.h"

static const struct field table[] = {EVERY(IN_BODY), {0}};
static const struct route route = {POST, "/things", ANYONE, LIMIT_NONE, table, NULL, "", 0};
static struct every_variable json[] = {
	{"CONTENT_TYPE", "application/json; charset=utf-8"}, {NULL, NULL}};

static struct request *given(struct arena *a, const char *body, size_t n)
{
	struct request *r = every_request(a, &route, json);

	r->body = body;
	r->body_length = n;
	return r;
}

static const struct field *named(const char *name)
{
	for (const struct field *f = table; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static const char *anew(struct arena *a, const struct request *r)
{
	struct buf b;

	buf_init(&b, a);
	put_open(&b, NULL, '{');
	for (int i = r->value_count; i-- > 0;)
		put_raw(&b, r->values[i].name,
			every_json(a, named(r->values[i].name), r->values[i].text));
	put_close(&b, '}');
	return b.data;
}

static void hash_is_of_the_meaning(struct arena *a, const struct request *r)
{
	json_t *body = json_loadb(r->body, r->body_length, 0, NULL);
	char *spread = json_dumps(body, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	struct request *again = given(a, spread, strlen(spread));

	HOLDS(field_read(again) == 0);
	HOLDS(!strcmp(again->body_hash, r->body_hash));
	json_decref(body);
	free(spread);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	struct request *r = given(a, fuzz_text(a, data, size), size), *again;
	const char *text;

	if (field_read(r) < 0) {
		HOLDS(r->status == 400 || r->status == 422);
		every_refusal_is_whole(r);
		return 0;
	}
	HOLDS(r->status == 0);
	text = anew(a, r);
	again = given(a, text, strlen(text));
	HOLDS(field_read(again) == 0 && again->value_count == r->value_count);
	for (int i = 0; i < r->value_count; i++) {
		const char *v = request_get(again, r->values[i].name);

		HOLDS(utf8_valid(r->values[i].text, strlen(r->values[i].text)));
		HOLDS(v && !strcmp(v, r->values[i].text));
	}
	if (size)
		hash_is_of_the_meaning(a, r);
	return 0;
}
