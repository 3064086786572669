/* What format.h, scan.h, entry.h and control.h promise: from what Redis gives to what a client
 * reads. */
#include "unit.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "log.h"
#include "../../sse-daemon/control.h"
#include "../../sse-daemon/entry.h"
#include "../../sse-daemon/format.h"
#include "../../sse-daemon/message.h"
#include "../../sse-daemon/ring.h"

static struct scan_text text(const char *s)
{
	return (struct scan_text){s, strlen(s)};
}

static bool is(struct scan_text t, const char *s)
{
	return t.length == strlen(s) && !memcmp(t.text, s, t.length);
}

static struct ring_entry entry(struct ring *r, uint64_t seq, const char *type, const char *json)
{
	ring_append(r, &(struct ring_event){.seq = seq, .type = text(type), .json = text(json)});
	return ring_get(r, seq);
}

static void an_event_has_the_names_asked_for(void **state)
{
	static const struct {
		const char *type, *json;
		unsigned form;
		const char *message;
	} rows[] = {
		{"READING", "{\"type\":\"READING\"}", 0,
			"id: 7-1\ndata: {\"type\":\"READING\"}\n\n"},
		{"READING", "{\"type\":\"READING\"}", FORMAT_NAMED,
			"id: 7-2\nevent: READING\ndata: {\"type\":\"READING\"}\n\n"},
		{"READING", "{\"type\":\"READING\"}", FORMAT_S2,
			"id: 7-3\ndata: {\"type\":\"READING\"}\n\n"},
		{"DEVICE_CONNECTED", "{\"data\":{\"type\":\"x\"},\"type\" : \"DEVICE_CONNECTED\" }",
			FORMAT_S2,
			"id: 7-4\ndata: {\"data\":{\"type\":\"x\"},\"type\" : \"device-update\" "
			"}\n\n"},
		{"HEARTBEAT_RECEIVED", "{\"type\":\"HEARTBEAT_RECEIVED\"}",
			FORMAT_S2 | FORMAT_NAMED,
			"id: 7-5\nevent: device-heartbeat\ndata: "
			"{\"type\":\"device-heartbeat\"}\n\n"},
		{"HEARTBEAT_RECEIVED", "{\n}", FORMAT_S2, "id: 7-6\ndata: { }\n\n"},
	};
	struct ring *r = ring_new();
	struct format *f = format_new();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ring_entry e = entry(r, i + 1, rows[i].type, rows[i].json);
		struct message *m = format_event(f, 7, &e, rows[i].form);
		struct message *same = format_event(f, 7, &e, rows[i].form);
		row_holds(is((struct scan_text){m->bytes, m->length}, rows[i].message),
			rows[i].message);
		row_holds(m == same, "formatted once");
		message_drop(m);
		message_drop(same);
	}
	/* The same number means another event in another epoch. */
	struct ring_entry e = ring_get(r, 1);
	struct message *old = format_event(f, 7, &e, 0), *new = format_event(f, 8, &e, 0);
	assert_true(old != new);
	message_drop(old);
	message_drop(new);
	format_free(f);
	ring_free(r);
}

static void a_note_has_the_envelope(void **state)
{
	struct arena *a = arena_new(4096);
	struct buf b;
	(void)state;
	buf_init(&b, a);
	format_note_text(
		&b, &(struct format_note){
			    .type = "reset", .id = "1-2", .topics = "", .at = 1767225600123});
	assert_string_equal(b.data,
		"id: 1-2\ndata: {\"id\":\"1-2\",\"type\":\"reset\",\"topics\":[],"
		"\"at\":\"2026-01-01T00:00:00.123Z\",\"data\":{}}\n\n");
	buf_init(&b, a);
	format_note_text(&b, &(struct format_note){.type = "DRAINING",
				     .id = "1-2",
				     .topics = "a:1,b:2",
				     .retry = 99,
				     .form = FORMAT_NAMED,
				     .at = 0});
	assert_string_equal(b.data,
		"retry: 99\nid: 1-2\nevent: DRAINING\ndata: {\"id\":\"1-2\",\"type\":\"DRAINING\","
		"\"topics\":[\"a:1\",\"b:2\"],\"at\":\"1970-01-01T00:00:00.000Z\",\"data\":{}}"
		"\n\n");
	arena_free(a);
}

