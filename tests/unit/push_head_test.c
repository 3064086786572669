/* What head.h promises: whole heads are cut into fields, all that is ambiguous is refused, and no
 * bytes of any kind make it leave its buffer. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sse-daemon/ask.h"
#include "../../sse-daemon/format.h"
#include "../../sse-daemon/head.h"

/* The bytes are copied to a block of exactly their size, so that a sanitizer sees a step outside.
 */
static enum head_result parse(const char *text, size_t n, char **bytes, struct head *h)
{
	*bytes = malloc(n ? n : 1);
	memcpy(*bytes, text, n);
	return head_parse(*bytes, n, h);
}

static void whole_heads_are_cut_and_others_refused(void **state)
{
	static const struct {
		const char *text;
		enum head_result result;
	} rows[] = {
		{"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", HEAD_OK},
		{"GET /stream HTTP/1.0\r\n\r\n", HEAD_OK},
		{"GET / HTTP/1.1\r\nA:\r\n\r\n", HEAD_OK},
		{"GET / HTTP/1.1\r\nA: b\r\n\r\nbody", HEAD_OK},
		{"", HEAD_MORE},
		{"GET / HTTP/1.1\r\nA: b\r\n", HEAD_MORE},
		{"GET / HTTP/1.1\r\nA: b\r\n\r", HEAD_MORE},
		{"\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/2.0\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1 \r\n\r\n", HEAD_BAD},
		{"GET  / HTTP/1.1\r\n\r\n", HEAD_BAD},
		{"GET http://x/ HTTP/1.1\r\n\r\n", HEAD_BAD},
		{"GET /a b HTTP/1.1\r\n\r\n", HEAD_BAD},
		{"GET /\x01 HTTP/1.1\r\n\r\n", HEAD_BAD},
		{"GE(T / HTTP/1.1\r\n\r\n", HEAD_BAD},
		{"GET /\r\n\r\n", HEAD_BAD},
		{"GET\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA : b\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\n: b\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA: b\nB: c\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA: b\rB: c\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\nA: b\r\n\r\n", HEAD_BAD},
		{"GET / HTTP/1.1\r\nA: \x7f\r\n\r\n", HEAD_BAD},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bytes;
		struct head h;
		size_t n = strlen(rows[i].text);
		enum head_result result = parse(rows[i].text, n, &bytes, &h);
		row_holds(result == rows[i].result, rows[i].text);
		row_holds(result == HEAD_OK || !memcmp(bytes, rows[i].text, n), rows[i].text);
		free(bytes);
	}
	struct head h;
	char nul[] = "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n";
	assert_int_equal(head_parse(nul, sizeof nul - 1, &h), HEAD_BAD);
}

static void fields_are_found_in_any_case_and_trimmed(void **state)
{
	char text[] = "GET /poll?x=1 HTTP/1.1\r\nHost:a\r\nX-One: \t two words \t\r\nX-Empty: \r\n"
		      "X-Twice: 1\r\nx-twice: 2\r\n\r\n";
	struct head h;
	(void)state;
	assert_int_equal(head_parse(text, sizeof text - 1, &h), HEAD_OK);
	assert_string_equal(h.method, "GET");
	assert_string_equal(h.target, "/poll?x=1");
	assert_int_equal(h.count, 5);
	assert_string_equal(head_value(&h, "host"), "a");
	assert_string_equal(head_value(&h, "x-ONE"), "two words");
	assert_string_equal(head_value(&h, "X-Empty"), "");
	assert_null(head_value(&h, "X-Twice"));
	assert_null(head_value(&h, "X-None"));
}

static void it_is_bounded(void **state)
{
	char text[HEAD_MOST + 64];
	struct head h;
	(void)state;
	int n = sprintf(text, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < HEAD_FIELDS; i++)
		n += sprintf(text + n, "F%d: %d\r\n", i, i);
	int full = n;
	n += sprintf(text + n, "\r\n");
	assert_int_equal(head_parse(text, (size_t)n, &h), HEAD_OK);
	assert_int_equal(h.count, HEAD_FIELDS);
	n = sprintf(text, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < HEAD_FIELDS; i++)
		n += sprintf(text + n, "F%d: %d\r\n", i, i);
	assert_int_equal(n, full);
	n += sprintf(text + n, "One: more\r\n\r\n");
	assert_int_equal(head_parse(text, (size_t)n, &h), HEAD_BAD);

	memset(text, 'a', sizeof text);
	memcpy(text, "GET / HTTP/1.1\r\nA: ", 19);
	assert_int_equal(head_parse(text, HEAD_MOST - 1, &h), HEAD_MORE);
	assert_int_equal(head_parse(text, HEAD_MOST, &h), HEAD_LARGE);
	memcpy(text + HEAD_MOST - 4, "\r\n\r\n", 4);
	assert_int_equal(head_parse(text, HEAD_MOST, &h), HEAD_OK);
}

