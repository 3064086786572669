/* What times.h promises: RFC 3339 and the Gregorian calendar, to the letter. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "times.h"

static void instants_are_read_to_the_millisecond(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:00.001Z", 1},
		{"1970-01-01t00:00:01z", 1000},
		{"2026-01-31T09:15:00.000Z", 1769850900000},
		{"2026-01-31T14:45:00+05:30", 1769850900000},
		{"2026-01-31T01:15:00-08:00", 1769850900000},
		{"2026-01-31T09:15:00-00:00", 1769850900000},
		{"2026-02-01T09:14:00+23:59", 1769850900000},
		{"2026-01-31T09:15:00.5Z", 1769850900500},
		{"2026-01-31T09:15:00.05Z", 1769850900050},
		{"2026-01-31T09:15:00.123999Z", 1769850900123},
		{"2026-01-31T09:15:00.0009Z", 1769850900000},
		{"2026-01-31T09:15:00.12345678901234567890123456789Z", 1769850900123},
		{"2000-02-29T00:00:00Z", 951782400000},
		{"2024-02-29T23:59:59.999Z", 1709251199999},
		{"2100-02-28T00:00:00Z", 4107456000000},
		{"9999-12-31T23:59:59.999Z", 253402300799999},
		{"1970-01-01T05:30:00+05:30", 0},
		{"1969-12-31T23:00:00-02:00", 3600000},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = -1;
		row_holds(times_parse(rows[i].text, &ms) && ms == rows[i].ms, rows[i].text);
	}
}

static void a_leap_second_is_the_next_second(void **state)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} rows[] = {
		{"2016-12-31T23:59:60Z", 1483228800000},
		{"2016-12-31T23:59:60.25Z", 1483228800250},
		{"1990-12-31T15:59:60-08:00", 662688000000},
		{"2017-01-01T05:29:60+05:30", 1483228800000},
		{"2026-06-30T23:59:60Z", 1782864000000},
		{"2026-06-29T23:59:60Z", -1},	   /* not the end of a month */
		{"2016-12-31T23:58:60Z", -1},	   /* not the end of an hour */
		{"2016-12-31T22:59:60Z", -1},	   /* not the end of a day */
		{"2016-12-31T23:59:60+05:30", -1}, /* not midnight in UTC */
		{"2016-12-31T23:59:61Z", -1},
		{"9999-12-31T23:59:60Z", -1},
		{"1969-12-31T23:59:60Z", -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = -1;
		row_holds(times_parse(rows[i].text, &ms) == (rows[i].ms >= 0) && ms == rows[i].ms,
			rows[i].text);
	}
}

static void what_is_no_rfc_3339_instant_is_refused(void **state)
{
	static const char *const rows[] = {"", "now", "2026", "2026-01-31", "2026-01-31T09:15Z",
		"2026-01-31T09:15:00", "2026-01-31 09:15:00Z", "2026-01-31T09:15:00 Z",
		" 2026-01-31T09:15:00Z", "2026-01-31T09:15:00Z ", "2026-01-31T09:15:00ZZ",
		"2026-01-31T09:15:00.Z", "2026-01-31T09:15:00,5Z", "2026-01-31T09:15:00.5",
		"2026-01-31T09:15:00+05", "2026-01-31T09:15:00+0530", "2026-01-31T09:15:00+5:30",
		"2026-01-31T09:15:00+24:00", "2026-01-31T09:15:00+05:60",
		"2026-01-31T09:15:00\342\210\22205:00", "2026-00-31T09:15:00Z",
		"2026-13-01T09:15:00Z", "2026-01-00T09:15:00Z", "2026-01-32T09:15:00Z",
		"2026-02-29T09:15:00Z", "2100-02-29T09:15:00Z", "2026-04-31T09:15:00Z",
		"2026-01-31T24:00:00Z", "2026-01-31T09:60:00Z", "2026-1-31T09:15:00Z",
		"2026-01-31T9:15:00Z", "26-01-31T09:15:00Z", "+2026-01-31T09:15:00Z",
		"-2026-01-31T09:15:00Z", "12026-01-31T09:15:00Z", "20260131T091500Z", "1769850900",
		"1769850900000", "2026-01-31T09:15:00.1e3Z", "2026-W05-6T09:15:00Z",
		"1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = 42;
		row_holds(!times_parse(rows[i], &ms) && ms == 42, rows[i]);
	}
}

