/* What password.h promises: hashes that verify, the same work for an unknown account, and no common
 * password. Cost 10 keeps it quick. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "password.h"

extern const char *const common_passwords[];
extern const size_t common_passwords_count;

enum { COST = 10 };

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(65536);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void a_password_matches_its_hash_only(void **state)
{
	static const char *const others[] = {"", "gate keeper 8", "gate keeper 77", "Gate keeper 7",
		" gate keeper 7", "gate keeper 7 "};
	(void)state;
	char *hash = password_hash(a, "gate keeper 7", COST);
	assert_non_null(hash);
	assert_true(password_verify(a, "gate keeper 7", hash, COST));
	for (size_t i = 0; i < COUNT(others); i++)
		row_holds(!password_verify(a, others[i], hash, COST), others[i]);
}

static void each_hash_has_a_salt_of_its_own(void **state)
{
	(void)state;
	char *one = password_hash(a, "same password", COST);
	char *two = password_hash(a, "same password", COST);
	assert_string_not_equal(one, two);
	assert_true(password_verify(a, "same password", one, COST));
	assert_true(password_verify(a, "same password", two, COST));
}

static void the_cost_stands_in_the_hash_and_is_kept_in_bounds(void **state)
{
	(void)state;
	assert_memory_equal(password_hash(a, "x", 10), "$s1$0a0803$", 11);
	assert_memory_equal(password_hash(a, "x", 12), "$s1$0c0803$", 11);
	assert_memory_equal(password_hash(a, "x", 1), "$s1$0a0803$", 11);
}

static void a_hash_of_another_cost_still_verifies(void **state)
{
	(void)state;
	assert_true(password_verify(a, "x", password_hash(a, "x", 11), COST));
}

static void the_hash_is_not_written_to(void **state)
{
	(void)state;
	char *hash = password_hash(a, "x", COST), *copy = arena_strdup(a, hash);
	password_verify(a, "x", hash, COST);
	assert_string_equal(hash, copy);
}

static void a_password_may_be_any_utf8(void **state)
{
	(void)state;
	char *hash = password_hash(a, "पासवर्ड🚪", COST);
	assert_true(password_verify(a, "पासवर्ड🚪", hash, COST));
	assert_false(password_verify(a, "पासवर्ड", hash, COST));
}

static void a_corrupt_hash_matches_nothing_and_costs_no_gigabytes(void **state)
{
	(void)state;
	char *good = password_hash(a, "x", COST);
	const char *salt = good + 11;
	const char *const rows[] = {"", "$", "x", "$s1$", "$s1$0a0803", "$s1$0a0803$",
		"$s1$0a0803$$", "$s1$0a0803$AAAA", "$s1$zz0803$AAAA$AAAA",
		arena_printf(a, "$s1$1e0803$%s", salt), /* 2^30: 1 TiB */
		arena_printf(a, "$s1$ff0803$%s", salt), arena_printf(a, "$s1$010803$%s", salt),
		arena_printf(a, "$s1$0aff03$%s", salt), arena_printf(a, "$s1$0a08ff$%s", salt),
		arena_printf(a, "$s1$0A0803$%s", salt), arena_printf(a, "$s2$0a0803$%s", salt),
		arena_printf(a, "%sA", good), arena_printf(a, "%s%0200d", good, 0),
		arena_strndup(a, good, strlen(good) - 4)};
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(!password_verify(a, "x", rows[i], COST), rows[i]);
}

/* The least processor time of several tries. */
static clock_t cost_of(const char *hash)
{
	clock_t least = 0;
	for (int i = 0; i < 7; i++) {
		clock_t begin = clock();
		assert_false(password_verify(a, "wrong", hash, 13));
		clock_t took = clock() - begin;
		if (!i || took < least)
			least = took;
	}
	return least;
}

static void an_unknown_account_takes_as_long_as_a_known_one(void **state)
{
	(void)state;
	clock_t known = cost_of(password_hash(a, "right", 13));
	clock_t unknown = cost_of(NULL), corrupt = cost_of("corrupt");
	assert_in_range(unknown, known * 2 / 3, known * 3 / 2);
	assert_in_range(corrupt, known * 2 / 3, known * 3 / 2);
}

static void what_may_be_a_password(void **state)
{
	char *most = arena_printf(a, "%0128d", 7), *more = arena_printf(a, "%0129d", 7);
	char *wide = arena_alloc(a, 4 * 128 + 1);
	for (int i = 0; i < 128; i++)
		memcpy(wide + 4 * i, "\xf0\x9f\x9a\xaa", 4);
	const struct {
		const char *password, *refusal; /* NULL: it may be used */
	} rows[] = {
		{"gate keeper 7", NULL},
		{"xq7-wv2k", NULL},
		{"ÄÖÜäöüßé", NULL},
		{"resident123", NULL},
		{most, NULL},
		{wide, NULL},
		{"", "must have at least 8 characters"},
		{"xq7-wv2", "must have at least 8 characters"},
		{"ÄÖÜäöüß", "must have at least 8 characters"}, /* 14 bytes, 7 characters */
		{more, "must have at most 128 characters"},
		{"xq7-wv2\xff", "must be valid UTF-8"},
		{"xq7-wv2\xc0\xaf", "must be valid UTF-8"},
		{"password", "is one of the 10,000 commonest passwords: choose another"},
		{"PassWord", "is one of the 10,000 commonest passwords: choose another"},
		{"password123", "is one of the 10,000 commonest passwords: choose another"},
		{"12345678", "is one of the 10,000 commonest passwords: choose another"},
		{"QWERTYUIOP", "is one of the 10,000 commonest passwords: choose another"},
		{"1qaz2wsx", "is one of the 10,000 commonest passwords: choose another"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *refusal = password_refusal(rows[i].password);
		row_holds(rows[i].refusal ? refusal && !strcmp(refusal, rows[i].refusal) : !refusal,
			rows[i].password);
	}
}

static void the_list_is_whole_sorted_and_lower_case(void **state)
{
	(void)state;
	assert_int_equal(common_passwords_count, 10000);
	for (size_t i = 0; i < common_passwords_count; i++) {
		const char *p = common_passwords[i];
		assert_true(!i || strcmp(common_passwords[i - 1], p) < 0);
		for (; *p; p++)
			assert_true(*p < 'A' || *p > 'Z');
		if (strlen(common_passwords[i]) >= 8)
			assert_non_null(password_refusal(common_passwords[i]));
	}
}

int main(void)
{
#define PASSWORD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		PASSWORD_TEST(a_password_matches_its_hash_only),
		PASSWORD_TEST(each_hash_has_a_salt_of_its_own),
		PASSWORD_TEST(the_cost_stands_in_the_hash_and_is_kept_in_bounds),
		PASSWORD_TEST(a_hash_of_another_cost_still_verifies),
		PASSWORD_TEST(the_hash_is_not_written_to),
		PASSWORD_TEST(a_password_may_be_any_utf8),
		PASSWORD_TEST(a_corrupt_hash_matches_nothing_and_costs_no_gigabytes),
		PASSWORD_TEST(an_unknown_account_takes_as_long_as_a_known_one),
		PASSWORD_TEST(what_may_be_a_password),
		PASSWORD_TEST(the_list_is_whole_sorted_and_lower_case),
	};
	return RUN_TESTS(tests);
}
