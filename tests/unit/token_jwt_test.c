/* What token.h promises about access tokens: what token_sign() makes is accepted until it expires,
 * and nothing else ever is. */
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

static const struct claims good = {
	.user = SUB, .session = SID, .id = JTI, .issued = IAT, .expires = EXP};

static enum token_result verify(const char *jwt)
{
	struct claims c;
	return token_verify(jwt, strlen(jwt), IAT, &c);
}

/* The id that a secret's key has: from the header of a token it signs. */
static const char *kid_of(const char *secret)
{
	size_t n;
	token_keys(secret, NULL);
	char *jwt = token_sign(a, &good);
	char *header = (char *)base64url_decode(a, jwt, strcspn(jwt, "."), &n);
	token_keys(CURRENT, PREVIOUS);
	return arena_strndup(a, strstr(header, "\"kid\":\"") + 7, 8);
}

/* "header.payload" with a signature by `secret`, whatever the two say. */
static char *forge_raw(const char *text, const char *secret)
{
	unsigned char mac[32];
	unsigned n = 0;
	HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text),
		mac, &n);
	return arena_printf(a, "%s.%s", text, base64url_encode(a, mac, n));
}

static char *forge(const char *header, const char *payload, const char *secret)
{
	return forge_raw(arena_printf(a, "%s.%s", base64url_encode(a, header, strlen(header)),
				 base64url_encode(a, payload, strlen(payload))),
		secret);
}

static char *good_header(void)
{
	return arena_printf(
		a, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", kid_of(CURRENT));
}

#define PAYLOAD \
	"{\"sub\":\"" SUB "\",\"sid\":\"" SID \
	"\",\"iat\":1800000000,\"exp\":1800000900,\"jti\":\"" JTI "\"}"

static void what_was_signed_is_read_back(void **state)
{
	(void)state;
	struct claims c;
	char *jwt = token_sign(a, &good);
	assert_int_equal(token_verify(jwt, strlen(jwt), IAT + 1, &c), TOKEN_OK);
	assert_string_equal(c.user, SUB);
	assert_string_equal(c.session, SID);
	assert_string_equal(c.id, JTI);
	assert_int_equal(c.issued, IAT);
	assert_int_equal(c.expires, EXP);
}

static void any_hs256_implementation_agrees_on_the_signature(void **state)
{
	(void)state;
	assert_string_equal(token_sign(a, &good), forge(good_header(), PAYLOAD, CURRENT));
}

static void a_token_ends_at_exp_to_the_second(void **state)
{
	static const struct {
		int64_t now;
		enum token_result result;
	} rows[] = {
		{IAT, TOKEN_OK},
		{EXP - 1, TOKEN_OK},
		{EXP, TOKEN_EXPIRED},
		{EXP + 1, TOKEN_EXPIRED},
		{INT64_MAX, TOKEN_EXPIRED},
		{IAT - 60, TOKEN_OK}, /* a clock that is behind */
		{IAT - 61, TOKEN_FORGED},
		{0, TOKEN_FORGED},
		{INT64_MIN, TOKEN_FORGED},
	};
	(void)state;
	char *jwt = token_sign(a, &good);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct claims c;
		assert_int_equal(token_verify(jwt, strlen(jwt), rows[i].now, &c), rows[i].result);
	}
}

static void only_a_good_token_is_written_to_the_result(void **state)
{
	(void)state;
	struct claims c;
	memset(&c, 0x5a, sizeof c);
	const struct claims before = c;
	char *jwt = token_sign(a, &good);
	token_verify(jwt, strlen(jwt), EXP, &c);
	jwt[strlen(jwt) - 5] ^= 1;
	token_verify(jwt, strlen(jwt), IAT, &c);
	assert_memory_equal(&c, &before, sizeof c);
}

static void the_previous_secret_verifies_and_does_not_sign(void **state)
{
	(void)state;
	token_keys(PREVIOUS, NULL);
	char *old = token_sign(a, &good);
	assert_int_equal(verify(old), TOKEN_OK);
	token_keys(CURRENT, PREVIOUS);
	assert_int_equal(verify(old), TOKEN_OK);
	assert_string_not_equal(token_sign(a, &good), old);
	token_keys(CURRENT, NULL);
	assert_int_equal(verify(old), TOKEN_FORGED);
	token_keys(CURRENT, "");
	assert_int_equal(verify(old), TOKEN_FORGED);
}

