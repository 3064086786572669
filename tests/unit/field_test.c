/* What field.h and problem.h promise: a route's table decides what comes in, every bad field is
 * told at once, and each refusal is the one of its row. */
#include "unit.h"

#include <jansson.h>
#include <string.h>

#include "arena.h"
#include "field.h"
#include "problem.h"
#include "request.h"
#include "route.h"

static const struct field table[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "which", NULL},
	{"limit", IN_QUERY, TYPE_INTEGER, OPTIONAL, 1, 100, NULL, "how many", NULL},
	{"name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 10, NULL, "a name", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "a number", "tel"},
	{"answer", IN_BODY, TYPE_CHOICE, OPTIONAL, 0, 0, "yes no ok=yes", "an answer", NULL},
	{0},
};
static const struct route route = {POST, "/x/:id", USER, LIMIT_USER, table, NULL, "x", 0};
static const struct program program = {.name = "unit"};
static const char *content_type;

static const char *param(void *state, const char *name)
{
	(void)state;
	return strcmp(name, "CONTENT_TYPE") == 0 ? content_type : NULL;
}

static const struct transport io = {.param = param};

static struct request *asked(struct arena *a, const char *query, const char *body, size_t n)
{
	struct request *r = request_job(&program, a);

	r->io = &io;
	r->route = &route;
	r->query = query;
	r->body = body;
	r->body_length = n;
	request_set(r, "id", "018F0000-0000-7000-8000-00000000000A");
	content_type = "application/json";
	return r;
}

/* The fields that the answer names, in a line. */
static const char *named(struct arena *a, struct request *r)
{
	json_t *answer = json_loadb(r->out.data, r->out.len, 0, NULL), *error;
	const char *line = "";
	size_t i;

	json_array_foreach(json_object_get(answer, "errors"), i, error) line = arena_printf(a,
		"%s%s%s", line, i ? " " : "", json_string_value(json_object_get(error, "field")));
	json_decref(answer);
	return line;
}

static void valid_input_is_kept_as_canonical_text(void **state)
{
	static const char body[] =
		"{\"name\":\" Asha \",\"tel\":\"+91 98-76 5\",\"answer\":\"ok\"}";
	struct arena *a = arena_new(4096);
	struct request *r = asked(a, "limit=7", body, strlen(body));

	(void)state;
	assert_int_equal(field_read(r), 0);
	assert_string_equal(request_get(r, "id"), "018f0000-0000-7000-8000-00000000000a");
	assert_string_equal(request_get(r, "limit"), "7");
	assert_string_equal(request_get(r, "name"), "Asha");
	assert_string_equal(request_get(r, "phone"), "+9198765");
	assert_string_equal(request_get(r, "answer"), "yes");
	assert_null(request_get(r, "tel"));
	arena_free(a);
}

static const struct {
	const char *query, *body;
	int status;
	const char *code, *fields;
} refused[] = {
	{"", "", 422, "validation_failed", "name"},
	{"", "{}", 422, "validation_failed", "name"},
	{"", "{\"name\":null}", 422, "validation_failed", "name"},
	{"", "{\"name\":7}", 422, "validation_failed", "name"},
	{"", "{\"name\":\"\"}", 422, "validation_failed", "name"},
	{"", "{\"name\":\"12345678901\"}", 422, "validation_failed", "name"},
	{"limit=x&colour=red", "{\"nam\":1,\"phone\":\"x\",\"answer\":\"maybe\"}", 422,
		"validation_failed", "limit colour nam phone answer name"},
	{"limit=1&limit=2", "{\"name\":\"x\"}", 422, "validation_failed", "limit"},
	{"", "{\"name\":\"x\",\"phone\":\"12345\",\"tel\":\"12345\"}", 422, "validation_failed",
		"tel"},
	{"limit=%zz", "{\"name\":\"x\"}", 422, "validation_failed", "query"},
	{"limit=%00", "{\"name\":\"x\"}", 422, "validation_failed", "query"},
	{"", "{\"name\":\"x\"", 400, "malformed_json", ""},
	{"", "{\"name\":\"x\",\"name\":\"y\"}", 400, "malformed_json", ""},
	{"", "{\"name\":\"\\u0000\"}", 400, "malformed_json", ""},
	{"", "{\"name\":\"\xff\"}", 400, "malformed_json", ""},
};

