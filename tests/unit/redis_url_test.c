/* What redis_url.h promises: which URLs there are, and what is read from them. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "redis_url.h"

static void a_url_is_read(void **state)
{
	static const struct {
		const char *url;
		struct redis_url is;
	} rows[] = {
		{"redis://localhost", {.host = "localhost", .port = 6379}},
		{"redis://localhost/", {.host = "localhost", .port = 6379}},
		{"redis://localhost:6380/15", {.host = "localhost", .port = 6380, .db = "15"}},
		{"redis://h:65535/65535", {.host = "h", .port = 65535, .db = "65535"}},
		{"redis://[::1]:6379/0", {.host = "::1", .port = 6379, .db = "0"}},
		{"redis://[::1]", {.host = "::1", .port = 6379}},
		{"redis://:secret@h", {.host = "h", .port = 6379, .password = "secret"}},
		{"redis://:p%40s%2Fs@h:1", {.host = "h", .port = 1, .password = "p@s/s"}},
		{"redis://u:p@h/", {.host = "h", .port = 6379, .user = "u", .password = "p"}},
		{"redis://u:@h", {.host = "h", .port = 6379, .user = "u"}},
		{"redis://u:p@q@h", {.host = "h", .port = 6379, .user = "u", .password = "p@q"}},
		{"unix:///run/redis.sock", {.path = "/run/redis.sock"}},
		{"unix:/run/redis.sock", {.path = "/run/redis.sock"}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct redis_url u;
		row_holds(redis_url_parse(rows[i].url, &u) == 0, rows[i].url);
		row_holds(!memcmp(&u, &rows[i].is, sizeof u), rows[i].url);
	}
}

static void anything_else_is_refused(void **state)
{
	static const struct redis_url nothing;
	static const char *const rows[] = {"", "localhost:6379", "http://localhost",
		"rediss://localhost", "redis:/localhost", "redis://", "redis:///0", "redis://:6379",
		"redis://h:", "redis://h:0", "redis://h:65536", "redis://h:6379x", "redis://h:-1",
		"redis://h/x", "redis://h/1/2", "redis://h/65536", "redis://h?db=1",
		"redis://h/0?x=1", "redis://h/0@x", "redis://secret@h", "redis://:bad%zz@h",
		"redis://:nul%00@h", "redis://[::1", "redis://[]:1", "redis://[::1]x",
		"unix:", "unix://", "unix:relative.sock", "unix://host/path"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct redis_url u;
		row_holds(redis_url_parse(rows[i], &u) == -1, rows[i]);
		row_holds(!memcmp(&u, &nothing, sizeof u), rows[i]);
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	struct redis_url u;
	char most[1024];
	(void)state;
	snprintf(most, sizeof most, "unix:/%0106d", 0);
	assert_int_equal(redis_url_parse(most, &u), 0);
	snprintf(most, sizeof most, "unix:/%0107d", 0);
	assert_int_equal(redis_url_parse(most, &u), -1);
	snprintf(most, sizeof most, "redis://%0255d", 0);
	assert_int_equal(redis_url_parse(most, &u), 0);
	snprintf(most, sizeof most, "redis://%0256d", 0);
	assert_int_equal(redis_url_parse(most, &u), -1);
	snprintf(most, sizeof most, "redis://:%0511d@h", 0);
	assert_int_equal(redis_url_parse(most, &u), 0);
	snprintf(most, sizeof most, "redis://:%0512d@h", 0);
	assert_int_equal(redis_url_parse(most, &u), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_is_read),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};
	return RUN_TESTS(tests);
}
