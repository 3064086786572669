/* An idempotency key is taken if it is printable and short, from the header or the body but not two
 * of them; other keys, requests and people have other hashes. The lines of the input are the
 * header ("-" for none), idempotency_key of the body ("-" for none) and the address. */
#include "every.h"

#include "idempotency.h"
#include "token.h"

static const struct route route = {POST, "/things", ANYONE, LIMIT_NONE, NULL, NULL, "", CREATES};

static struct request *given(
	struct arena *a, struct every_variable *header, const char *in_body, const char *ip)
{
	struct request *r = every_request(a, &route, header);

	r->ip = ip;
	if (strcmp(in_body, "-") != 0)
		request_set(r, "idempotency_key", in_body);
	return r;
}

static bool may_be_a_key(const char *s)
{
	size_t n = strlen(s);

	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return n > 0 && n <= 255;
}

/* What is remembered of the request, which only the key opens. */
static const char *body_of(const struct request *r)
{
	const char *sealed = request_get(r, "idempotency_body");
	const char *body = token_open(r->arena, "idempotency body", r->idempotency_key, sealed);

	HOLDS(body && strlen(body) == 64 && !strstr(sealed, body));
	HOLDS(!token_open(r->arena, "idempotency body", "another key than this", sealed));
	return body;
}

static const char *hash_of(struct request *r)
{
	HOLDS(idempotency_read(r) == 0 && r->status == 0);
	HOLDS(strlen(request_get(r, "idempotency_hash")) == 64);
	body_of(r);
	return request_get(r, "idempotency_hash");
}

static void others_have_others(struct arena *a, struct request *r, const char *key)
{
	const char *hash = hash_of(r), *body = body_of(r);
	struct every_variable header[] = {{"HTTP_IDEMPOTENCY_KEY", key}, {NULL, NULL}};
	struct every_variable other[] = {
		{"HTTP_IDEMPOTENCY_KEY", arena_printf(a, "%.254s~", key)}, {NULL, NULL}};
	struct request *again = given(a, header, "-", r->ip);

	HOLDS(!strcmp(hash_of(again), hash));
	HOLDS(!strcmp(body_of(again), body));
	again = given(a, header, "-", arena_printf(a, "%s1", r->ip));
	HOLDS(strcmp(hash_of(again), hash) != 0);
	if (strcmp(other[0].value, key) != 0)
		HOLDS(strcmp(hash_of(given(a, other, "-", r->ip)), hash) != 0);
	again = given(a, header, "-", r->ip);
	again->path = "/other/things";
	hash_of(again);
	HOLDS(strcmp(body_of(again), body) != 0);
	again = given(a, header, "-", r->ip);
	uuid_new(again->user);
	HOLDS(strcmp(hash_of(again), hash) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct arena *a = fuzz_arena(true);
	const char *line = fuzz_line(a, &data, &size), *in_body = fuzz_line(a, &data, &size);
	bool has_header = strcmp(line, "-") != 0, has_body = strcmp(in_body, "-") != 0;
	struct every_variable header[] = {
		{has_header ? "HTTP_IDEMPOTENCY_KEY" : "NOTHING", line}, {NULL, NULL}};
	const char *key = has_header ? line : in_body;
	struct request *r = given(a, header, in_body, fuzz_text(a, data, size));

	if (!ready)
		token_keys("a secret of at least thirty-two bytes", NULL);
	ready = true;
	if (!has_header && !has_body) {
		HOLDS(idempotency_read(r) == 0 && !r->idempotency_key);
	} else if (may_be_a_key(key) && (!has_header || !has_body || !strcmp(line, in_body))) {
		others_have_others(a, r, key);
		HOLDS(!strcmp(r->idempotency_key, key));
	} else {
		HOLDS(idempotency_read(r) < 0 && r->status == 422 && !r->idempotency_key);
		every_refusal_is_whole(r);
	}
	return 0;
}