static void keepalives_are_shared_and_carry_the_position(void **state)
{
	struct format *f = format_new();
	struct message *one = format_keepalive(f, (struct cursor){3, 4});
	struct message *same = format_keepalive(f, (struct cursor){3, 4});
	struct message *next = format_keepalive(f, (struct cursor){3, 5});
	(void)state;
	assert_true(one == same);
	assert_true(is((struct scan_text){one->bytes, one->length}, "id: 3-4\n: keep-alive\n\n"));
	assert_true(is((struct scan_text){next->bytes, next->length}, "id: 3-5\n: keep-alive\n\n"));
	message_drop(one);
	message_drop(same);
	message_drop(next);
	format_free(f);
}

static void members_are_found_at_the_top_only(void **state)
{
	static const struct {
		const char *json, *name, *value;
	} rows[] = {
		{"{\"a\":1}", "a", "1"},
		{" { \"b\" : [1,{\"a\":2}] , \"a\" : \"x\\\"}\" } ", "a", "\"x\\\"}\""},
		{"{\"data\":{\"a\":1},\"a\":{\"b\":[]}}", "a", "{\"b\":[]}"},
		{"{\"a\":{\"b\":1}}", "b", NULL},
		{"{\"a\":\"b\"}", "b", NULL},
		{"{}", "a", NULL},
		{"[1]", "a", NULL},
		{"", "a", NULL},
		{"{\"a", "a", NULL},
		{"{\"a\"", "a", NULL},
		{"{\"a\":", "a", ""},
		{"{\"a\":\"\\", "a", NULL},
		{"{\"b\":[[[", "a", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scan_text value;
		size_t n = strlen(rows[i].json);
		char *exact = malloc(n + 1);
		memcpy(exact, rows[i].json, n);
		bool found = scan_member((struct scan_text){exact, n}, rows[i].name, &value);
		row_holds(found == (rows[i].value != NULL), rows[i].json);
		row_holds(!found || is(value, rows[i].value), rows[i].json);
		free(exact);
	}
	char out[4];
	assert_true(scan_string(text("{\"a\":\"xyz\"}"), "a", out, sizeof out));
	assert_string_equal(out, "xyz");
	assert_false(scan_string(text("{\"a\":\"wxyz\"}"), "a", out, sizeof out));
	assert_false(scan_string(text("{\"a\":\"\\n\"}"), "a", out, sizeof out));
	assert_false(scan_string(text("{\"a\":12}"), "a", out, sizeof out));
}

static void payloads_are_split(void **state)
{
	static const struct {
		const char *payload;
		bool good, tick;
		uint64_t seq;
		const char *type, *topics, *json;
	} rows[] = {
		{"3-9 READING a,b {\"x\": 1}", true, false, 9, "READING", "a,b", "{\"x\": 1}"},
		{"3-9 READING  {}", true, false, 9, "READING", "", "{}"},
		{"3-12 tick", true, true, 12, "", "", ""},
		{"3-12 ticks", true, false, 12, "", "", ""},
		{"3-12 READING", true, false, 12, "", "", ""},
		{"x READING a {}", false, false, 0, "", "", ""},
		{"3-12", false, false, 0, "", "", ""},
		{"", false, false, 0, "", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct entry e;
		const char *p = rows[i].payload;
		row_holds(entry_payload(p, strlen(p), &e) == rows[i].good, p);
		if (!rows[i].good)
			continue;
		row_holds(e.tick == rows[i].tick && e.id.seq == rows[i].seq && e.id.epoch == 3, p);
		if (rows[i].json[0])
			row_holds(is(e.type, rows[i].type) && is(e.topics, rows[i].topics) &&
					  is(e.json, rows[i].json),
				p);
	}
}

static redisReply *reply_of(const char *resp)
{
	void *reply = NULL;
	redisReader *reader = redisReaderCreate();
	redisReaderFeed(reader, resp, strlen(resp));
	assert_int_equal(redisReaderGetReply(reader, &reply), REDIS_OK);
	redisReaderFree(reader);
	return reply;
}

static void entries_of_the_tape_are_read(void **state)
{
	static const struct {
		const char *resp;
		bool good;
	} rows[] = {
		{"*2\r\n$4\r\n42-0\r\n*6\r\n$1\r\ny\r\n$2\r\nXY\r\n$1\r\nt\r\n$1\r\na\r\n$"
		 "1\r\ne\r\n$2\r\n{}\r\n",
			true},
		{"*2\r\n$4\r\n42-1\r\n*0\r\n", false},
		{"*2\r\n$2\r\n-0\r\n*0\r\n", false},
		{"*2\r\n$4\r\n42-0\r\n$1\r\nx\r\n", false},
		{"*1\r\n$4\r\n42-0\r\n", false},
		{"$4\r\n42-0\r\n", false},
		{"*2\r\n$4\r\n42-0\r\n*1\r\n$1\r\ny\r\n", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct entry e;
		redisReply *r = reply_of(rows[i].resp);
		row_holds(entry_tape(r, &e) == rows[i].good, rows[i].resp);
		row_holds(!rows[i].good || e.id.seq == 42, rows[i].resp);
		if (!i)
			row_holds(is(e.type, "XY") && is(e.topics, "a") && is(e.json, "{}"),
				"fields");
		freeReplyObject(r);
	}
}

static void malformed_events_keep_their_number_and_concern_nobody(void **state)
{
	static const struct {
		const char *type, *topics, *json;
		bool good;
		enum ring_kind kind;
		int64_t at;
	} rows[] = {
		{"READING", "a,b", "{\"at\":\"1970-01-01T00:00:05.000Z\"}", true, RING_EVENT, 5000},
		{"READING", "a,b", "{\"at\":\"yesterday\"}", true, RING_EVENT, 77},
		{"READING", "", "{}", true, RING_EVENT, 77},
		{"control", "control", "{}", true, RING_CONTROL, 77},
		{"canary", "canary", "{}", true, RING_CANARY, 77},
		{"READ\nING", "a", "{}", false, RING_EVENT, 77},
		{"", "a", "{}", false, RING_EVENT, 77},
		{"READING", "a b", "{}", false, RING_EVENT, 77},
		{"READING", "\x01s", "{}", false, RING_EVENT, 77},
		{"control", "a\n", "{}", false, RING_EVENT, 77},
		{"READING", "a", "", false, RING_EVENT, 77},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct entry e = {.id = {1, 9},
			.type = text(rows[i].type),
			.topics = text(rows[i].topics),
			.json = text(rows[i].json)};
		struct ring_event event = entry_event(&e, 77);
		row_holds(event.seq == 9 && event.kind == rows[i].kind, rows[i].topics);
		row_holds(event.at == rows[i].at, rows[i].json);
		row_holds(event.type.length == (rows[i].good ? strlen(rows[i].type) : 0),
			rows[i].type);
		row_holds(event.topics.length == (rows[i].good ? strlen(rows[i].topics) : 0),
			rows[i].topics);
	}
}

#define U "018F0000-0000-7000-8000-00000000000A"

static void control_events_name_whom_they_end(void **state)
{
	static const struct {
		const char *json;
		bool good;
		enum control_what what;
		const char *topic;
	} rows[] = {
		{"{\"data\":{\"revoke\":\"session\",\"session\":\"" U "\"}}", true, CONTROL_SESSION,
			"\x01s018f0000-0000-7000-8000-00000000000a"},
		{"{\"data\":{\"user\":\"" U "\",\"revoke\":\"user\"}}", true, CONTROL_USER,
			"\x01u018f0000-0000-7000-8000-00000000000a"},
		{"{\"data\":{\"revoke\":\"roles\",\"user\":\"" U "\"}}", true, CONTROL_ROLES,
			"\x01u018f0000-0000-7000-8000-00000000000a"},
		{"{\"data\":{\"revoke\":\"session\",\"user\":\"" U "\"}}", false, 0, ""},
		{"{\"data\":{\"revoke\":\"session\",\"session\":\"all\"}}", false, 0, ""},
		{"{\"data\":{\"revoke\":\"everything\"}}", false, 0, ""},
		{"{\"revoke\":\"user\",\"user\":\"" U "\"}", false, 0, ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct control c;
		char topic[CONTROL_TOPIC];
		row_holds(control_parse(text(rows[i].json), &c) == rows[i].good, rows[i].json);
		if (!rows[i].good)
			continue;
		control_topic(c.what, c.subject, topic);
		row_holds(c.what == rows[i].what && !strcmp(topic, rows[i].topic), rows[i].json);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_the_names_asked_for),
		cmocka_unit_test(a_note_has_the_envelope),
		cmocka_unit_test(keepalives_are_shared_and_carry_the_position),
		cmocka_unit_test(members_are_found_at_the_top_only),
		cmocka_unit_test(payloads_are_split),
		cmocka_unit_test(entries_of_the_tape_are_read),
		cmocka_unit_test(malformed_events_keep_their_number_and_concern_nobody),
		cmocka_unit_test(control_events_name_whom_they_end),
	};
	log_open("push_format_test",
		(enum log_level)(LOG_ERROR + 1)); /* what is malformed here is meant to be */
	return RUN_TESTS(tests);
}
