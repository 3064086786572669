/* Even rightly signed, an access token passes only with the header and the claims that we write.
 * The first line is the header, the second the payload. */
#include "fuzz.h"

#include <jansson.h>

#include "encode.h"
#include "token.h"
#include "token_key.h"
#include "uuid.h"

#define NOW 1800000000

static const char *sign(struct arena *a, const char *header, const char *payload)
{
	const char *text = arena_printf(a, "%s.%s", base64url_encode(a, header, strlen(header)),
		base64url_encode(a, payload, strlen(payload)));
	unsigned char mac[TOKEN_MAC];

	token_signature(token_key(0), text, strlen(text), mac);
	return arena_printf(a, "%s.%s", text, base64url_encode(a, mac, sizeof mac));
}

static void header_is_ours(const char *text)
{
	json_t *h = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *name;
	json_t *v;

	HOLDS(json_is_object(h));
	json_object_foreach(h, name, v)
		HOLDS(!strcmp(name, "alg") || !strcmp(name, "kid") || !strcmp(name, "typ"));
	HOLDS(!strcmp(json_string_value(json_object_get(h, "alg")), "HS256"));
	HOLDS(!strcmp(json_string_value(json_object_get(h, "kid")), token_key(0)->kid));
	json_decref(h);
}

static void claims_are_sound(struct arena *a, const struct claims *c)
{
	struct claims again;
	char id[UUID_TEXT];
	const char *jwt = token_sign(a, c);

	HOLDS(c->issued >= 0 && c->issued <= NOW + 60 && c->expires > NOW &&
		c->expires > c->issued);
	HOLDS(uuid_parse(c->user, id) && !strcmp(id, c->user));
	HOLDS(uuid_parse(c->session, id) && !strcmp(id, c->session));
	HOLDS(uuid_parse(c->id, id) && !strcmp(id, c->id));
	HOLDS(token_verify(jwt, strlen(jwt), NOW, &again) == TOKEN_OK);
	HOLDS(!strcmp(again.user, c->user) && !strcmp(again.session, c->session) &&
		!strcmp(again.id, c->id) && again.issued == c->issued &&
		again.expires == c->expires);
	HOLDS(token_verify(jwt, strlen(jwt), c->expires, &again) == TOKEN_EXPIRED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct arena *a = fuzz_arena(true);
	const char *header = fuzz_line(a, &data, &size), *jwt;
	struct claims claims;

	if (!ready)
		token_keys("a secret of at least thirty-two bytes", NULL);
	ready = true;
	jwt = sign(a, header, fuzz_text(a, data, size));
	switch (token_verify(jwt, strlen(jwt), NOW, &claims)) {
	case TOKEN_OK:
		claims_are_sound(a, &claims);
		/* fall through */
	case TOKEN_EXPIRED:
		header_is_ours(header);
		break;
	case TOKEN_FORGED:
		break;
	}
	return 0;
}
