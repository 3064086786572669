/* What log.h promises: one JSON object a line, nothing that forges a line, no whole phone number.
 */
#include "unit.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "log.h"
#include "times.h"

/* stderr goes to a file of the test's own while a test runs. */
static FILE *caught;
static int real_stderr;

static int setup(void **state)
{
	(void)state;
	caught = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(caught), STDERR_FILENO);
	log_open("visitors", LOG_INFO);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(caught);
	return 0;
}

/* What was logged since the last call; static. */
static const char *logged(void)
{
	static char text[16384];
	rewind(caught);
	size_t n = fread(text, 1, sizeof text - 1, caught);
	text[n] = '\0';
	assert_int_equal(ftruncate(fileno(caught), 0), 0);
	rewind(caught);
	return text;
}

/* The one line that was logged, as JSON. */
static json_t *logged_line(void)
{
	const char *text = logged();
	size_t n = strlen(text);
	assert_true(n > 0);
	assert_ptr_equal(strchr(text, '\n'), text + n - 1);
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(line);
	return line;
}

static const char *member(json_t *line, const char *name)
{
	return json_string_value(json_object_get(line, name));
}

static void a_line_says_when_what_and_who(void **state)
{
	(void)state;
	int64_t before = times_now(), at;
	log_say(LOG_WARN, "flat %d: %s", 101, "nobody answers");
	json_t *line = logged_line();
	assert_string_equal(member(line, "message"), "flat 101: nobody answers");
	assert_string_equal(member(line, "level"), "warn");
	assert_string_equal(member(line, "program"), "visitors");
	assert_int_equal(json_integer_value(json_object_get(line, "pid")), getpid());
	assert_true(times_parse(member(line, "time"), &at));
	assert_true(at >= before && at <= times_now());
	assert_int_equal(json_object_size(line), 5);
	json_decref(line);
}

static void lines_below_the_least_level_are_not_written(void **state)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	(void)state;
	for (int least = LOG_DEBUG; least <= LOG_ERROR; least++)
		for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
			log_open("visitors", (enum log_level)least);
			log_say((enum log_level)level, "x");
			if (level < least) {
				assert_string_equal(logged(), "");
				log_event((enum log_level)level, "x", "");
				assert_string_equal(logged(), "");
			} else {
				json_t *line = logged_line();
				assert_string_equal(member(line, "level"), names[level]);
				json_decref(line);
			}
		}
}

static void no_text_can_forge_a_line(void **state)
{
	static const char *const rows[] = {"\n{\"level\":\"error\"}\n", "\",\"level\":\"debug",
		"\r\n", "\\", "\x01\x1b[31m", "\xff\xfe", "\xe2\x80\xa8"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		log_say(LOG_INFO, "%s", rows[i]);
		json_t *line = logged_line();
		assert_string_equal(member(line, "level"), "info");
		assert_int_equal(json_object_size(line), 5);
		json_decref(line);
	}
}

static void an_event_stands_first_and_takes_members(void **state)
{
	(void)state;
	log_event(LOG_INFO, "request", ",\"status\":200,\"path\":\"/health\"");
	const char *text = logged();
	assert_ptr_equal(strstr(text, "{\"event\":\"request\","), text);
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(line);
	assert_int_equal(json_integer_value(json_object_get(line, "status")), 200);
	assert_string_equal(member(line, "path"), "/health");
	assert_string_equal(member(line, "program"), "visitors");
	json_decref(line);
}

static void members_that_hold_line_ends_stay_one_line(void **state)
{
	(void)state;
	log_event(LOG_INFO, "audit", ",\"data\":{\n\t\"a\": 1,\r\n\t\"b\": 2\n}");
	json_t *line = logged_line();
	assert_int_equal(json_object_size(json_object_get(line, "data")), 2);
	json_decref(line);
}

static void a_long_line_is_whole(void **state)
{
	(void)state;
	log_say(LOG_INFO, "%09000d", 5);
	json_t *line = logged_line();
	assert_int_equal(json_string_length(json_object_get(line, "message")), 9000);
	json_decref(line);
}

static void errno_survives(void **state)
{
	(void)state;
	errno = ENOLCK;
	log_say(LOG_ERROR, "x");
	assert_int_equal(errno, ENOLCK);
	log_event(LOG_ERROR, "x", "");
	assert_int_equal(errno, ENOLCK);
}

static void a_closed_stderr_does_not_stop_the_program(void **state)
{
	(void)state;
	int kept = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	log_say(LOG_ERROR, "nobody hears this");
	dup2(kept, STDERR_FILENO);
	close(kept);
	assert_string_equal(logged(), "");
}

static void a_phone_number_is_masked(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"+919812345678", "+91••••••5678"},
		{"+91 98123-45678", "+91••••••5678"},
		{"+14155550123", "+14•••••0123"},
		{"9812345678", "••••••5678"},
		{"12345678", "••••5678"},
		{"1234567", "•••••••"}, /* four of seven would be most of it */
		{"112", "•••"},
		{"+91", "••"},
		{"", ""},
		{"not a number", ""},
		{"\xff+91", "••"},
	};
	(void)state;
	struct arena *a = arena_new(1024);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(log_phone(a, rows[i].in), rows[i].out);
	arena_free(a);
}

int main(void)
{
#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_line_says_when_what_and_who),
		LOG_TEST(lines_below_the_least_level_are_not_written),
		LOG_TEST(no_text_can_forge_a_line),
		LOG_TEST(an_event_stands_first_and_takes_members),
		LOG_TEST(members_that_hold_line_ends_stay_one_line),
		LOG_TEST(a_long_line_is_whole),
		LOG_TEST(errno_survives),
		LOG_TEST(a_closed_stderr_does_not_stop_the_program),
		LOG_TEST(a_phone_number_is_masked),
	};
	return RUN_TESTS(tests);
}
