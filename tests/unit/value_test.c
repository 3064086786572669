/* What field.h promises of each type: what is taken, and the one text that it becomes. */
#include "unit.h"

#include <jansson.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "value.h"

#define ID "11111111-1111-4111-8111-111111111111"

struct row {
	enum field_type type;
	double least, most;
	const char *given, *taken; /* taken: NULL when refused */
};

static struct arena *a;

static const char *read_as(const struct row *row, enum raw_kind kind, json_t *json)
{
	const struct field f = {"f", IN_BODY, row->type, OPTIONAL, row->least, row->most,
		"accept approve=accept deny", "a field", NULL};
	const char *why = NULL;
	const char *text = value_read(a, &f, &(struct raw){kind, row->given, json}, &why);
	assert_true(text || (why && *why));
	return text;
}

static void is_taken(const struct row *row, enum raw_kind kind, json_t *json)
{
	const char *text = read_as(row, kind, json);
	row_holds(!text == !row->taken && (!text || !strcmp(text, row->taken)), row->given);
}

static void text_becomes_canonical(void **state)
{
	static const struct row rows[] = {
		{TYPE_TEXT, 1, 5, " a\tb\n ", "a\tb"},
		{TYPE_TEXT, 1, 5, "   ", NULL},
		{TYPE_TEXT, 1, 5, "123456", NULL},
		{TYPE_TEXT, 1, 5, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"},
		{TYPE_TEXT, 3, 5, "ab", NULL},
		{TYPE_TEXT, 1, 5, "a\x01", NULL},
		{TYPE_TEXT, 1, 5, "a\x7f", NULL},
		{TYPE_SECRET, 1, 5, " a ", " a "},
		{TYPE_SECRET, 1, 5, "", NULL},
		{TYPE_UUID, 0, 0, "ABCDEF01-2345-6789-abcd-EF0123456789",
			"abcdef01-2345-6789-abcd-ef0123456789"},
		{TYPE_UUID, 0, 0, "1", NULL},
		{TYPE_TIME, 0, 0, "2026-01-31T09:15:00+05:30", "2026-01-31T03:45:00.000Z"},
		{TYPE_TIME, 0, 0, "2026-01-31", NULL},
		{TYPE_MOMENT, 0, 0, "2026-01-31", "2026-01-31"},
		{TYPE_MOMENT, 0, 0, "2026-01-31T09:15:00z", "2026-01-31T09:15:00.000Z"},
		{TYPE_MOMENT, 0, 0, "tomorrow", NULL},
		{TYPE_DATE, 0, 0, "2024-02-29", "2024-02-29"},
		{TYPE_DATE, 0, 0, "2023-02-29", NULL},
		{TYPE_DATE, 0, 0, "2026-01-31T09:15:00Z", NULL},
		{TYPE_EMAIL, 3, 30, " Asha@Example.COM ", "asha@example.com"},
		{TYPE_EMAIL, 3, 30, "asha", NULL},
		{TYPE_EMAIL, 3, 30, "a@b@c.d", NULL},
		{TYPE_EMAIL, 3, 30, "a@.b", NULL},
		{TYPE_EMAIL, 3, 30, "a@b.", NULL},
		{TYPE_EMAIL, 3, 30, "a b@c.d", NULL},
		{TYPE_EMAIL, 3, 30, "\xc3\xa9@b.c", NULL},
		{TYPE_EMAIL, 3, 30, "a", NULL},
		{TYPE_PHONE, 0, 0, " +91 (98) 123-45.678", "+919812345678"},
		{TYPE_PHONE, 0, 0, "1234", NULL},
		{TYPE_PHONE, 0, 0, "1234567890123456", NULL},
		{TYPE_PHONE, 0, 0, "12345x", NULL},
		{TYPE_PHONE, 0, 0, "12+345", NULL},
		{TYPE_CHOICE, 0, 0, "accept", "accept"},
		{TYPE_CHOICE, 0, 0, "approve", "accept"},
		{TYPE_CHOICE, 0, 0, "deny", "deny"},
		{TYPE_CHOICE, 0, 0, "approve=accept", NULL},
		{TYPE_CHOICE, 0, 0, "Deny", NULL},
		{TYPE_CHOICE, 0, 0, "", NULL},
		{TYPE_CURSOR, 0, 0, "MTExMTExMTEtMTExMS00MTExLTgxMTEtMTExMTExMTExMTEx", ID},
		{TYPE_CURSOR, 0, 0, ID, NULL},
		{TYPE_CURSOR, 0, 0, "MTEx", NULL},
		{TYPE_ZONE, 1, 40, "Asia/Kolkata", "Asia/Kolkata"},
		{TYPE_ZONE, 1, 40, "UTC", "UTC"},
		{TYPE_ZONE, 1, 40, "EST5EDT", NULL},
		{TYPE_ZONE, 1, 40, "Asia/Kol kata", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *json = json_string(rows[i].given);
		is_taken(&rows[i], RAW_TEXT, NULL);
		is_taken(&rows[i], RAW_STRING, json);
		json_decref(json);
		assert_null(read_as(&rows[i], RAW_BOOLEAN, json_true()));
	}
}

static void numbers_become_canonical(void **state)
{
	static const struct row rows[] = {
		{TYPE_INTEGER, -5, 1000, "12", "12"},
		{TYPE_INTEGER, -5, 1000, "-5", "-5"},
		{TYPE_INTEGER, -5, 1000, "-6", NULL},
		{TYPE_INTEGER, -5, 1000, "1001", NULL},
		{TYPE_INTEGER, -5, 1000, "007", "7"},
		{TYPE_INTEGER, -5, 1000, "-0", "0"},
		{TYPE_INTEGER, -5, 1000, "1.0", NULL},
		{TYPE_INTEGER, -5, 1000, "1e2", NULL},
		{TYPE_INTEGER, -5, 1000, "", NULL},
		{TYPE_INTEGER, -5, 1000, "0000000000000001", NULL},
		{TYPE_NUMBER, -1e9, 1e300, "0.1", "0.1"},
		{TYPE_NUMBER, -1e9, 1e300, "0.10000000000000001", "0.1"},
		{TYPE_NUMBER, -1e9, 1e300, "-21.75", "-21.75"},
		{TYPE_NUMBER, -1e9, 1e300, "+.5", "0.5"},
		{TYPE_NUMBER, -1e9, 1e300, "-0.0", "0"},
		{TYPE_NUMBER, -1e9, 1e300, "1e22", "1e+22"},
		{TYPE_NUMBER, -1e9, 1e300, "0.30000000000000004", "0.30000000000000004"},
		{TYPE_NUMBER, -1e9, 1e300, "1e400", NULL},
		{TYPE_NUMBER, -1e9, 1e300, "inf", NULL},
		{TYPE_NUMBER, -1e9, 1e300, "0x10", NULL},
		{TYPE_NUMBER, -1e9, 1e300, "nan", NULL},
		{TYPE_NUMBER, -1e9, 1e300, " 1", NULL},
		{TYPE_NUMBER, -1e9, 1e300, "-1e10", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_taken(&rows[i], RAW_TEXT, NULL);
		is_taken(&rows[i], RAW_NUMBER, NULL);
		assert_null(read_as(&rows[i], RAW_STRING, NULL));
	}
}

static void booleans_are_words_only_outside_json(void **state)
{
	static const struct row rows[] = {{TYPE_BOOLEAN, 0, 0, "true", "true"},
		{TYPE_BOOLEAN, 0, 0, "1", "true"}, {TYPE_BOOLEAN, 0, 0, "false", "false"},
		{TYPE_BOOLEAN, 0, 0, "0", "false"}, {TYPE_BOOLEAN, 0, 0, "yes", NULL}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_taken(&rows[i], RAW_TEXT, NULL);
		assert_null(read_as(&rows[i], RAW_STRING, NULL));
	}
	assert_string_equal(read_as(&rows[2], RAW_BOOLEAN, json_false()), "false");
}

static void ids_become_an_array_literal(void **state)
{
	static const struct row rows[] = {
		{TYPE_UUIDS, 0, 2, "[]", "{}"},
		{TYPE_UUIDS, 0, 2, "[\"" ID "\"]", "{" ID "}"},
		{TYPE_UUIDS, 0, 2, "[\"" ID "\",\"" ID "\"]", "{" ID "," ID "}"},
		{TYPE_UUIDS, 0, 2, "[\"" ID "\",\"" ID "\",\"" ID "\"]", NULL},
		{TYPE_UUIDS, 0, 2, "[\"x\"]", NULL},
		{TYPE_UUIDS, 0, 2, "[1]", NULL},
		{TYPE_UUIDS, 0, 2, "{}", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *json = json_loads(rows[i].given, 0, NULL);
		is_taken(&rows[i], RAW_TREE, json);
		json_decref(json);
		assert_null(read_as(&rows[i], RAW_TEXT, NULL));
	}
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_becomes_canonical, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_become_canonical, setup, teardown),
		cmocka_unit_test_setup_teardown(
			booleans_are_words_only_outside_json, setup, teardown),
		cmocka_unit_test_setup_teardown(ids_become_an_array_literal, setup, teardown),
	};
	return RUN_TESTS(tests);
}
