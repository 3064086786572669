/* What arena.h promises about the memory of a request. */
#include "unit.h"

#include <stdalign.h>
#include <string.h>

#include "arena.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static int setup(void **state)
{
	*state = arena_new(256);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void memory_is_zeroed_and_aligned_whatever_its_size(void **state)
{
	for (size_t n = 0; n < 700; n += 7) {
		unsigned char *p = arena_alloc(*state, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_true(all_zero(p, n));
		memset(p, 0xff, n);
	}
}

static void allocations_do_not_overlap(void **state)
{
	enum { MANY = 200 };
	unsigned char *p[MANY];
	for (int i = 0; i < MANY; i++) {
		p[i] = arena_alloc(*state, (size_t)i);
		memset(p[i], i, (size_t)i);
	}
	for (int i = 0; i < MANY; i++)
		for (int k = 0; k < i; k++)
			assert_int_equal(p[i][k], i);
}

static void nothing_has_an_address_of_its_own(void **state)
{
	void *a = arena_alloc(*state, 0), *b = arena_alloc(*state, 0);
	assert_non_null(a);
	assert_ptr_not_equal(a, b);
}

static void reset_wipes_and_hands_out_the_first_block_again(void **state)
{
	unsigned char *first = arena_alloc(*state, 200);
	memset(first, 's', 200);
	arena_alloc(*state, 200);
	arena_alloc(*state, 10000);
	arena_reset(*state);
	assert_int_equal(arena_used(*state), 0);
	unsigned char *again = arena_alloc(*state, 200);
	assert_ptr_equal(first, again);
	assert_true(all_zero(again, 200));
}

static void a_large_wish_does_not_waste_the_room_that_is_left(void **state)
{
	char *a = arena_alloc(*state, 16);
	arena_alloc(*state, 5000);
	char *b = arena_alloc(*state, 16);
	assert_true(b > a && b - a <= 64);
}

static void used_counts_what_was_asked_for(void **state)
{
	arena_alloc(*state, 10);
	arena_alloc(*state, 3000);
	arena_strdup(*state, "abc");
	assert_int_equal(arena_used(*state), 3014);
}

static void copies_are_whole_and_terminated(void **state)
{
	assert_string_equal(arena_strdup(*state, ""), "");
	assert_string_equal(arena_strdup(*state, "gate"), "gate");
	assert_string_equal(arena_strndup(*state, "gatehouse", 4), "gate");
	assert_string_equal(arena_strndup(*state, "gate", 100), "gate");
	assert_string_equal(arena_printf(*state, "%s-%d", "flat", 101), "flat-101");
	assert_int_equal(strlen(arena_printf(*state, "%05000d", 7)), 5000);
}

static void an_arena_of_no_size_works(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	assert_string_equal(arena_strdup(a, "still here"), "still here");
	arena_free(a);
	arena_free(NULL);
}

#if defined(__SANITIZE_ADDRESS__)
static void a_sanitizer_sees_what_is_not_handed_out(void **state)
{
	char *p = arena_alloc(*state, 13);
	char *next = arena_alloc(*state, 13);
	assert_false(__asan_region_is_poisoned(p, 13));
	assert_true(__asan_address_is_poisoned(p + 13));
	assert_true(__asan_address_is_poisoned(next - 1));
	arena_reset(*state);
	assert_true(__asan_address_is_poisoned(p));
	assert_true(__asan_address_is_poisoned(next + 12));
}
#endif

int main(void)
{
#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		ARENA_TEST(memory_is_zeroed_and_aligned_whatever_its_size),
		ARENA_TEST(allocations_do_not_overlap),
		ARENA_TEST(nothing_has_an_address_of_its_own),
		ARENA_TEST(reset_wipes_and_hands_out_the_first_block_again),
		ARENA_TEST(a_large_wish_does_not_waste_the_room_that_is_left),
		ARENA_TEST(used_counts_what_was_asked_for),
		ARENA_TEST(copies_are_whole_and_terminated),
		ARENA_TEST(an_arena_of_no_size_works),
#if defined(__SANITIZE_ADDRESS__)
		ARENA_TEST(a_sanitizer_sees_what_is_not_handed_out),
#endif
	};
	return RUN_TESTS(tests);
}