static void short_secrets_are_refused(void **state)
{
	(void)state;
	assert_int_equal(token_keys("0123456789abcdef0123456789abcde", NULL), -1);
	assert_int_equal(token_keys("", NULL), -1);
	assert_int_equal(token_keys(NULL, NULL), -1);
	assert_int_equal(token_keys(CURRENT, "short"), -1);
	/* and leave the keys of before */
	assert_int_equal(verify(forge(good_header(), PAYLOAD, CURRENT)), TOKEN_OK);
}

static void a_key_id_does_not_give_its_secret_away(void **state)
{
	(void)state;
	char *hash = token_hash(a, "kid" CURRENT);
	assert_int_equal(strlen(kid_of(CURRENT)), 8);
	assert_memory_equal(kid_of(CURRENT), hash, 8);
	assert_string_not_equal(kid_of(CURRENT), kid_of(PREVIOUS));
}

static void a_header_is_what_we_write_or_the_token_is_forged(void **state)
{
	const char *current = kid_of(CURRENT), *previous = kid_of(PREVIOUS);
	const struct {
		const char *format; /* %s: a key id */
		const char *kid;
		bool accepted;
	} rows[] = {
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, true},
		{"{\"typ\":\"jwt\", \"kid\":\"%s\", \"alg\":\"HS256\"}", current, true},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"}", current, true},
		{"{\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"None\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"hs256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS512\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256 \",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\\u0000\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":[\"HS256\"],\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":null,\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"Alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"alg\":\"HS256\",\"kid\":\"%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", "00000000", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%.7s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s0\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"../../dev/null%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"' or '1'='1%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":null,\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":0,\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":[\"%s\"]}", current, false},
		/* the other key's id: no key is tried that the header does not name */
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", previous, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWE\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":null}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"crit\":[\"exp\"]}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"b64\":false,\"crit\":[\"b64\"]}", current,
			false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"jku\":\"https://evil.example/\"}", current,
			false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"jwk\":{\"kty\":\"oct\"}}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"zip\":\"DEF\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"}x", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"", current, false},
		{"[\"HS256\",\"%s\"]", current, false},
		{"\"HS256%s\"", current, false},
		{"null", "", false},
		{"{}", "", false},
		{"not json", "", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool named = strstr(rows[i].format, "%") != NULL;
		const char *header = rows[i].format;
		if (named) {
			/* replace the one %s, %.7s by hand: the formats are data */
			const char *at = strchr(header, '%'), *end = strchr(at, 's');
			int cut = end - at > 1 ? 7 : 8;
			header = arena_printf(a, "%.*s%.*s%s", (int)(at - header), header, cut,
				rows[i].kid, end + 1);
		}
		row_holds((verify(forge(header, PAYLOAD, CURRENT)) == TOKEN_OK) == rows[i].accepted,
			header);
	}
}

static void claims_are_complete_typed_and_single(void **state)
{
#define WHO "\"sub\":\"" SUB "\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\""
#define WHEN "\"iat\":1800000000,\"exp\":1800000900"
	static const struct {
		const char *payload;
		enum token_result result;
	} rows[] = {
		{"{" WHO "," WHEN "}", TOKEN_OK},
		{"{" WHO "," WHEN ",\"later\":{\"a\":[1]}}", TOKEN_OK},
		{" {" WHO " , " WHEN " } ", TOKEN_OK},
		{"{" WHO ",\"iat\":1799999000,\"exp\":1799999900}", TOKEN_EXPIRED},
		{"{}", TOKEN_FORGED},
		{"[]", TOKEN_FORGED},
		{"null", TOKEN_FORGED},
		{"", TOKEN_FORGED},
		{"{" WHO "," WHEN "}x", TOKEN_FORGED},
		{"{" WHO "," WHEN "}{}", TOKEN_FORGED},
		{"{" WHO "," WHEN, TOKEN_FORGED},
		{"{" WHO "," WHEN ",}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"sub\":\"" SID "\"}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"s\\u0075b\":\"" SID "\"}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"exp\":1900000000}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"later\":1,\"later\":2}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000}", TOKEN_FORGED},
		{"{" WHO ",\"exp\":1800000900}", TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\",\"sid\":\"" SID "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"admin\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":\"" SUB "0\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\\u0000\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":1,\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":[\"" SUB "\"],\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":null,\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":\"1800000000\",\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":\"1800000900\"}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1800000900.0}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1.8e9}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1e999}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":true}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":null}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":253402300799}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000000,\"exp\":253402300800}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":9223372036854775807}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":9223372036854775808}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":99999999999999999999999999}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":-9223372036854775808,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":-1,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":0,\"exp\":1800000900}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000000,\"exp\":-1}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":01800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000060,\"exp\":1800000900}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000061,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1800000000}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000001,\"exp\":1800000000}", TOKEN_FORGED},
	};
	(void)state;
	char *header = good_header();
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(verify(forge(header, rows[i].payload, CURRENT)) == rows[i].result,
			rows[i].payload);
}

