/* What ring.h and topics.h promise: entries come back as they went in, by number, whatever was
 * forgotten before; listeners are found while they listen. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sse-daemon/ring.h"
#include "../../sse-daemon/topics.h"

static struct scan_text text(const char *s)
{
	return (struct scan_text){s, strlen(s)};
}

static bool is(struct scan_text t, const char *s)
{
	return t.length == strlen(s) && !memcmp(t.text, s, t.length);
}

static void append(struct ring *r, uint64_t seq, int64_t at, size_t padding)
{
	char topic[64], *json = malloc(padding + 64);
	int n = sprintf(topic, "flat:%llu,all", (unsigned long long)seq);
	int used = sprintf(json, "{\"n\":%llu,\"p\":\"", (unsigned long long)seq);
	memset(json + used, 'p', padding);
	strcpy(json + used + padding, "\"}");
	ring_append(r, &(struct ring_event){
			       .seq = seq,
			       .at = at,
			       .type = text("READING"),
			       .topics = {topic, (size_t)n},
			       .json = text(json),
		       });
	free(json);
}

static void check(const struct ring *r, uint64_t seq)
{
	char expected[64];
	struct ring_entry e = ring_get(r, seq);
	assert_int_equal(e.seq, seq);
	assert_true(is(e.type, "READING"));
	assert_int_equal(e.topics, 2);
	sprintf(expected, "flat:%llu", (unsigned long long)seq);
	assert_true(is(ring_topic(&e, 0).name, expected));
	assert_true(is(ring_topic(&e, 1).name, "all"));
	assert_true(ring_topic(&e, 1).hash == topics_hash("all", 3));
	int n = sprintf(expected, "{\"n\":%llu,", (unsigned long long)seq);
	assert_memory_equal(e.json.text, expected, (size_t)n);
	assert_int_equal(e.json.text[e.json.length - 1], '}');
}

static void entries_come_back_as_they_went_in(void **state)
{
	struct ring *r = ring_new();
	(void)state;
	assert_false(ring_begun(r));
	append(r, 1000, 0, 0);
	assert_true(ring_begun(r));
	for (uint64_t seq = 1001; seq < 6000; seq++)
		append(r, seq, (int64_t)seq, seq % 700);
	append(r, 6000, 6000, 3 << 20); /* larger than a chunk */
	append(r, 6001, 6001, 0);
	assert_int_equal(ring_first(r), 1000);
	assert_int_equal(ring_last(r), 6001);
	for (uint64_t seq = 1000; seq <= 6001; seq++)
		check(r, seq);
	ring_free(r);
}

static void it_forgets_by_age_and_gives_memory_back(void **state)
{
	struct ring *r = ring_new();
	uint64_t next = 1;
	(void)state;
	for (; next <= 100000; next++)
		append(r, next, (int64_t)next, 100);
	size_t full = ring_bytes(r);
	/* A window moves on through many times its length. */
	for (; next <= 400000; next++) {
		append(r, next, (int64_t)next, 100);
		if (next % 1000 == 0)
			ring_forget(r, (int64_t)next - 50000);
	}
	assert_int_equal(ring_first(r), 350000);
	check(r, 350000);
	check(r, 400000);
	assert_true(ring_bytes(r) < full);
	ring_forget(r, 1000000);
	assert_true(ring_begun(r));
	assert_int_equal(ring_first(r), 400001);
	assert_int_equal(ring_last(r), 400000);
	append(r, 400001, 1, 0);
	check(r, 400001);
	ring_clear(r);
	assert_false(ring_begun(r));
	append(r, 7, 0, 0);
	assert_int_equal(ring_first(r), 7);
	check(r, 7);
	ring_free(r);
}

static void an_old_entry_behind_a_young_one_stays(void **state)
{
	struct ring *r = ring_new();
	(void)state;
	append(r, 1, 100, 0);
	append(r, 2, 5, 0);
	ring_forget(r, 50);
	assert_int_equal(ring_first(r), 1);
	ring_free(r);
}

static void lists_of_topics_are_split(void **state)
{
	static const struct {
		const char *list;
		size_t count;
		const char *last;
	} rows[] = {{"", 0, ""}, {"a", 1, "a"}, {"a,bc", 2, "bc"}, {"a,,b", 3, "b"}, {"a,", 2, ""}};
	struct ring *r = ring_new();
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ring_append(r, &(struct ring_event){.seq = i + 1,
				       .topics = text(rows[i].list),
				       .json = text("{\n\r}")});
		struct ring_entry e = ring_get(r, i + 1);
		row_holds(e.topics == rows[i].count, rows[i].list);
		if (e.topics)
			row_holds(
				is(ring_topic(&e, e.topics - 1).name, rows[i].last), rows[i].list);
		row_holds(is(e.json, "{  }"), "line ends become blanks");
	}
	ring_free(r);
}

static size_t count(struct topics *t, const char *name)
{
	size_t n = 0;
	struct topic *p = topics_find(t, topics_hash(name, strlen(name)), name, strlen(name));
	for (struct topics_link *l = p ? topics_listeners(p) : NULL; l; l = l->next)
		n++;
	return n;
}

static void listeners_are_found_while_they_listen(void **state)
{
	enum { MANY = 3000 };
	struct topics *t = topics_new();
	struct topics_link *own = calloc(MANY, sizeof *own), *shared = calloc(MANY, sizeof *shared);
	char name[32];
	(void)state;
	for (int i = 0; i < MANY; i++) {
		int n = sprintf(name, "user:%d", i);
		topics_join(t, &own[i], name, (size_t)n);
		topics_join(t, &shared[i], "society:1", 9);
	}
	assert_int_equal(topics_count(t), MANY + 1);
	assert_int_equal(count(t, "society:1"), MANY);
	assert_int_equal(count(t, "user:77"), 1);
	assert_int_equal(count(t, "user:77 "), 0);
	for (int i = 0; i < MANY; i += 2) {
		topics_leave(t, &shared[i]);
		topics_leave(t, &own[i]);
	}
	assert_int_equal(count(t, "society:1"), MANY / 2);
	assert_int_equal(count(t, "user:76"), 0);
	assert_int_equal(count(t, "user:77"), 1);
	for (int i = 1; i < MANY; i += 2) {
		topics_leave(t, &own[i]);
		topics_leave(t, &shared[i]);
	}
	assert_int_equal(topics_count(t), 0);
	topics_free(t);
	free(own);
	free(shared);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_back_as_they_went_in),
		cmocka_unit_test(it_forgets_by_age_and_gives_memory_back),
		cmocka_unit_test(an_old_entry_behind_a_young_one_stays),
		cmocka_unit_test(lists_of_topics_are_split),
		cmocka_unit_test(listeners_are_found_while_they_listen),
	};
	return RUN_TESTS(tests);
}
