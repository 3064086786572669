/* What token.h promises about secrets, hashes, derived keys and sealed boxes; access tokens are in
 * token_jwt_test.c. */
#include "unit.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "arena.h"
#include "encode.h"
#include "token.h"

#define CURRENT "current-secret-of-at-least-32-bytes"
#define PREVIOUS "previous-secret-of-at-least-32-bytes"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(65536);
	return token_keys(CURRENT, PREVIOUS);
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void random_secrets_are_43_characters_and_differ(void **state)
{
	enum { MANY = 200 };
	char *made[MANY];
	(void)state;
	for (int i = 0; i < MANY; i++) {
		size_t n;
		made[i] = token_random(a);
		assert_int_equal(strlen(made[i]), 43);
		assert_non_null(base64url_decode(a, made[i], 43, &n));
		assert_int_equal(n, 32);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(made[i], made[k]);
	}
}

static void a_hash_is_sha_256(void **state)
{
	(void)state;
	assert_string_equal(token_hash(a, ""),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(token_hash(a, "abc"),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* HKDF by OpenSSL, HMAC by its other interface. */
static char *reference_mac(const char *secret, const char *purpose, const char *text)
{
	unsigned char key[32], mac[32], info[64] = "mac";
	unsigned n = 0;
	size_t len = strlen(purpose);
	memcpy(info + 4, purpose, len + 1);
	char digest[] = "SHA256";
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(hkdf);
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_KEY, arena_strdup(a, secret), strlen(secret)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, 4 + len + 1),
		OSSL_PARAM_construct_end()};
	assert_int_equal(EVP_KDF_derive(ctx, key, sizeof key, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(hkdf);
	HMAC(EVP_sha256(), key, sizeof key, (const unsigned char *)text, strlen(text), mac, &n);
	return hex_encode(a, mac, n);
}

static void a_mac_is_hmac_under_an_hkdf_key(void **state)
{
	static const char *const purposes[] = {"pin", "refresh", "csrf", ""};
	static const char *const texts[] = {"", "123456", "\xff\x01 any text"};
	(void)state;
	for (size_t p = 0; p < COUNT(purposes); p++)
		for (size_t t = 0; t < COUNT(texts); t++) {
			unsigned char raw[32];
			char *mac = token_mac(a, purposes[p], texts[t]);
			assert_string_equal(mac, reference_mac(CURRENT, purposes[p], texts[t]));
			token_mac_raw(purposes[p], texts[t], raw);
			assert_string_equal(mac, hex_encode(a, raw, sizeof raw));
		}
}

static void a_mac_depends_on_secret_purpose_and_text(void **state)
{
	(void)state;
	char *mac = token_mac(a, "pin", "123456");
	assert_string_equal(token_mac(a, "pin", "123456"), mac);
	assert_string_not_equal(token_mac(a, "pin", "123457"), mac);
	assert_string_not_equal(token_mac(a, "csrf", "123456"), mac);
	token_keys(PREVIOUS, CURRENT);
	assert_string_not_equal(token_mac(a, "pin", "123456"), mac);
}

static void what_was_sealed_opens(void **state)
{
	(void)state;
	for (int n = 1; n < 2000; n += 37) {
		char *plain = arena_printf(a, "%0*d", n, 42);
		char *box = token_seal(a, "answer", "key-1", plain);
		assert_string_equal(token_open(a, "answer", "key-1", box), plain);
	}
	assert_string_equal(token_open(a, "answer", "k", token_seal(a, "answer", "k", "")), "");
}

static void the_same_text_is_sealed_anew_each_time(void **state)
{
	(void)state;
	assert_string_not_equal(
		token_seal(a, "answer", "k", "text"), token_seal(a, "answer", "k", "text"));
}

static void a_box_opens_only_for_its_purpose_and_context(void **state)
{
	(void)state;
	char *box = token_seal(a, "ab", "c", "text");
	assert_non_null(token_open(a, "ab", "c", box));
	assert_null(token_open(a, "a", "bc", box));
	assert_null(token_open(a, "abc", "", box));
	assert_null(token_open(a, "ab", "d", box));
	assert_null(token_open(a, "ab", "", box));
	assert_null(token_open(a, "", "abc", box));
}

static void an_altered_box_does_not_open(void **state)
{
	(void)state;
	char *box = token_seal(a, "answer", "k", "{\"apiKey\":\"secret\"}");
	size_t n;
	unsigned char *bytes = base64url_decode(a, box, strlen(box), &n);
	for (size_t i = 0; i < n * 8; i++) {
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_null(token_open(a, "answer", "k", base64url_encode(a, bytes, n)));
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	for (size_t len = 0; len < n; len++)
		assert_null(token_open(a, "answer", "k", base64url_encode(a, bytes, len)));
	assert_non_null(token_open(a, "answer", "k", base64url_encode(a, bytes, n)));
	assert_null(token_open(a, "answer", "k", ""));
	assert_null(token_open(a, "answer", "k", "not base64url!"));
	assert_null(token_open(a, "answer", "k", arena_printf(a, "%s=", box)));
}

static void a_box_survives_one_rotation_of_the_secret(void **state)
{
	(void)state;
	token_keys(PREVIOUS, NULL);
	char *box = token_seal(a, "answer", "k", "text");
	token_keys(CURRENT, PREVIOUS);
	assert_string_equal(token_open(a, "answer", "k", box), "text");
	token_keys(CURRENT, NULL);
	assert_null(token_open(a, "answer", "k", box));
}

static void a_uniform_number_is_below_its_bound(void **state)
{
	static const uint32_t bounds[] = {1, 2, 3, 10, 1000000, 0x80000000, 0x80000001, UINT32_MAX};
	(void)state;
	for (size_t i = 0; i < COUNT(bounds); i++)
		for (int k = 0; k < 200; k++)
			assert_true(token_uniform(bounds[i]) < bounds[i]);
}

/* With modulo alone the lower half of this range would come twice as often. */
static void a_uniform_number_has_no_bias(void **state)
{
	enum { MANY = 20000 };
	const uint32_t bound = 0xc0000000;
	int thirds[3] = {0};
	(void)state;
	for (int i = 0; i < MANY; i++)
		thirds[token_uniform(bound) / (bound / 3)]++;
	for (int i = 0; i < 3; i++)
		assert_in_range(thirds[i], MANY / 3 - 500, MANY / 3 + 500);
}

int main(void)
{
#define TOKEN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TOKEN_TEST(random_secrets_are_43_characters_and_differ),
		TOKEN_TEST(a_hash_is_sha_256),
		TOKEN_TEST(a_mac_is_hmac_under_an_hkdf_key),
		TOKEN_TEST(a_mac_depends_on_secret_purpose_and_text),
		TOKEN_TEST(what_was_sealed_opens),
		TOKEN_TEST(the_same_text_is_sealed_anew_each_time),
		TOKEN_TEST(a_box_opens_only_for_its_purpose_and_context),
		TOKEN_TEST(an_altered_box_does_not_open),
		TOKEN_TEST(a_box_survives_one_rotation_of_the_secret),
		TOKEN_TEST(a_uniform_number_is_below_its_bound),
		TOKEN_TEST(a_uniform_number_has_no_bias),
	};
	return RUN_TESTS(tests);
}