static void ids_are_given_back_in_lower_case(void **state)
{
	(void)state;
	struct claims c;
	char *jwt = forge(good_header(),
		"{\"sub\":\"018F4E9A-7B3C-7DEF-8123-456789ABCDEF\",\"sid\":\"" SID
		"\",\"jti\":\"" JTI "\"," WHEN "}",
		CURRENT);
	assert_int_equal(token_verify(jwt, strlen(jwt), IAT, &c), TOKEN_OK);
	assert_string_equal(c.user, SUB);
}

static void another_secret_signs_nothing(void **state)
{
	(void)state;
	assert_int_equal(verify(forge(good_header(), PAYLOAD, STRANGER)), TOKEN_FORGED);
	assert_int_equal(verify(forge(good_header(), PAYLOAD, "")), TOKEN_FORGED);
	assert_int_equal(verify(forge(good_header(), PAYLOAD, PREVIOUS)), TOKEN_FORGED);
}

static void a_cut_token_is_forged_at_every_length(void **state)
{
	(void)state;
	struct claims c;
	char *jwt = token_sign(a, &good);
	for (size_t n = 0; n < strlen(jwt); n++)
		assert_int_equal(token_verify(jwt, n, IAT, &c), TOKEN_FORGED);
}

static void every_flipped_bit_makes_it_forged(void **state)
{
	(void)state;
	struct claims c;
	char *jwt = token_sign(a, &good);
	size_t n = strlen(jwt);
	for (size_t i = 0; i < n * 8; i++) {
		jwt[i / 8] ^= (char)(1 << i % 8);
		assert_int_equal(token_verify(jwt, n, IAT, &c), TOKEN_FORGED);
		jwt[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(verify(jwt), TOKEN_OK);
}

static void a_signature_has_one_spelling(void **state)
{
	(void)state;
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *jwt = token_sign(a, &good);
	char *last = jwt + strlen(jwt) - 1;
	int accepted = 0;
	for (const char *d = digits; *d; d++) {
		*last = *d;
		accepted += verify(jwt) == TOKEN_OK;
	}
	assert_int_equal(accepted, 1);
}

static void the_shape_is_three_parts_of_base64url(void **state)
{
	(void)state;
	char *jwt = token_sign(a, &good);
	char *signature = strrchr(jwt, '.'), *payload = strchr(jwt, '.');
	char *head = arena_strndup(a, jwt, (size_t)(payload - jwt));
	char *two = arena_strndup(a, jwt, (size_t)(signature - jwt));
	const char *const rows[] = {"", ".", "..", "...", two, arena_printf(a, "%s.", two),
		arena_printf(a, "%s.", jwt), arena_printf(a, ".%s", jwt),
		arena_printf(a, "%s%s", jwt, signature), arena_printf(a, "%s=", jwt),
		arena_printf(a, "%sA", jwt), arena_printf(a, "%s\n", jwt),
		arena_printf(a, " %s", jwt), arena_printf(a, "%s..%s", head, signature + 1),
		arena_printf(a, "..%s", signature + 1), arena_printf(a, "Bearer %s", jwt),
		/* 16 zero bytes, 33 bytes */
		arena_printf(a, "%s.AAAAAAAAAAAAAAAAAAAAAA", two),
		arena_printf(a, "%s.AAAA%s", two, signature + 1),
		/* signed, but padded */
		forge_raw(arena_printf(a, "%s=%s", head, strchr(two, '.')), CURRENT),
		forge_raw(arena_printf(a, "%s==", two), CURRENT),
		/* signed, of two and of four parts */
		forge_raw(head, CURRENT), forge_raw(arena_printf(a, "%s.%s", two, head), CURRENT)};
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(verify(rows[i]) == TOKEN_FORGED, rows[i]);
}

static void bytes_past_the_token_are_part_of_it(void **state)
{
	(void)state;
	struct claims c;
	char *jwt = arena_printf(a, "%s#and so on", token_sign(a, &good));
	size_t n = strcspn(jwt, "#");
	assert_int_equal(token_verify(jwt, n, IAT, &c), TOKEN_OK);
	assert_int_equal(token_verify(jwt, n + 1, IAT, &c), TOKEN_FORGED);
	jwt[n] = '\0';
	assert_int_equal(token_verify(jwt, n + 1, IAT, &c), TOKEN_FORGED);
}

static void more_than_4096_bytes_are_not_looked_at(void **state)
{
	(void)state;
	char *header = good_header();
	size_t longest = 0, shortest = SIZE_MAX;
	for (int pad = 2700; pad < 2900; pad++) {
		char *payload = arena_printf(a, "{" WHO "," WHEN ",\"pad\":\"%0*d\"}", pad, 0);
		char *jwt = forge(header, payload, CURRENT);
		size_t n = strlen(jwt);
		bool accepted = verify(jwt) == TOKEN_OK;
		assert_int_equal(accepted, n <= 4096);
		longest = accepted && n > longest ? n : longest;
		shortest = !accepted && n < shortest ? n : shortest;
	}
	assert_in_range(longest, 4094, 4096);
	assert_in_range(shortest, 4097, 4099);
}

static void deep_nesting_is_harmless(void **state)
{
	(void)state;
	char *deep = arena_alloc(a, 2501);
	memset(deep, '[', 2500);
	assert_int_equal(verify(forge(deep, PAYLOAD, CURRENT)), TOKEN_FORGED);
	assert_int_equal(verify(forge(good_header(), deep, CURRENT)), TOKEN_FORGED);
}

static void any_bytes_are_forged_and_harmless(void **state)
{
	(void)state;
	srandom(20261120);
	for (int round = 0; round < 20000; round++) {
		static const char alphabet[] = "eyJhbGciOi.._-=\0\xff{}\"";
		char noise[200];
		struct claims c;
		size_t n = (size_t)random() % sizeof noise;
		for (size_t i = 0; i < n; i++)
			noise[i] = alphabet[(size_t)random() % (sizeof alphabet - 1)];
		assert_int_equal(token_verify(noise, n, IAT, &c), TOKEN_FORGED);
	}
}

static void keys_work_in_a_forked_child(void **state)
{
	(void)state;
	int status;
	char *jwt = token_sign(a, &good);
	pid_t pid = fork();
	if (pid == 0) {
		bool same = !strcmp(token_sign(a, &good), jwt);
		_exit(!(same && verify(jwt) == TOKEN_OK));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
#define JWT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		JWT_TEST(what_was_signed_is_read_back),
		JWT_TEST(any_hs256_implementation_agrees_on_the_signature),
		JWT_TEST(a_token_ends_at_exp_to_the_second),
		JWT_TEST(only_a_good_token_is_written_to_the_result),
		JWT_TEST(the_previous_secret_verifies_and_does_not_sign),
		JWT_TEST(short_secrets_are_refused),
		JWT_TEST(a_key_id_does_not_give_its_secret_away),
		JWT_TEST(a_header_is_what_we_write_or_the_token_is_forged),
		JWT_TEST(claims_are_complete_typed_and_single),
		JWT_TEST(ids_are_given_back_in_lower_case),
		JWT_TEST(another_secret_signs_nothing),
		JWT_TEST(a_cut_token_is_forged_at_every_length),
		JWT_TEST(every_flipped_bit_makes_it_forged),
		JWT_TEST(a_signature_has_one_spelling),
		JWT_TEST(the_shape_is_three_parts_of_base64url),
		JWT_TEST(bytes_past_the_token_are_part_of_it),
		JWT_TEST(more_than_4096_bytes_are_not_looked_at),
		JWT_TEST(deep_nesting_is_harmless),
		JWT_TEST(any_bytes_are_forged_and_harmless),
		JWT_TEST(keys_work_in_a_forked_child),
	};
	return RUN_TESTS(tests);
}
