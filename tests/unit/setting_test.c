/* What setting.h promises: every value is checked, a bad one is named, secrets are not shown. */
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setting.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

static char secret_path[] = "/tmp/gatehouse-setting-XXXXXX";

static int setup(void **state)
{
	(void)state;
	clearenv();
	setenv("JWT_SECRET", SECRET, 1);
	return 0;
}

/* The file that NAME_FILE tests read. */
static const char *secret_file(const char *bytes, size_t n)
{
	FILE *f = fopen(secret_path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	return secret_path;
}

static void the_defaults_are_good(void **state)
{
	(void)state;
	assert_null(setting_load());
	assert_true(setting_is(APP_ENV, "production"));
	assert_true(setting_is(LOG_LEVEL, "info"));
	assert_string_equal(setting_text(DATABASE_URL), "postgresql:///gatehouse");
	assert_string_equal(setting_text(JWT_SECRET_PREVIOUS), "");
	assert_int_equal(setting_number(ACCESS_TOKEN_TTL), 900);
}

static void a_variable_overrides_its_default(void **state)
{
	(void)state;
	setenv("APP_ENV", "development", 1);
	setenv("ACCESS_TOKEN_TTL", "5", 1);
	setenv("ALLOWED_ORIGINS", "https://a.example,https://b.example", 1);
	assert_null(setting_load());
	assert_true(setting_is(APP_ENV, "development"));
	assert_int_equal(setting_number(ACCESS_TOKEN_TTL), 5);
	assert_string_equal(setting_text(ALLOWED_ORIGINS), "https://a.example,https://b.example");
}

static void an_alias_counts_until_the_name_is_set(void **state)
{
	(void)state;
	setenv("REDIS_URI", "unix:///alias", 1);
	setenv("NODE_ENV", "test", 1);
	assert_null(setting_load());
	assert_string_equal(setting_text(REDIS_URL), "unix:///alias");
	assert_true(setting_is(APP_ENV, "test"));
	setenv("REDIS_URL", "unix:///name", 1);
	setenv("APP_ENV", "", 1); /* empty: the alias still counts */
	assert_null(setting_load());
	assert_string_equal(setting_text(REDIS_URL), "unix:///name");
	assert_true(setting_is(APP_ENV, "test"));
}

static void an_empty_variable_is_unset_but_for_a_text(void **state)
{
	(void)state;
	setenv("CHILDREN", "", 1);
	setenv("LOG_LEVEL", "", 1);
	setenv("REDIS_URL", "", 1);
	assert_null(setting_load());
	assert_int_equal(setting_number(CHILDREN), 4);
	assert_true(setting_is(LOG_LEVEL, "info"));
	assert_string_equal(setting_text(REDIS_URL), "");
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{"CHILDREN", "0"},
		{"CHILDREN", "65"},
		{"CHILDREN", "-1"},
		{"CHILDREN", "four"},
		{"CHILDREN", "4 "},
		{"CHILDREN", " 4"},
		{"CHILDREN", "+4"},
		{"CHILDREN", "4.0"},
		{"CHILDREN", "0x4"},
		{"CHILDREN", "4e0"},
		{"CHILDREN", "-"},
		{"CHILDREN", "99999999999999999999999"},
		{"ACCESS_TOKEN_TTL", "4"},
		{"ACCESS_TOKEN_TTL", "86401"},
		{"APP_ENV", "staging"},
		{"APP_ENV", "Production"},
		{"APP_ENV", "production development"},
		{"APP_ENV", " "},
		{"NODE_ENV", "staging"},
		{"LOG_LEVEL", "warning"},
		{"LOG_LEVEL", "inf"},
		{"JWT_SECRET", "0123456789abcdef0123456789abcde"},
		{"JWT_SECRET", ""},
		{"JWT_SECRET_PREVIOUS", "short"},
		{"JWT_SECRET_FILE", "/nonexistent/secret"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		setup(NULL);
		setenv(rows[i].name, rows[i].value, 1);
		if (!strcmp(rows[i].name, "JWT_SECRET_FILE"))
			unsetenv("JWT_SECRET");
		const char *why = setting_load();
		row_holds(why && !strncmp(why, rows[i].name, strlen(rows[i].name)), rows[i].name);
	}
}

static void both_bounds_of_a_number_are_allowed(void **state)
{
	(void)state;
	setenv("CHILDREN", "64", 1);
	setenv("LOGIN_CHILDREN", "1", 1);
	setenv("AUTH_RATE_LIMIT", "0", 1);
	assert_null(setting_load());
	assert_int_equal(setting_number(CHILDREN), 64);
	assert_int_equal(setting_number(LOGIN_CHILDREN), 1);
	assert_int_equal(setting_number(AUTH_RATE_LIMIT), 0);
}

static void a_missing_secret_stops_the_program(void **state)
{
	(void)state;
	unsetenv("JWT_SECRET");
	const char *why = setting_load();
	assert_non_null(why);
	assert_non_null(strstr(why, "JWT_SECRET must be given"));
	assert_non_null(strstr(why, "JWT_SECRET_FILE"));
}

static void a_secret_may_come_from_a_file(void **state)
{
	static const char *const ends[] = {"", "\n", "\r\n"};
	(void)state;
	unsetenv("JWT_SECRET");
	for (size_t i = 0; i < COUNT(ends); i++) {
		char bytes[64];
		snprintf(bytes, sizeof bytes, OTHER "%s", ends[i]);
		setenv("JWT_SECRET_FILE", secret_file(bytes, strlen(bytes)), 1);
		assert_null(setting_load());
		assert_string_equal(setting_text(JWT_SECRET), OTHER);
	}
	secret_file(OTHER "\n\n", sizeof OTHER + 1); /* only one line end is cut */
	assert_null(setting_load());
	assert_string_equal(setting_text(JWT_SECRET), OTHER "\n");
}

static void a_bad_secret_file_is_named(void **state)
{
	static char large[5000];
	(void)state;
	memset(large, 'x', sizeof large);
	const struct {
		const char *bytes;
		size_t n;
	} rows[] = {{"", 0}, {"\n", 1}, {"short\n", 6}, {OTHER "\0" OTHER, 2 * sizeof OTHER - 1},
		{large, 4097}, {large, sizeof large}};
	unsetenv("JWT_SECRET");
	for (size_t i = 0; i < COUNT(rows); i++) {
		setenv("JWT_SECRET_FILE", secret_file(rows[i].bytes, rows[i].n), 1);
		const char *why = setting_load();
		assert_non_null(why);
		assert_non_null(strstr(why, "JWT_SECRET"));
	}
	secret_file(large, 4096);
	assert_null(setting_load());
	setenv("JWT_SECRET_FILE", "/tmp", 1); /* a folder */
	assert_non_null(setting_load());
}

static void a_secret_and_its_file_contradict_each_other(void **state)
{
	(void)state;
	setenv("JWT_SECRET_FILE", secret_file(OTHER, 32), 1);
	const char *why = setting_load();
	assert_non_null(why);
	assert_non_null(strstr(why, "both"));
	setenv("JWT_SECRET_FILE", "", 1); /* empty: unset */
	assert_null(setting_load());
}

static void only_secrets_come_from_files(void **state)
{
	(void)state;
	setenv("DATABASE_URL_FILE", secret_file("postgresql:///other", 19), 1);
	setenv("CHILDREN_FILE", secret_path, 1);
	assert_null(setting_load());
	assert_string_equal(setting_text(DATABASE_URL), "postgresql:///gatehouse");
}

static void a_refused_environment_leaves_the_values_of_before(void **state)
{
	(void)state;
	setenv("CHILDREN", "7", 1);
	assert_null(setting_load());
	setenv("CHILDREN", "8", 1);
	setenv("LOG_LEVEL", "loud", 1);
	assert_non_null(setting_load());
	assert_int_equal(setting_number(CHILDREN), 7);
	assert_true(setting_is(LOG_LEVEL, "info"));
}

static void values_do_not_hang_on_the_environment(void **state)
{
	(void)state;
	setenv("PUBLIC_URL", "https://gate.example", 1);
	assert_null(setting_load());
	clearenv();
	assert_string_equal(setting_text(PUBLIC_URL), "https://gate.example");
}

static void no_complaint_shows_a_secret(void **state)
{
	(void)state;
	setenv("JWT_SECRET", "hunter2", 1);
	assert_null(strstr(setting_load(), "hunter2"));
	setenv("JWT_SECRET", SECRET, 1);
	setenv("JWT_SECRET_PREVIOUS", "hunter2", 1);
	assert_null(strstr(setting_load(), "hunter2"));
}

/* What setting_print() writes, as JSON; caller frees. */
static json_t *printed(void)
{
	FILE *caught = tmpfile();
	fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	dup2(fileno(caught), STDOUT_FILENO);
	setting_print();
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(caught);
	json_t *table = json_loadf(caught, JSON_REJECT_DUPLICATES, NULL);
	fclose(caught);
	return table;
}

static void the_printed_table_is_complete_and_holds_no_values(void **state)
{
	(void)state;
	setenv("REDIS_URL", "redis://:hunter2@localhost", 1);
	assert_null(setting_load());
	json_t *table = printed(), *row;
	size_t i;
	assert_non_null(table);
	assert_int_equal(json_array_size(table), SETTING_COUNT);
	char *whole = json_dumps(table, 0);
	assert_null(strstr(whole, "hunter2"));
	assert_null(strstr(whole, SECRET));
	free(whole);
	json_array_foreach(table, i, row)
	{
		assert_true(json_is_string(json_object_get(row, "name")));
		assert_true(json_is_array(json_object_get(row, "aliases")));
		assert_true(json_string_length(json_object_get(row, "what")) > 5);
		const char *type = json_string_value(json_object_get(row, "type"));
		assert_int_equal(
			!strcmp(type, "number"), json_is_integer(json_object_get(row, "least")));
		assert_int_equal(
			!strcmp(type, "choice"), json_is_array(json_object_get(row, "choices")));
	}
	row = json_array_get(table, JWT_SECRET);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "JWT_SECRET");
	assert_true(json_is_null(json_object_get(row, "default")));
	json_decref(table);
}

int main(void)
{
#define SETTING_TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		SETTING_TEST(the_defaults_are_good),
		SETTING_TEST(a_variable_overrides_its_default),
		SETTING_TEST(an_alias_counts_until_the_name_is_set),
		SETTING_TEST(an_empty_variable_is_unset_but_for_a_text),
		SETTING_TEST(what_is_wrong_is_named),
		SETTING_TEST(both_bounds_of_a_number_are_allowed),
		SETTING_TEST(a_missing_secret_stops_the_program),
		SETTING_TEST(a_secret_may_come_from_a_file),
		SETTING_TEST(a_bad_secret_file_is_named),
		SETTING_TEST(a_secret_and_its_file_contradict_each_other),
		SETTING_TEST(only_secrets_come_from_files),
		SETTING_TEST(a_refused_environment_leaves_the_values_of_before),
		SETTING_TEST(values_do_not_hang_on_the_environment),
		SETTING_TEST(no_complaint_shows_a_secret),
		SETTING_TEST(the_printed_table_is_complete_and_holds_no_values),
	};
	close(mkstemp(secret_path));
	int failed = RUN_TESTS(tests);
	unlink(secret_path);
	return failed;
}
