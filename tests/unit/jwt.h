/* jwt: what the tests of access tokens share: two keys, one good token's claims, and a forge that
 * signs any header and payload. */
#ifndef GH_UNIT_JWT_H
#define GH_UNIT_JWT_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "arena.h"
#include "encode.h"
#include "token.h"

#define CURRENT "current-secret-of-at-least-32-bytes"
#define PREVIOUS "previous-secret-of-at-least-32-bytes"
#define STRANGER "the-secret-of-somebody-else-entirely"

enum { IAT = 1800000000, EXP = IAT + 900 };
#define SUB "018f4e9a-7b3c-7def-8123-456789abcdef"
#define SID "11111111-1111-1111-1111-111111111111"
#define JTI "22222222-2222-4222-8222-222222222222"

static struct arena *a;

static inline int setup(void **state)
{
	(void)state;
	a = arena_new(65536);
	return token_keys(CURRENT, PREVIOUS);
}

static inline int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const struct claims good = {
	.user = SUB, .session = SID, .id = JTI, .issued = IAT, .expires = EXP};

static inline enum token_result verify(const char *jwt)
{
	struct claims c;
	return token_verify(jwt, strlen(jwt), IAT, &c);
}

/* The id that a secret's key has: from the header of a token it signs. */
static inline const char *kid_of(const char *secret)
{
	size_t n;
	token_keys(secret, NULL);
	char *jwt = token_sign(a, &good);
	char *header = (char *)base64url_decode(a, jwt, strcspn(jwt, "."), &n);
	token_keys(CURRENT, PREVIOUS);
	return arena_strndup(a, strstr(header, "\"kid\":\"") + 7, 8);
}

/* "header.payload" with a signature by `secret`, whatever the two say. */
static inline char *forge_raw(const char *text, const char *secret)
{
	unsigned char mac[32];
	unsigned n = 0;
	HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text),
		mac, &n);
	return arena_printf(a, "%s.%s", text, base64url_encode(a, mac, n));
}

static inline char *forge(const char *header, const char *payload, const char *secret)
{
	return forge_raw(arena_printf(a, "%s.%s", base64url_encode(a, header, strlen(header)),
				 base64url_encode(a, payload, strlen(payload))),
		secret);
}

static inline char *good_header(void)
{
	return arena_printf(
		a, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", kid_of(CURRENT));
}

#define PAYLOAD \
	"{\"sub\":\"" SUB "\",\"sid\":\"" SID \
	"\",\"iat\":1800000000,\"exp\":1800000900,\"jti\":\"" JTI "\"}"

#define WHO "\"sub\":\"" SUB "\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\""
#define WHEN "\"iat\":1800000000,\"exp\":1800000900"

#endif
