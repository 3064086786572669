/* What buf.h promises: no write fails, and whatever goes in, JSON comes out. */
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"

static int setup(void **state)
{
	*state = arena_new(4096);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_new_buf_is_an_empty_string(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	assert_string_equal(b.data, "");
	assert_int_equal(b.len, 0);
}

static void it_grows_and_stays_terminated(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	for (int i = 0; i < 5000; i++) {
		buf_put(&b, "xyz", 3);
		assert_int_equal(b.data[b.len], 0);
	}
	assert_int_equal(strlen(b.data), 15000);
	buf_printf(&b, "%020000d", 1);
	assert_int_equal(strlen(b.data), 35000);
	assert_int_equal(b.len, 35000);
}

static void every_length_around_a_growth_is_right(void **state)
{
	for (int n = 200; n < 300; n++) {
		struct buf put, print;
		char *text = arena_printf(*state, "%0*d", n, 7);
		buf_init(&put, *state);
		buf_init(&print, *state);
		buf_puts(&put, text);
		buf_printf(&print, "%s", text);
		assert_string_equal(put.data, text);
		assert_string_equal(print.data, text);
	}
}

static void bytes_may_hold_nul(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	buf_put(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 3);
}

static void a_buf_may_be_appended_to_itself(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	buf_puts(&b, "0123456789");
	for (int i = 0; i < 8; i++)
		buf_put(&b, b.data, b.len);
	assert_int_equal(b.len, 2560);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], '0' + (int)(i % 10));
}

static void separators_stand_where_they_belong(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	put_open(&b, NULL, '{');
	put_string(&b, "type", "about:blank");
	put_number(&b, "status", -422);
	put_open(&b, "errors", '[');
	for (int i = 0; i < 2; i++) {
		put_open(&b, NULL, '{');
		put_bool(&b, "first", i == 0);
		put_close(&b, '}');
	}
	put_close(&b, ']');
	put_open(&b, "none", '[');
	put_close(&b, ']');
	put_open(&b, "empty", '{');
	put_close(&b, '}');
	put_string(&b, "null", NULL);
	put_raw(&b, "raw", "[1,2]");
	put_close(&b, '}');
	assert_string_equal(b.data,
		"{\"type\":\"about:blank\",\"status\":-422,\"errors\":[{\"first\":true},{\"first\":"
		"false}],\"none\":[],\"empty\":{},\"null\":null,\"raw\":[1,2]}");
}

#define FFFD "\xef\xbf\xbd"

static void strings_are_escaped_and_bad_bytes_replaced(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"", "\"\""},
		{"plain", "\"plain\""},
		{"a\"b", "\"a\\\"b\""},
		{"a\\b", "\"a\\\\b\""},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
		{"\x01\x1f", "\"\\u0001\\u001f\""},
		{"\x7f/", "\"\x7f/\""},
		{"h\xc3\xa9", "\"h\xc3\xa9\""},
		{"\xf0\x9f\x9a\xaa", "\"\xf0\x9f\x9a\xaa\""},
		{"\xff", "\"" FFFD "\""},
		{"a\x80z", "\"a" FFFD "z\""},
		{"\xc3", "\"" FFFD "\""},
		{"\xc3\"", "\"" FFFD "\\\"\""},
		{"\xe2\x82", "\"" FFFD FFFD "\""},
		{"\xc0\xaf", "\"" FFFD FFFD "\""},
		{"\xed\xa0\x80", "\"" FFFD FFFD FFFD "\""},
		{"\xf4\x90\x80\x80", "\"" FFFD FFFD FFFD FFFD "\""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b;
		buf_init(&b, *state);
		put_string(&b, NULL, rows[i].in);
		assert_string_equal(b.data, rows[i].out);
	}
}

static void keys_are_escaped_too(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	put_number(&b, "a\"b\n", 1);
	assert_string_equal(b.data, "\"a\\\"b\\n\":1");
}

static void numbers_keep_all_their_digits(void **state)
{
	struct buf b;
	buf_init(&b, *state);
	put_number(&b, NULL, INT64_MIN);
	put_number(&b, NULL, INT64_MAX);
	assert_string_equal(b.data, "-9223372036854775808,9223372036854775807");
}

static void any_bytes_give_json_that_a_parser_takes(void **state)
{
	srandom(20261120);
	for (int round = 0; round < 3000; round++) {
		char noise[64];
		size_t n = (size_t)random() % (sizeof noise - 1);
		for (size_t i = 0; i < n; i++)
			noise[i] = (char)(random() % 255 + 1);
		noise[n] = '\0';
		struct buf b;
		buf_init(&b, *state);
		put_open(&b, NULL, '{');
		put_string(&b, noise, noise);
		put_close(&b, '}');
		json_t *parsed = json_loadb(b.data, b.len, 0, NULL);
		assert_non_null(parsed);
		json_decref(parsed);
		arena_reset(*state);
	}
}

int main(void)
{
#define BUF_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		BUF_TEST(a_new_buf_is_an_empty_string),
		BUF_TEST(it_grows_and_stays_terminated),
		BUF_TEST(every_length_around_a_growth_is_right),
		BUF_TEST(bytes_may_hold_nul),
		BUF_TEST(a_buf_may_be_appended_to_itself),
		BUF_TEST(separators_stand_where_they_belong),
		BUF_TEST(strings_are_escaped_and_bad_bytes_replaced),
		BUF_TEST(keys_are_escaped_too),
		BUF_TEST(numbers_keep_all_their_digits),
		BUF_TEST(any_bytes_give_json_that_a_parser_takes),
	};
	return RUN_TESTS(tests);
}
