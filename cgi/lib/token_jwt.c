/* token_jwt: signs and verifies access tokens, following RFC 8725.
 *
 * The verifier accepts what token_sign() writes and nothing that merely resembles it: one
 * algorithm, a key named by its id, canonical base64url, no header parameter but the three known
 * ones (so no `crit`, `jwk`, `jku`, `x5c`, `zip` to get wrong), no member twice. */
#include "token.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "encode.h"
#include "token_key.h"
#include "uuid.h"

enum { JWT_MOST = 4096, FUTURE_MOST = 60 };
#define TIME_MOST INT64_C(253402300799) /* the end of year 9999 */

struct part {
	const char *at;
	size_t n;
};

char *token_sign(struct arena *a, const struct claims *c)
{
	const struct token_key *k = token_key(0);
	char *payload = arena_printf(a,
		"{\"sub\":\"%s\",\"sid\":\"%s\",\"iat\":%lld,\"exp\":%lld,\"jti\":\"%s\"}", c->user,
		c->session, (long long)c->issued, (long long)c->expires, c->id);
	char *text =
		arena_printf(a, "%s.%s", k->header, base64url_encode(a, payload, strlen(payload)));
	unsigned char mac[TOKEN_MAC];
	token_signature(k, text, strlen(text), mac);
	return arena_printf(a, "%s.%s", text, base64url_encode(a, mac, sizeof mac));
}

/* Cuts "header.payload.signature"; false unless there are exactly three parts, none empty. */
static bool split(const char *jwt, size_t n, struct part parts[3])
{
	for (int i = 0; i < 3; i++) {
		const char *dot = memchr(jwt, '.', n);
		if ((i < 2) != (dot != NULL))
			return false;
		size_t len = dot ? (size_t)(dot - jwt) : n;
		if (!len)
			return false;
		parts[i] = (struct part){jwt, len};
		jwt += len + (dot != NULL);
		n -= len + (dot != NULL);
	}
	return true;
}

/* The JSON object in a part; NULL if it is anything else. Caller frees with json_decref(). */
static json_t *part_object(struct arena *a, const struct part *p)
{
	size_t n;
	unsigned char *text = base64url_decode(a, p->at, p->n, &n);
	json_t *json =
		text ? json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (json && !json_is_object(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static const struct token_key *key_named(const char *kid)
{
	for (int i = 0; i < TOKEN_KEYS; i++) {
		const struct token_key *k = token_key(i);
		if (k && !strcmp(k->kid, kid))
			return k;
	}
	return NULL;
}

/* The key that the header names; NULL if the header is not of the one kind there is. */
static const struct token_key *header_key(struct arena *a, const struct part *p)
{
	/* What we sign has one of two spellings; reading those needs no parser. */
	for (int i = 0; i < TOKEN_KEYS; i++) {
		const struct token_key *k = token_key(i);
		if (k && p->n == strlen(k->header) && !memcmp(p->at, k->header, p->n))
			return k;
	}
	json_t *header = part_object(a, p);
	const char *alg = json_string_value(json_object_get(header, "alg"));
	const char *kid = json_string_value(json_object_get(header, "kid"));
	json_t *typ = json_object_get(header, "typ");
	const struct token_key *key = NULL;
	if (alg && !strcmp(alg, "HS256") && kid && json_object_size(header) == (typ ? 3 : 2) &&
		(!typ || (json_is_string(typ) && !strcasecmp(json_string_value(typ), "JWT"))))
		key = key_named(kid);
	json_decref(header);
	return key;
}

static bool signature_holds(struct arena *a, const struct token_key *k, const struct part parts[3])
{
	size_t n;
	unsigned char mac[TOKEN_MAC];
	unsigned char *given = base64url_decode(a, parts[2].at, parts[2].n, &n);
	if (!given || n != sizeof mac)
		return false;
	token_signature(k, parts[0].at, parts[0].n + 1 + parts[1].n, mac);
	return !CRYPTO_memcmp(given, mac, sizeof mac);
}

static bool claim_uuid(const json_t *payload, const char *name, char out[37])
{
	const char *v = json_string_value(json_object_get(payload, name));
	return v && uuid_parse(v, out);
}

static bool claim_time(const json_t *payload, const char *name, int64_t *out)
{
	const json_t *v = json_object_get(payload, name);
	if (!json_is_integer(v))
		return false;
	*out = json_integer_value(v);
	return *out >= 0 && *out <= TIME_MOST;
}

static enum token_result payload_read(
	struct arena *a, const struct part *p, int64_t now, struct claims *out)
{
	struct claims c;
	json_t *payload = part_object(a, p);
	bool sound = payload && claim_uuid(payload, "sub", c.user) &&
		     claim_uuid(payload, "sid", c.session) && claim_uuid(payload, "jti", c.id) &&
		     claim_time(payload, "iat", &c.issued) &&
		     claim_time(payload, "exp", &c.expires) && c.issued < c.expires &&
		     c.issued - FUTURE_MOST <= now;
	json_decref(payload);
	if (!sound)
		return TOKEN_FORGED;
	if (now >= c.expires)
		return TOKEN_EXPIRED;
	*out = c;
	return TOKEN_OK;
}

enum token_result token_verify(const char *jwt, size_t n, int64_t now, struct claims *out)
{
	static struct arena *a; /* wiped after each token */
	struct part parts[3];
	if (n > JWT_MOST || !split(jwt, n, parts))
		return TOKEN_FORGED;
	if (!a)
		a = arena_new(2 * JWT_MOST);
	const struct token_key *key = header_key(a, &parts[0]);
	enum token_result result = TOKEN_FORGED;
	if (key && signature_holds(a, key, parts))
		result = payload_read(a, &parts[1], now, out);
	arena_reset(a);
	return result;
}
