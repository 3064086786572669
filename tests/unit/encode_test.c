/* What encode.h promises: strict decoders, and round trips that lose nothing. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "encode.h"

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

static void hex_is_lower_case(void **state)
{
	assert_string_equal(hex_encode(*state, "\x00\x7f\x80\xff\xa5", 5), "007f80ffa5");
	assert_string_equal(hex_encode(*state, "", 0), "");
}

static void base64url_follows_rfc_4648_without_padding(void **state)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = {
		{"", ""},
		{"f", "Zg"},
		{"fo", "Zm8"},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg"},
		{"fooba", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy"},
		{"\xff\xef\xfe", "_-_-"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n;
		assert_string_equal(base64url_encode(*state, rows[i].plain, strlen(rows[i].plain)),
			rows[i].coded);
		unsigned char *back =
			base64url_decode(*state, rows[i].coded, strlen(rows[i].coded), &n);
		assert_non_null(back);
		assert_int_equal(n, strlen(rows[i].plain));
		assert_string_equal((char *)back, rows[i].plain);
	}
}

static void base64url_brings_back_any_bytes(void **state)
{
	srandom(20261120);
	for (size_t n = 0; n < 300; n++) {
		unsigned char bytes[300], *back;
		size_t len;
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)random();
		char *coded = base64url_encode(*state, bytes, n);
		back = base64url_decode(*state, coded, strlen(coded), &len);
		assert_non_null(back);
		assert_int_equal(len, n);
		assert_memory_equal(back, bytes, n);
		assert_int_equal(back[n], 0);
		arena_reset(*state);
	}
}

static void base64url_refuses_what_is_not_canonical(void **state)
{
	static const char *const rows[] = {"A", /* a lone digit */
		"AAAAA",			/* one too many */
		"AB",				/* stray bits */
		"AAB",				/* stray bits */
		"Zh",				/* another spelling of "Zg" */
		"Zg==",				/* padding */
		"Zg=",				/* padding */
		"Zm9v\n",			/* line end */
		" Zm9v", "Zm 9v", "Zm+v", "Zm/v", "Zm.v", "Z*==", "Zm9\x80", "Zm9\xff"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n;
		row_holds(!base64url_decode(*state, rows[i], strlen(rows[i]), &n), rows[i]);
	}
	size_t n;
	assert_null(base64url_decode(*state, "AA\0A", 4, &n));
}

static void base64url_has_one_spelling_for_each_value(void **state)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	int taken = 0;
	for (int i = 0; i < 64; i++)
		for (int k = 0; k < 64; k++) {
			char text[] = {digits[i], digits[k]};
			size_t n;
			taken += base64url_decode(*state, text, 2, &n) != NULL;
		}
	assert_int_equal(taken, 256);
}

