/* What cursor.h promises: which positions are read, where a stream begins, and where it belongs. */
#include "unit.h"

#include <string.h>

#include "../../sse-daemon/cursor.h"

static void only_proper_positions_are_read(void **state)
{
	static const struct {
		const char *text;
		bool good;
		struct cursor c;
	} rows[] = {
		{"1-0", true, {1, 0}},
		{"12-345", true, {12, 345}},
		{"1-9999999999999999999", true, {1, 9999999999999999999u}},
		{"1-10000000000000000000", false, {0, 0}},
		{"0-1", false, {0, 0}},
		{CURSOR_NOWHERE, false, {0, 0}},
		{"01-1", false, {0, 0}},
		{"1-01", false, {0, 0}},
		{"1-", false, {0, 0}},
		{"-1", false, {0, 0}},
		{"1", false, {0, 0}},
		{"", false, {0, 0}},
		{"1-1 ", false, {0, 0}},
		{"1-+1", false, {0, 0}},
		{"1--1", false, {0, 0}},
		{"1-1-1", false, {0, 0}},
		{"0x1-1", false, {0, 0}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cursor c = {0, 0};
		char text[CURSOR_TEXT];
		row_holds(cursor_parse(rows[i].text, strlen(rows[i].text), &c) == rows[i].good,
			rows[i].text);
		row_holds(c.epoch == rows[i].c.epoch && c.seq == rows[i].c.seq, rows[i].text);
		if (!rows[i].good)
			continue;
		cursor_format(c, text);
		row_holds(!strcmp(text, rows[i].text), text);
	}
}

/* The tape as it usually is: epoch 5, numbers 100 to 200. */
static const struct cursor_tape usual = {5, true, true, 100, 200};
static const struct cursor_tape unknown = {0, false, false, 0, 0};
static const struct cursor_tape loading = {5, false, true, 100, 150};
static const struct cursor_tape empty = {5, true, false, 0, 0};
static const struct cursor_tape forgotten = {5, true, true, 201, 200};

static void a_stream_begins_where_it_should(void **state)
{
	static const struct {
		const char *row;
		struct cursor_wish w;
		const struct cursor_tape *t;
		struct cursor_start s;
	} rows[] = {
		{"fresh: as of", {{5, 200}, "", 0}, &usual, {{5, 200}, false, false}},
		{"fresh: as of, behind the tape", {{5, 190}, "", 0}, &usual,
			{{5, 190}, false, false}},
		{"fresh: as of, before the tape", {{5, 210}, "", 0}, &usual,
			{{5, 210}, false, false}},
		{"fresh, roles just changed", {{5, 200}, "", UINT64_MAX}, &usual,
			{{5, 200}, false, false}},
		{"fresh, roles changed", {{5, 200}, "", 180}, &usual, {{5, 200}, false, false}},
		{"fresh, nothing known", {{5, 7}, "", 0}, &unknown, {{5, 7}, false, false}},
		{"fresh, of an old epoch", {{4, 900}, "", 0}, &usual, {{5, 200}, true, false}},
		{"fresh, of the next epoch", {{6, 3}, "", 0}, &usual, {{6, 3}, false, false}},
		{"resumes", {{5, 200}, "5-150", 0}, &usual, {{5, 150}, false, true}},
		{"resumes at the end", {{5, 200}, "5-200", 0}, &usual, {{5, 200}, false, true}},
		{"resumes past as of", {{5, 190}, "5-200", 0}, &usual, {{5, 200}, false, true}},
		{"resumes before the ring", {{5, 200}, "5-1", 0}, &usual, {{5, 1}, false, true}},
		{"resumes, nothing known", {{5, 200}, "5-150", 0}, &unknown,
			{{5, 150}, false, true}},
		{"ahead of a partial tape", {{5, 200}, "5-180", 0}, &loading,
			{{5, 180}, false, true}},
		{"ahead of an empty tape", {{5, 200}, "5-180", 0}, &empty, {{5, 180}, false, true}},
		{"never given out", {{5, 200}, "5-201", 0}, &usual, {{5, 200}, true, false}},
		{"never given out, by both", {{5, 205}, "5-206", 0}, &usual,
			{{5, 205}, true, false}},
		{"never given out, tape ahead", {{5, 190}, "5-201", 0}, &usual,
			{{5, 200}, true, false}},
		{"of an older epoch", {{5, 200}, "4-150", 0}, &usual, {{5, 200}, true, false}},
		{"of a later epoch", {{5, 200}, "6-150", 0}, &usual, {{5, 200}, true, false}},
		{"of an older epoch, nothing known", {{5, 200}, "4-1", 0}, &unknown,
			{{5, 200}, true, false}},
		{"of the tape's epoch, which is over", {{6, 2}, "5-150", 0}, &usual,
			{{6, 2}, true, false}},
		{"of the new epoch, as of the old", {{4, 9}, "5-150", 0}, &usual,
			{{5, 150}, false, true}},
		{"garbage", {{5, 200}, "yesterday", 0}, &usual, {{5, 200}, true, false}},
		{"nowhere", {{5, 200}, CURSOR_NOWHERE, 0}, &usual, {{5, 200}, true, false}},
		{"since: older", {{5, 200}, "5-149", 150}, &usual, {{5, 200}, true, false}},
		{"since: at it", {{5, 200}, "5-150", 150}, &usual, {{5, 150}, false, true}},
		{"since: not numbered yet", {{5, 200}, "5-200", UINT64_MAX}, &usual,
			{{5, 200}, true, false}},
		{"since: newest of all", {{5, 200}, "5-149", 220}, &usual, {{5, 220}, true, false}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cursor_start s = cursor_start(&rows[i].w, rows[i].t), e = rows[i].s;
		row_holds(s.at.epoch == e.at.epoch && s.at.seq == e.at.seq, rows[i].row);
		row_holds(s.reset == e.reset && s.resumed == e.resumed, rows[i].row);
	}
}

static void a_position_has_its_place(void **state)
{
	static const struct {
		const char *row;
		struct cursor at;
		const struct cursor_tape *t;
		enum cursor_place place;
	} rows[] = {
		{"nothing known", {5, 150}, &unknown, CURSOR_WAIT},
		{"still reading", {5, 50}, &loading, CURSOR_WAIT},
		{"next epoch", {6, 1}, &usual, CURSOR_WAIT},
		{"old epoch", {4, 150}, &usual, CURSOR_RESET},
		{"old epoch, empty", {4, 150}, &empty, CURSOR_RESET},
		{"outdated", {0, 150}, &usual, CURSOR_RESET},
		{"empty tape", {5, 150}, &empty, CURSOR_LIVE},
		{"empty tape, from the begin", {5, 0}, &empty, CURSOR_LIVE},
		{"before the first", {5, 98}, &usual, CURSOR_RESET},
		{"just before the first", {5, 99}, &usual, CURSOR_REPLAY},
		{"within", {5, 150}, &usual, CURSOR_REPLAY},
		{"one behind", {5, 199}, &usual, CURSOR_REPLAY},
		{"at the last", {5, 200}, &usual, CURSOR_LIVE},
		{"ahead", {5, 300}, &usual, CURSOR_LIVE},
		{"all forgotten, at the last", {5, 200}, &forgotten, CURSOR_LIVE},
		{"all forgotten, behind", {5, 199}, &forgotten, CURSOR_RESET},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(cursor_place(rows[i].at, rows[i].t) == rows[i].place, rows[i].row);
}

static void the_newest_position_never_goes_back(void **state)
{
	(void)state;
	assert_int_equal(cursor_newest((struct cursor){5, 150}, &usual).seq, 200);
	assert_int_equal(cursor_newest((struct cursor){5, 250}, &usual).seq, 250);
	assert_int_equal(cursor_newest((struct cursor){4, 250}, &usual).seq, 200);
	assert_int_equal(cursor_newest((struct cursor){4, 250}, &usual).epoch, 5);
	assert_int_equal(cursor_newest((struct cursor){4, 250}, &empty).seq, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_proper_positions_are_read),
		cmocka_unit_test(a_stream_begins_where_it_should),
		cmocka_unit_test(a_position_has_its_place),
		cmocka_unit_test(the_newest_position_never_goes_back),
	};
	return RUN_TESTS(tests);
}
