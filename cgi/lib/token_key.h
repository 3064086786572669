/* token_key: what token.c (keys, hashes, boxes) and token_jwt.c (access tokens) share; nothing for
 * anybody else. */
#ifndef GH_TOKEN_KEY_H
#define GH_TOKEN_KEY_H

#include <stddef.h>

struct evp_mac_ctx_st;

enum { TOKEN_KEYS = 2, TOKEN_MAC = 32 };

struct token_key {
	char kid[9];
	char header[96];	       /* of a token, as base64url */
	struct evp_mac_ctx_st *sign;   /* HMAC under the secret */
	struct evp_mac_ctx_st *expand; /* HMAC under HKDF's pseudorandom key */
};

/* 0: the current key. 1: the previous one, or NULL. Aborts before token_keys(). */
const struct token_key *token_key(int i);
/* HMAC-SHA-256 of n bytes under the key's secret. */
void token_signature(
	const struct token_key *k, const char *text, size_t n, unsigned char out[TOKEN_MAC]);

#endif