/* Every prefix of a head, and heads with any one byte changed. */
static void no_bytes_make_it_step_outside(void **state)
{
	static const char text[] = "GET /stream HTTP/1.1\r\nHost: x\r\nX-A:  b \r\n\r\n";
	size_t n = sizeof text - 1;
	char changed[sizeof text];
	char *bytes;
	struct head h;
	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(parse(text, i, &bytes, &h), HEAD_MORE);
		free(bytes);
		for (int c = 0; c < 256; c++) {
			memcpy(changed, text, n);
			changed[i] = (char)c;
			if (parse(changed, n, &bytes, &h) == HEAD_OK)
				for (size_t f = 0; f < h.count; f++)
					assert_true(strlen(h.fields[f].value) < n);
			free(bytes);
		}
	}
}

#define OURS \
	"X-Stream-User: 11111111-1111-4111-8111-11111111111A\r\n" \
	"X-Stream-Session: 22222222-2222-4222-8222-222222222222\r\n" \
	"X-Stream-Expires: 2000000000\r\n"
#define AT "X-Stream-As-Of: 3-14\r\nX-Stream-Since: 0\r\n"

static int ask(const char *target, const char *fields, struct ask *a)
{
	static char text[4096];
	static struct head h;
	int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n%s\r\n", target, fields);
	assert_int_equal(head_parse(text, (size_t)n, &h), HEAD_OK);
	return ask_parse(&h, a);
}

static void what_is_asked_is_checked(void **state)
{
	static const struct {
		const char *target, *fields;
		int status;
	} rows[] = {
		{"/stream", OURS AT, 0},
		{"/stream?token=x", OURS AT "X-Stream-Topics: flat:1,user:2\r\n", 0},
		{"/poll", OURS AT "X-Stream-Wait: 60\r\n", 0},
		{"/stats", "", 0},
		{"/", OURS AT, 404},
		{"/streams", OURS AT, 404},
		{"/stream/", OURS AT, 404},
		{"/stream", OURS, 400},
		{"/stream", AT, 400},
		{"/poll", OURS AT "X-Stream-Wait: 61\r\n", 400},
		{"/poll", OURS AT "X-Stream-Wait: -1\r\n", 400},
		{"/stream", OURS "X-Stream-As-Of: 3\r\nX-Stream-Since: 0\r\n", 400},
		{"/stream", OURS "X-Stream-As-Of: 3-1\r\nX-Stream-Since:\r\n", 400},
		{"/stream", OURS "X-Stream-As-Of: 3-1\r\nX-Stream-Since: maximum\r\n", 400},
		{"/stream", OURS AT AT, 400},
		{"/stream", OURS AT "X-Stream-Topics: a,,b\r\n", 400},
		{"/stream", OURS AT "X-Stream-Topics: a,\r\n", 400},
		{"/stream", OURS AT "X-Stream-Topics: a b\r\n", 400},
		{"/stream", OURS AT "X-Stream-Topics: a\"b\r\n", 400},
		{"/stream", OURS AT "X-Stream-Named: yes\r\n", 400},
		{"/stream", OURS AT "X-Stream-Dialect: s3\r\n", 400},
	};
	struct ask a;
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(
			ask(rows[i].target, rows[i].fields, &a) == rows[i].status, rows[i].fields);
	assert_int_equal(ask("/poll",
				 OURS AT "X-Stream-Topics: t:1\r\nX-Stream-Cursor: any thing\r\n"
					 "X-Stream-Named: 1\r\nX-Stream-Dialect: s2\r\n"
					 "X-Stream-Wait: 5\r\nX-Request-Id: r\r\n",
				 &a),
		0);
	assert_int_equal(a.what, ASK_POLL);
	assert_string_equal(a.topics, "t:1");
	assert_string_equal(a.user, "11111111-1111-4111-8111-11111111111a");
	assert_int_equal(a.expires, 2000000000);
	assert_int_equal(a.wish.as_of.epoch, 3);
	assert_int_equal(a.wish.as_of.seq, 14);
	assert_string_equal(a.wish.cursor, "any thing");
	assert_int_equal(a.form, FORMAT_NAMED | FORMAT_S2);
	assert_int_equal(a.wait, 5);
	assert_string_equal(a.request_id, "r");
	assert_int_equal(
		ask("/stream", OURS "X-Stream-As-Of: 3-1\r\nX-Stream-Since: max\r\n", &a), 0);
	assert_true(a.wish.since == UINT64_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_heads_are_cut_and_others_refused),
		cmocka_unit_test(fields_are_found_in_any_case_and_trimmed),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(no_bytes_make_it_step_outside),
		cmocka_unit_test(what_is_asked_is_checked),
	};
	return RUN_TESTS(tests);
}
