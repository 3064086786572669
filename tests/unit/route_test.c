/* What route.h promises: which row a path leads to, what its parameters are, and which tables are
 * refused at start. */
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "request.h"
#include "route.h"

static int nothing(struct request *r)
{
	(void)r;
	return 0;
}

static const struct field id[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "a thing", NULL}, {0}};
static const struct field two[] = {{"id", IN_PATH, TYPE_TEXT, REQUIRED, 1, 9, NULL, "a", NULL},
	{"other", IN_PATH, TYPE_TEXT, REQUIRED, 1, 9, NULL, "b", NULL},
	{"mode", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0, "on off=no", "c", "m"}, {0}};

#define ROW(method, path, input) \
	{ \
		method, path, ANYONE, LIMIT_NONE, input, nothing, "a row", 0 \
	}

static const struct route table[] = {
	ROW(GET, "/things", NULL),
	ROW(POST, "/things", NULL),
	ROW(GET, "/things/:id", id),
	ROW(GET, "/things/mine", NULL),
	ROW(DELETE, "/things/:id", id),
	/* Which of these two is meant for /q/b/c must not depend on the names of their parameters.
	 */
	ROW(GET, "/:id/b/:other", two),
	ROW(POST, "/:other/b/c", two),
	{0},
};

static void a_path_leads_to_its_row(void **state)
{
	static const struct {
		const char *path;
		enum method method;
		int row; /* -1: none */
		unsigned allowed;
	} rows[] = {
		{"/things", GET, 0, GET | POST},
		{"/things", POST, 1, GET | POST},
		{"/things", PUT, -1, GET | POST},
		{"/things", 0, -1, GET | POST},
		{"/things/1", GET, 2, GET | DELETE},
		{"/things/mine", GET, 3, GET},
		{"/things/mine", DELETE, -1, GET},
		{"/things/mine ", DELETE, 4, GET | DELETE},
		{"/things/", GET, -1, 0},
		{"/things/1/", GET, -1, 0},
		{"//things", GET, -1, 0},
		{"things", GET, -1, 0},
		{"", GET, -1, 0},
		{"/", GET, -1, 0},
		{"/things/%00", GET, -1, 0},
		{"/things/%ff", GET, -1, 0},
		{"/things/%4", GET, -1, 0},
		{"/q/b/c", POST, 6, POST},
		{"/q/b/c", GET, -1, POST},
		{"/q/b/d", GET, 5, GET},
	};
	struct arena *a = arena_new(4096);
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct request r = {.arena = a};
		unsigned allowed;
		const struct route *found =
			route_find(table, &r, rows[i].method, rows[i].path, &allowed);
		row_holds(found == (rows[i].row < 0 ? NULL : &table[rows[i].row]), rows[i].path);
		row_holds(allowed == rows[i].allowed, rows[i].path);
	}
	arena_free(a);
}

static void parameters_are_decoded_once(void **state)
{
	struct arena *a = arena_new(4096);
	struct request r = {.arena = a};
	unsigned allowed;
	(void)state;
	assert_ptr_equal(route_find(table, &r, GET, "/a%2Fb+%2541/b/%C3%A9", &allowed), &table[5]);
	assert_string_equal(request_get(&r, "id"), "a/b+%41");
	assert_string_equal(request_get(&r, "other"), "\xc3\xa9");
	arena_free(a);
}

static void a_faulty_table_is_refused(void **state)
{
	const struct route good = ROW(GET, "/a", NULL);
	struct route rows[3];
	(void)state;
	assert_null(route_check(table));
#define REFUSED(because, change) \
	do { \
		memset(rows, 0, sizeof rows); \
		rows[0] = good; \
		change; \
		assert_non_null(route_check(rows)); \
		assert_non_null(strstr(route_check(rows), because)); \
	} while (0)
	REFUSED("who may call it", rows[0].who = 0);
	REFUSED("limit class", rows[0].limit = 0);
	REFUSED("incomplete", rows[0].handler = NULL);
	REFUSED("incomplete", rows[0].summary = NULL);
	REFUSED("incomplete", rows[0].path = "a");
	REFUSED("incomplete", rows[0].method = 0);
	REFUSED("not in its input", rows[0].path = "/a/:id");
	REFUSED("not in its input", (rows[0].path = "/a/:i", rows[0].input = id));
	REFUSED("route GET /a: it stands twice", rows[1] = good);
	REFUSED("otherwise", (rows[0] = table[5], rows[1] = table[5], rows[1].method = PUT,
				     rows[1].path = "/:other/b/:id"));
#undef REFUSED
}

static void methods_have_names(void **state)
{
	static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		row_holds(!strcmp(method_name(method_parse(names[i])), names[i]), names[i]);
	assert_int_equal(method_parse("HEAD"), GET);
	assert_int_equal(method_parse("get"), 0);
	assert_int_equal(method_parse("TRACE"), 0);
	assert_string_equal(method_name(0), "?");
}

static void a_table_is_told_as_json(void **state)
{
	struct arena *a = arena_new(4096);
	struct buf b;
	json_t *all, *row, *field;
	(void)state;
	buf_init(&b, a);
	route_describe(&b, "area", table);
	all = json_loads(b.data, 0, NULL);
	assert_int_equal(json_array_size(all), COUNT(table) - 1);
	row = json_array_get(all, 5);
	assert_string_equal(json_string_value(json_object_get(row, "path")), "/:id/b/:other");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(row, "who"), 0)), "anyone");
	field = json_array_get(json_object_get(row, "input"), 2);
	assert_string_equal(json_string_value(json_object_get(field, "alias")), "m");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(field, "choices"), 1)), "off");
	json_decref(all);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_leads_to_its_row),
		cmocka_unit_test(parameters_are_decoded_once),
		cmocka_unit_test(a_faulty_table_is_refused),
		cmocka_unit_test(methods_have_names),
		cmocka_unit_test(a_table_is_told_as_json),
	};
	return RUN_TESTS(tests);
}