static void every_bad_field_is_told_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct arena *a = arena_new(4096);
		const char *body = refused[i].body;
		struct request *r = asked(a, refused[i].query, body, strlen(body));
		const char *row = *body ? body : refused[i].query;

		row_holds(field_read(r) == -1, row);
		row_holds(r->status == refused[i].status, row);
		row_holds(strcmp(r->code, refused[i].code) == 0, row);
		row_holds(strcmp(named(a, r), refused[i].fields) == 0, row);
		arena_free(a);
	}
}

static void a_malformed_id_in_the_path_is_not_found(void **state)
{
	static const char body[] = "{\"name\":\"x\"}";
	struct arena *a = arena_new(4096);
	struct request *r = asked(a, "", body, strlen(body));

	(void)state;
	request_set(r, "id", "7");
	assert_int_equal(field_read(r), -1);
	assert_int_equal(r->status, 404);
	arena_free(a);
}

static void other_types_than_json_are_refused(void **state)
{
	static const char body[] = "{\"name\":\"x\"}";
	static const char *const types[] = {NULL, "", "text/plain", "application/jsonx"};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct arena *a = arena_new(4096);
		struct request *r = asked(a, "", body, strlen(body));

		content_type = types[i];
		row_holds(field_read(r) == -1 && r->status == 415, types[i] ? types[i] : "none");
		arena_free(a);
	}
}

static void nesting_has_an_end(void **state)
{
	char body[4096];
	struct arena *a = arena_new(4096);
	struct request *r;

	(void)state;
	memset(body, '[', sizeof body);
	r = asked(a, "", body, sizeof body);
	assert_int_equal(field_read(r), -1);
	assert_int_equal(r->status, 400);
	arena_free(a);
}

static void a_problem_is_the_one_of_its_row(void **state)
{
	(void)state;
	for (int p = 0; p < PROBLEM_COUNT; p++) {
		struct arena *a = arena_new(4096);
		struct request *r = asked(a, "", "", 0);
		json_t *answer;

		assert_int_equal(refuse(r, (enum problem)p, "%s", "a \"reason\"\n"), -1);
		answer = json_loadb(r->out.data, r->out.len, 0, NULL);
		row_holds(answer != NULL, problems[p].code);
		row_holds(r->status == problems[p].status, problems[p].code);
		row_holds(json_integer_value(json_object_get(answer, "status")) == r->status,
			problems[p].code);
		row_holds(strcmp(json_string_value(json_object_get(answer, "code")),
				  problems[p].code) == 0,
			problems[p].code);
		row_holds(strcmp(json_string_value(json_object_get(answer, "detail")),
				  "a \"reason\"\n") == 0,
			problems[p].code);
		row_holds(
			strcmp(json_string_value(json_object_get(answer, "instance")), r->id) == 0,
			problems[p].code);
		row_holds((strstr(r->headers.data ? r->headers.data : "", "WWW-Authenticate:") !=
				  NULL) == (r->status == 401),
			problems[p].code);
		json_decref(answer);
		arena_free(a);
	}
}

static void retry_after_is_at_least_a_second(void **state)
{
	struct arena *a = arena_new(4096);
	struct request *r = asked(a, "", "", 0);

	(void)state;
	refuse_for(r, PROBLEM_RATE_LIMITED, 0, NULL);
	assert_int_equal(r->status, 429);
	assert_non_null(strstr(r->headers.data, "Retry-After: 1\r\n"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_input_is_kept_as_canonical_text),
		cmocka_unit_test(every_bad_field_is_told_at_once),
		cmocka_unit_test(a_malformed_id_in_the_path_is_not_found),
		cmocka_unit_test(other_types_than_json_are_refused),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(a_problem_is_the_one_of_its_row),
		cmocka_unit_test(retry_after_is_at_least_a_second),
	};

	return RUN_TESTS(tests);
}
