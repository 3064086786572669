/* token: access tokens and the keys behind everything else that is signed or sealed.
 *
 * A key keeps two OpenSSL contexts for the life of the process: one signs tokens with the secret
 * itself, the other holds HKDF's pseudorandom key, from which the keys of all other purposes are
 * expanded. Starting a kept context anew costs a tenth of making one. A failure inside OpenSSL here
 * means no memory or a broken library, and ends the process: there is no safe answer without it. */
#include "token.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "encode.h"
#include "token_key.h"

enum { SECRET_LEAST = 32, NONCE = 12, TAG = 16 };

static struct token_key keys[TOKEN_KEYS];
static EVP_MAC *hmac;
static EVP_MAC_CTX *derived; /* scratch: HMAC under an expanded key */
static EVP_CIPHER *gcm;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "token: %s failed\n", what);
	abort();
}

static void mac_start(EVP_MAC_CTX *ctx, const unsigned char *key, size_t n)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end()};
	must(EVP_MAC_init(ctx, key, n, params), "EVP_MAC_init");
}

static EVP_MAC_CTX *mac_new(const unsigned char *key, size_t n)
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
	must(ctx != NULL, "EVP_MAC_CTX_new");
	mac_start(ctx, key, n);
	return ctx;
}

static void mac_add(EVP_MAC_CTX *ctx, const void *bytes, size_t n)
{
	must(EVP_MAC_update(ctx, bytes, n), "EVP_MAC_update");
}

static void mac_end(EVP_MAC_CTX *ctx, unsigned char out[TOKEN_MAC])
{
	size_t n = 0;
	must(EVP_MAC_final(ctx, out, &n, TOKEN_MAC) && n == TOKEN_MAC, "EVP_MAC_final");
}

static void key_drop(struct token_key *k)
{
	EVP_MAC_CTX_free(k->sign);
	EVP_MAC_CTX_free(k->expand);
	memset(k, 0, sizeof *k);
}

static void key_make(struct token_key *k, const char *secret)
{
	unsigned char digest[SHA256_DIGEST_LENGTH], prk[TOKEN_MAC];
	const unsigned char salt[TOKEN_MAC] = {0};
	char text[64];
	size_t n = strlen(secret);
	struct arena *a = arena_new(8192);

	char *named = arena_printf(a, "kid%s", secret);
	must(SHA256((const unsigned char *)named, strlen(named), digest) != NULL, "SHA256");
	snprintf(k->kid, sizeof k->kid, "%.8s", hex_encode(a, digest, 4));

	k->sign = mac_new((const unsigned char *)secret, n);
	EVP_MAC_CTX *extract = mac_new(salt, sizeof salt); /* RFC 5869 section 2.2, no salt */
	mac_add(extract, secret, n);
	mac_end(extract, prk);
	EVP_MAC_CTX_free(extract);
	k->expand = mac_new(prk, sizeof prk);

	int len = snprintf(
		text, sizeof text, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", k->kid);
	snprintf(k->header, sizeof k->header, "%s", base64url_encode(a, text, (size_t)len));
	OPENSSL_cleanse(prk, sizeof prk);
	arena_free(a);
}

int token_keys(const char *secret, const char *previous)
{
	bool two = previous && *previous;
	if (!secret || strlen(secret) < SECRET_LEAST || (two && strlen(previous) < SECRET_LEAST))
		return -1;
	if (!hmac) {
		must((hmac = EVP_MAC_fetch(NULL, "HMAC", NULL)) != NULL, "EVP_MAC_fetch");
		must((gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL)) != NULL,
			"EVP_CIPHER_fetch");
		must((derived = EVP_MAC_CTX_new(hmac)) != NULL, "EVP_MAC_CTX_new");
	}
	for (int i = 0; i < TOKEN_KEYS; i++)
		key_drop(&keys[i]);
	key_make(&keys[0], secret);
	if (two)
		key_make(&keys[1], previous);
	return 0;
}

const struct token_key *token_key(int i)
{
	must(keys[0].sign != NULL, "use before token_keys()");
	return i < TOKEN_KEYS && keys[i].sign ? &keys[i] : NULL;
}

void token_signature(
	const struct token_key *k, const char *text, size_t n, unsigned char out[TOKEN_MAC])
{
	must(EVP_MAC_init(k->sign, NULL, 0, NULL), "EVP_MAC_init");
	mac_add(k->sign, text, n);
	mac_end(k->sign, out);
}

