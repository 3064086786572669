/* What a query says is what its parameters say one by one; written anew from the values that were
 * taken it says the same. */
#include "every.h"

static const struct field table[] = {EVERY(IN_QUERY), {0}};
static const struct route route = {GET, "/things", ANYONE, LIMIT_NONE, table, NULL, "", 0};
static struct every_variable none[] = {{NULL, NULL}};

static struct request *given(struct arena *a, const char *query)
{
	struct request *r = every_request(a, &route, none);

	r->query = query;
	return r;
}

/* The same values, each percent-encoded, the last one first. */
static const char *anew(struct arena *a, const struct request *r)
{
	struct buf b;

	buf_init(&b, a);
	for (int i = r->value_count; i-- > 0;) {
		const char *v = r->values[i].text;

		if (strcmp(r->values[i].name, "cursor") == 0)
			v = base64url_encode(a, v, strlen(v));
		buf_printf(
			&b, "%s%s=%s", b.len ? "&" : "", r->values[i].name, percent_encode(a, v));
	}
	return b.data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	struct request *r = given(a, fuzz_text(a, data, size)), *again;

	if (field_read(r) < 0) {
		HOLDS(r->status == 422);
		every_refusal_is_whole(r);
		return 0;
	}
	HOLDS(r->status == 0);
	again = given(a, anew(a, r));
	HOLDS(field_read(again) == 0 && again->value_count == r->value_count);
	for (int i = 0; i < r->value_count; i++) {
		const char *v = request_get(again, r->values[i].name);

		HOLDS(utf8_valid(r->values[i].text, strlen(r->values[i].text)));
		HOLDS(v && !strcmp(v, r->values[i].text));
	}
	return 0;
}
