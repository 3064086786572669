/* text: patterns for ILIKE, and what clients say of themselves in headers. */
#include "unit.h"

#include <string.h>

#include "arena.h"
#include "encode.h"
#include "text.h"

static void like(void **state)
{
	(void)state;
	static const struct {
		const char *q, *pattern;
	} rows[] = {
		{"Asha", "%Asha%"},
		{"100%", "%100\\%%"},
		{"a_b", "%a\\_b%"},
		{"\\", "%\\\\%"},
		{"'; drop", "%'; drop%"},
	};
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(text_like(a, rows[i].q), rows[i].pattern);
	assert_null(text_like(a, NULL));
	assert_null(text_like(a, ""));
	arena_free(a);
}

static void clean(void **state)
{
	(void)state;
	static const struct {
		const char *given;
		size_t most;
		const char *text;
	} rows[] = {
		{"", 10, ""},
		{"Mozilla/5.0", 20, "Mozilla/5.0"},
		{"Mozilla/5.0", 7, "Mozilla"},
		{"a\tb\r\nc\x7f", 20, "a?b??c?"},
		{"\xff\xfe", 20, "??"},
		{"caf\xc3\xa9", 20, "caf\xc3\xa9"},
		{"caf\xc3\xa9", 4, "caf"}, /* half a character is none */
		{"caf\xc3", 20, "caf?"},
		{"\xed\xa0\x80", 20, "???"}, /* a surrogate */
		{"\xf0\x9f\x9a\xaa!", 4, "\xf0\x9f\x9a\xaa"},
		{"x", 0, ""},
	};
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = text_clean(a, rows[i].given, rows[i].most);

		assert_string_equal(text, rows[i].text);
		assert_true(utf8_valid(text, strlen(text)));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(like), cmocka_unit_test(clean)};

	return RUN_TESTS(tests);
}