/* Each prefix of a good instant is bad. */
static void a_cut_instant_is_refused(void **state)
{
	(void)state;
	const char *whole = "2026-01-31T09:15:00.123+05:30";
	for (size_t n = 0; n < strlen(whole); n++) {
		char cut[40] = "";
		int64_t ms;
		memcpy(cut, whole, n);
		row_holds(!times_parse(cut, &ms), cut);
	}
}

static void instants_are_written_in_utc(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1769850900007, "2026-01-31T09:15:00.007Z"},
		{951782399999, "2000-02-28T23:59:59.999Z"},
		{951782400000, "2000-02-29T00:00:00.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
		{-1, "1970-01-01T00:00:00.000Z"},
		{INT64_MIN, "1970-01-01T00:00:00.000Z"},
		{253402300800000, "9999-12-31T23:59:59.999Z"},
		{INT64_MAX, "9999-12-31T23:59:59.999Z"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[TIMES_TEXT];
		times_format(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* Against the C library's own calendar, on each day of more than two cycles of 400 years. */
static void every_day_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 800 * 366; day++) {
		char ours[TIMES_TEXT], theirs[80], date[11];
		time_t at = (time_t)(day * 86400 + day % 86400);
		struct tm tm;
		gmtime_r(&at, &tm);
		snprintf(theirs, sizeof theirs, "%04d-%02d-%02dT%02d:%02d:%02d.000Z",
			tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			tm.tm_sec);
		int64_t back = -1, ms = (int64_t)at * 1000;
		times_format(ms, ours);
		memcpy(date, ours, 10);
		date[10] = '\0';
		if (strcmp(ours, theirs) || !times_parse(ours, &back) || back != ms ||
			!times_is_date(date))
			fail_msg("%s is %s", ours, theirs);
	}
}

static void a_date_must_exist(void **state)
{
	static const struct {
		const char *text;
		bool exists;
	} rows[] = {
		{"2026-01-31", true},
		{"2024-02-29", true},
		{"2000-02-29", true},
		{"0001-01-01", true},
		{"9999-12-31", true},
		{"1582-10-10", true}, /* in the proleptic calendar, which is PostgreSQL's too */
		{"2026-02-29", false},
		{"1900-02-29", false},
		{"2100-02-29", false},
		{"2026-02-30", false},
		{"2026-04-31", false},
		{"2026-00-10", false},
		{"2026-13-10", false},
		{"2026-01-00", false},
		{"2026-01-32", false},
		{"0000-01-01", false},
		{"2026-1-1", false},
		{"2026-01-31T", false},
		{"2026-01-31 ", false},
		{" 2026-01-31", false},
		{"20260131", false},
		{"2026/01/31", false},
		{"12026-01-31", false},
		{"-026-01-31", false},
		{"today", false},
		{"", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(times_is_date(rows[i].text) == rows[i].exists, rows[i].text);
}

static void the_time_zone_of_the_process_does_not_matter(void **state)
{
	(void)state;
	int64_t ms;
	char text[TIMES_TEXT];
	setenv("TZ", "Asia/Kolkata", 1);
	tzset();
	assert_true(times_parse("2026-01-31T09:15:00Z", &ms));
	assert_int_equal(ms, 1769850900000);
	times_format(ms, text);
	assert_string_equal(text, "2026-01-31T09:15:00.000Z");
	unsetenv("TZ");
	tzset();
}

static void now_is_the_wall_clock(void **state)
{
	(void)state;
	time_t before = time(NULL);
	int64_t now = times_now();
	assert_true(now / 1000 >= before && now / 1000 <= time(NULL) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instants_are_read_to_the_millisecond),
		cmocka_unit_test(a_leap_second_is_the_next_second),
		cmocka_unit_test(what_is_no_rfc_3339_instant_is_refused),
		cmocka_unit_test(a_cut_instant_is_refused),
		cmocka_unit_test(instants_are_written_in_utc),
		cmocka_unit_test(every_day_agrees_with_the_c_library),
		cmocka_unit_test(a_date_must_exist),
		cmocka_unit_test(the_time_zone_of_the_process_does_not_matter),
		cmocka_unit_test(now_is_the_wall_clock),
	};
	return RUN_TESTS(tests);
}