static void percent_decoding_is_strict(void **state)
{
	static const struct {
		const char *in;
		bool plus;
		const char *out; /* NULL: refused */
	} rows[] = {
		{"", false, ""},
		{"abc", false, "abc"},
		{"a%20b", false, "a b"},
		{"%c3%A9", false, "\xc3\xa9"},
		{"a+b", false, "a+b"},
		{"a+b", true, "a b"},
		{"a%2Bb", true, "a+b"},
		{"%25%32%30", false, "%20"},
		{"%2e%2e%2f", false, "../"},
		{"%", false, NULL},
		{"%2", false, NULL},
		{"%2g", false, NULL},
		{"%g2", false, NULL},
		{"% 2", false, NULL},
		{"%+2", false, NULL},
		{"%-1", false, NULL},
		{"%%20", false, NULL},
		{"a%00b", false, NULL},
		{"%u0041", false, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *out = percent_decode(*state, rows[i].in, strlen(rows[i].in), rows[i].plus);
		row_holds(rows[i].out ? out && !strcmp(out, rows[i].out) : !out, rows[i].in);
	}
	assert_null(percent_decode(*state, "a\0b", 3, false));
	assert_null(percent_decode(*state, "%41", 2, false));
	assert_string_equal(percent_decode(*state, "%41%4", 3, false), "A");
}

static void percent_encoding_leaves_only_the_unreserved(void **state)
{
	assert_string_equal(percent_encode(*state, "AZaz09-._~"), "AZaz09-._~");
	assert_string_equal(
		percent_encode(*state, "a b/\xc3\xa9?&=+%"), "a%20b%2F%C3%A9%3F%26%3D%2B%25");
	for (int c = 1; c < 256; c++) {
		char one[2] = {(char)c, 0};
		char *coded = percent_encode(*state, one);
		assert_string_equal(percent_decode(*state, coded, strlen(coded), true), one);
	}
}

static void utf8_is_rfc_3629(void **state)
{
	static const struct {
		const char *bytes;
		bool valid;
		const char *what;
	} rows[] = {
		{"", true, "nothing"},
		{"plain", true, "ASCII"},
		{"\x7f", true, "last of one byte"},
		{"\xc2\x80", true, "first of two bytes"},
		{"\xdf\xbf", true, "last of two bytes"},
		{"\xe0\xa0\x80", true, "first of three bytes"},
		{"\xed\x9f\xbf", true, "last before the surrogates"},
		{"\xee\x80\x80", true, "first after the surrogates"},
		{"\xef\xbf\xbf", true, "last of three bytes"},
		{"\xf0\x90\x80\x80", true, "first of four bytes"},
		{"\xf4\x8f\xbf\xbf", true, "U+10FFFF"},
		{"\x80", false, "lone continuation"},
		{"\xbf", false, "lone continuation"},
		{"\xc0\x80", false, "overlong NUL"},
		{"\xc0\xaf", false, "overlong slash"},
		{"\xc1\xbf", false, "overlong, two bytes"},
		{"\xe0\x80\xaf", false, "overlong, three bytes"},
		{"\xe0\x9f\xbf", false, "overlong, three bytes"},
		{"\xf0\x80\x80\xaf", false, "overlong, four bytes"},
		{"\xf0\x8f\xbf\xbf", false, "overlong, four bytes"},
		{"\xed\xa0\x80", false, "high surrogate"},
		{"\xed\xbf\xbf", false, "low surrogate"},
		{"\xed\xa0\xbd\xed\xb8\x80", false, "CESU-8 pair"},
		{"\xf4\x90\x80\x80", false, "U+110000"},
		{"\xf5\x80\x80\x80", false, "past the last lead byte"},
		{"\xf8\x88\x80\x80\x80", false, "five bytes"},
		{"\xfe", false, "0xfe"},
		{"\xff", false, "0xff"},
		{"\xc3", false, "cut after one of two"},
		{"\xe2\x82", false, "cut after two of three"},
		{"\xf0\x9f\x9a", false, "cut after three of four"},
		{"\xc3(", false, "second byte is no continuation"},
		{"\xe2\x82(", false, "third byte is no continuation"},
		{"\xf0\x9f\x9a(", false, "fourth byte is no continuation"},
		{"ok\xc3\xa9\xff", false, "bad after good"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(utf8_valid(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].valid,
			rows[i].what);
	assert_int_equal(utf8_sequence("", 0), 0);
	assert_true(utf8_valid("a\0b", 3));
}

/* Every code point, against an encoder written the other way round. */
static void every_code_point_but_the_surrogates_is_valid(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x111000; c++) {
		unsigned char u[4];
		size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		for (size_t i = n; i-- > 1;)
			u[i] = (unsigned char)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3f));
		u[0] = (unsigned char)(n == 1 ? c : (0xf00U >> n & 0xff) | c >> (6 * (n - 1)));
		bool right = (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff;
		size_t found = utf8_sequence((const char *)u, n);
		if (found != (right ? n : 0))
			fail_msg("U+%04X", c);
	}
}

static void length_counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(""), 0);
	assert_int_equal(utf8_length("abc"), 3);
	assert_int_equal(utf8_length("h\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xaa"), 4);
}

int main(void)
{
#define ENCODE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		ENCODE_TEST(hex_is_lower_case),
		ENCODE_TEST(base64url_follows_rfc_4648_without_padding),
		ENCODE_TEST(base64url_brings_back_any_bytes),
		ENCODE_TEST(base64url_refuses_what_is_not_canonical),
		ENCODE_TEST(base64url_has_one_spelling_for_each_value),
		ENCODE_TEST(percent_decoding_is_strict),
		ENCODE_TEST(percent_encoding_leaves_only_the_unreserved),
		ENCODE_TEST(utf8_is_rfc_3629),
		ENCODE_TEST(every_code_point_but_the_surrogates_is_valid),
		ENCODE_TEST(length_counts_code_points),
	};
	return RUN_TESTS(tests);
}
