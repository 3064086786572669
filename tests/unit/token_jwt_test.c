/* What token.h promises about access tokens: what token_sign() makes is accepted until it expires,
 * and nothing that was cut, bent or signed by another is. What headers and claims may say is in
 * token_claims_test.c. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jwt.h"

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