/* HKDF-Expand to one block. The NULs between the parts keep ("a", "bc") and ("ab", "c") apart. */
static void key_expand(const struct token_key *k, const char *use, const char *purpose,
	const char *context, unsigned char out[TOKEN_MAC])
{
	must(EVP_MAC_init(k->expand, NULL, 0, NULL), "EVP_MAC_init");
	mac_add(k->expand, use, strlen(use) + 1);
	mac_add(k->expand, purpose, strlen(purpose) + 1);
	mac_add(k->expand, context, strlen(context));
	mac_add(k->expand, "\x01", 1);
	mac_end(k->expand, out);
}

void token_mac_raw(const char *purpose, const char *text, unsigned char out[32])
{
	unsigned char key[TOKEN_MAC];
	key_expand(token_key(0), "mac", purpose, "", key);
	mac_start(derived, key, sizeof key);
	mac_add(derived, text, strlen(text));
	mac_end(derived, out);
	OPENSSL_cleanse(key, sizeof key);
}

char *token_mac(struct arena *a, const char *purpose, const char *text)
{
	unsigned char mac[TOKEN_MAC];
	token_mac_raw(purpose, text, mac);
	return hex_encode(a, mac, sizeof mac);
}

static void random_fill(unsigned char *bytes, int n)
{
	must(RAND_bytes(bytes, n) == 1, "RAND_bytes");
}

char *token_random(struct arena *a)
{
	unsigned char bytes[32];
	random_fill(bytes, sizeof bytes);
	char *text = base64url_encode(a, bytes, sizeof bytes);
	OPENSSL_cleanse(bytes, sizeof bytes);
	return text;
}

uint32_t token_uniform(uint32_t n)
{
	/* The numbers past the last whole multiple of n would favour the small results. */
	uint32_t limit = UINT32_MAX - UINT32_MAX % n, v;
	do {
		unsigned char b[4];
		random_fill(b, sizeof b);
		v = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	} while (v >= limit);
	return v % n;
}

char *token_hash(struct arena *a, const char *s)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	must(SHA256((const unsigned char *)s, strlen(s), digest) != NULL, "SHA256");
	return hex_encode(a, digest, sizeof digest);
}

/* Nonce, ciphertext, tag. */
char *token_seal(struct arena *a, const char *purpose, const char *context, const char *plain)
{
	unsigned char key[TOKEN_MAC];
	size_t n = strlen(plain);
	must(n < INT32_MAX / 2, "sealing that much");
	unsigned char *box = arena_alloc(a, NONCE + n + TAG), *text = box + NONCE;
	int len = 0, rest = 0;
	random_fill(box, NONCE);
	key_expand(token_key(0), "seal", purpose, context, key);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	must(ctx && EVP_EncryptInit_ex2(ctx, gcm, key, box, NULL) &&
			EVP_EncryptUpdate(ctx, text, &len, (const unsigned char *)plain, (int)n) &&
			EVP_EncryptFinal_ex(ctx, text + len, &rest) && (size_t)(len + rest) == n &&
			EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, text + n),
		"AES-256-GCM");
	EVP_CIPHER_CTX_free(ctx);
	OPENSSL_cleanse(key, sizeof key);
	return base64url_encode(a, box, NONCE + n + TAG);
}

static char *box_open(struct arena *a, const unsigned char *key, unsigned char *box, size_t n)
{
	size_t inner = n - NONCE - TAG;
	char *plain = arena_alloc(a, inner + 1);
	unsigned char *to = (unsigned char *)plain;
	int len = 0, rest = 0;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	must(ctx && EVP_DecryptInit_ex2(ctx, gcm, key, box, NULL) &&
			EVP_DecryptUpdate(ctx, to, &len, box + NONCE, (int)inner) &&
			EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, box + n - TAG),
		"AES-256-GCM");
	bool whole = EVP_DecryptFinal_ex(ctx, to + len, &rest) > 0;
	EVP_CIPHER_CTX_free(ctx);
	if (!whole)
		OPENSSL_cleanse(plain, inner); /* never let unauthenticated plaintext lie about */
	return whole ? plain : NULL;
}

char *token_open(struct arena *a, const char *purpose, const char *context, const char *sealed)
{
	size_t n;
	unsigned char *box = base64url_decode(a, sealed, strlen(sealed), &n);
	if (!box || n < NONCE + TAG || n > INT32_MAX / 2)
		return NULL;
	char *plain = NULL;
	for (int i = 0; i < TOKEN_KEYS && !plain; i++) {
		unsigned char key[TOKEN_MAC];
		const struct token_key *k = token_key(i);
		if (!k)
			break;
		key_expand(k, "seal", purpose, context, key);
		plain = box_open(a, key, box, n);
		OPENSSL_cleanse(key, sizeof key);
	}
	return plain;
}
