/* token: access tokens (JWT, RFC 7519, HS256 only), opaque secrets, hashes and sealed boxes.
 *
 * The algorithm is fixed here and never taken from the token (RFC 8725 section 3.1); signatures are
 * compared with CRYPTO_memcmp. Claims are read only after the signature held. */
#ifndef GH_TOKEN_H
#define GH_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct claims {
	char user[37];		 /* sub */
	char session[37];	 /* sid */
	char id[37];		 /* jti */
	int64_t issued, expires; /* Unix seconds */
};

/* The signing keys of this process: `secret` signs and verifies, `previous` (NULL or "") only
 * verifies. At least 32 bytes each, else -1. Copies and contexts are static. */
int token_keys(const char *secret, const char *previous);

/* A signed token. Arena. Header {"alg":"HS256","kid":K,"typ":"JWT"}; K is the first 8 hex digits of
 * SHA-256("kid" || secret). */
char *token_sign(struct arena *a, const struct claims *c);

enum token_result { TOKEN_OK, TOKEN_FORGED, TOKEN_EXPIRED };
/* Verifies n bytes (at most 4096) at `now` (Unix seconds; 0 s leeway for exp, 60 s for iat in the
 * future). Anything malformed, wrongly signed, with another alg, an unknown kid, missing,
 * duplicated or wrongly typed claims is TOKEN_FORGED. */
enum token_result token_verify(const char *jwt, size_t n, int64_t now, struct claims *out);

/* 32 random bytes as base64url (43 characters). Arena. */
char *token_random(struct arena *a);
/* Lower-case hex SHA-256 of a string. Arena. */
char *token_hash(struct arena *a, const char *s);
/* Lower-case hex HMAC-SHA-256 of `text` under a key derived (HKDF, RFC 5869) from the current
 * secret for `purpose` ("pin", "refresh", "csrf", …). Arena. */
char *token_mac(struct arena *a, const char *purpose, const char *text);
/* The same as 32 raw bytes. */
void token_mac_raw(const char *purpose, const char *text, unsigned char out[32]);

/* Authenticated encryption (AES-256-GCM, random nonce) under a key derived from the current secret,
 * `purpose` and `context`; the result is base64url. Arena. */
char *token_seal(struct arena *a, const char *purpose, const char *context, const char *plain);
/* NULL when it was altered or sealed for another purpose or context; what the previous secret
 * sealed opens too. Arena. */
char *token_open(struct arena *a, const char *purpose, const char *context, const char *sealed);

/* Uniform random number below n (n > 0). */
uint32_t token_uniform(uint32_t n);

#endif
