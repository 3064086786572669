/* What loop.h and queue.h promise: timers in order, tasks in turn, burials last; bytes in order and
 * no more than the socket takes. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../sse-daemon/loop.h"
#include "../../sse-daemon/message.h"
#include "../../sse-daemon/queue.h"

static struct loop *loop;
static char trace[4096];

struct thing {
	struct loop_timer timer;
	struct loop_task task;
	struct loop_source source;
	char name;
};

static void say(char c)
{
	size_t n = strlen(trace);
	assert_true(n + 1 < sizeof trace);
	trace[n] = c;
	trace[n + 1] = '\0';
}

static void expire(struct loop_timer *t)
{
	say(LOOP_OWNER(t, struct thing, timer)->name);
}

static void run(struct loop_task *t)
{
	say(LOOP_OWNER(t, struct thing, task)->name);
}

static void stop(struct loop_timer *t)
{
	(void)t;
	loop_stop(loop);
}

static int setup(void **state)
{
	(void)state;
	loop = loop_new();
	*trace = '\0';
	return loop ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static struct thing *things(int n)
{
	struct thing *t = calloc((size_t)n, sizeof *t);
	for (int i = 0; i < n; i++) {
		t[i].name = (char)('a' + i % 26);
		t[i].timer.expire = expire;
		t[i].task.run = run;
	}
	return t;
}

static void timers_expire_in_order_of_their_time(void **state)
{
	struct thing *t = things(5), end = {.timer.expire = stop};
	int64_t now = loop_now(loop);
	(void)state;
	loop_set(loop, &end.timer, now + 6);
	loop_set(loop, &t[0].timer, now + 3);
	loop_set(loop, &t[1].timer, now + 1);
	loop_set(loop, &t[2].timer, now + 2);
	loop_set(loop, &t[3].timer, now + 1000);
	loop_set(loop, &t[4].timer, now + 4);
	loop_set(loop, &t[3].timer, now - 5); /* earlier after all */
	loop_set(loop, &t[1].timer, now + 5); /* later */
	loop_unset(loop, &t[2].timer);
	loop_unset(loop, &t[2].timer);
	loop_run(loop);
	assert_string_equal(trace, "daeb");
	free(t);
}

static int64_t latest;
static int expired;

static void expire_ascending(struct loop_timer *t)
{
	assert_true(t->due >= latest);
	latest = t->due;
	expired++;
}

static void the_heap_holds_under_any_order(void **state)
{
	enum { MANY = 2000 };
	struct thing *t = things(MANY), end = {.timer.expire = stop};
	int64_t now = loop_now(loop);
	uint32_t seed = 12345;
	int unset = 0;
	(void)state;
	latest = 0;
	expired = 0;
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < MANY; i++) {
			seed = seed * 1664525 + 1013904223;
			t[i].timer.expire = expire_ascending;
			loop_set(loop, &t[i].timer, now - (int64_t)(seed >> 16));
		}
	for (int i = 0; i < MANY; i += 3, unset++)
		loop_unset(loop, &t[i].timer);
	loop_set(loop, &end.timer, now + 1);
	loop_run(loop);
	assert_int_equal(expired, MANY - unset);
	free(t);
}

static struct thing *again;

static void run_again(struct loop_task *t)
{
	run(t);
	loop_soon(loop, &again->task);
	again->task.run = run;
	loop_bury(loop, &again[1].task);
}

static void tasks_run_once_in_turn_and_burials_last(void **state)
{
	struct thing *t = things(4), end = {.timer.expire = stop};
	(void)state;
	again = &t[2];
	t[0].task.run = run_again;
	loop_soon(loop, &t[0].task);
	loop_soon(loop, &t[1].task);
	loop_soon(loop, &t[0].task);
	loop_set(loop, &end.timer, loop_now(loop));
	loop_run(loop);
	assert_string_equal(trace, "abcd");
	loop_soon(loop, &t[0].task);
	loop_forget(loop, &t[0].task);
	loop_forget(loop, &t[0].task);
	free(t);
}

static void ready(struct loop_source *s, uint32_t events)
{
	struct thing *t = LOOP_OWNER(s, struct thing, source);
	(void)events;
	say(t->name);
	/* Each removes the other: whoever is told first, the other must not be told. */
	loop_remove(loop, &again[0].source == s ? &again[1].source : &again[0].source);
	loop_stop(loop);
}

static void a_removed_source_hears_nothing_in_the_same_turn(void **state)
{
	int a[2], b[2];
	struct thing *t = things(2);
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
	again = t;
	t[0].source = (struct loop_source){a[0], ready};
	t[1].source = (struct loop_source){b[0], ready};
	assert_int_equal(loop_add(loop, &t[0].source, EPOLLIN), 0);
	assert_int_equal(loop_add(loop, &t[1].source, EPOLLIN), 0);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	loop_run(loop);
	assert_int_equal(strlen(trace), 1);
	close(a[0]), close(a[1]), close(b[0]), close(b[1]);
	free(t);
}

static void a_queue_sends_in_order_what_the_socket_takes(void **state)
{
	enum { MESSAGES = 300 };
	int pair[2], received = 0;
	struct queue q;
	bool moved = false;
	char bytes[5000], got[5000];
	struct message *shared;
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	queue_init(&q);
	assert_int_equal(queue_send(&q, pair[0], &moved), QUEUE_EMPTY);
	assert_false(moved);
	size_t total = 0;
	for (int i = 0; i < MESSAGES; i++) {
		memset(bytes, 'a' + i % 26, sizeof bytes);
		queue_push(&q, message_new(bytes, sizeof bytes));
		total += sizeof bytes;
	}
	assert_int_equal(q.bytes, total);
	shared = message_hold(message_new("end", 3));
	queue_push(&q, shared);
	assert_int_equal(queue_send(&q, pair[0], &moved), QUEUE_BLOCKED);
	assert_true(moved);
	assert_true(q.bytes > 0 && q.bytes < total);
	while (received < MESSAGES) {
		size_t n = 0;
		while (n < sizeof got) {
			ssize_t r = read(pair[1], got + n, sizeof got - n);
			if (r < 0) {
				assert_int_equal(errno, EAGAIN);
				assert_int_not_equal(queue_send(&q, pair[0], &moved), QUEUE_BROKEN);
				continue;
			}
			n += (size_t)r;
		}
		memset(bytes, 'a' + received++ % 26, sizeof bytes);
		assert_memory_equal(got, bytes, sizeof bytes);
	}
	assert_int_equal(queue_send(&q, pair[0], &moved), QUEUE_EMPTY);
	assert_int_equal(read(pair[1], got, sizeof got), 3);
	assert_int_equal(q.bytes, 0);
	assert_null(q.more);
	assert_int_equal(shared->references, 1);
	queue_push(&q, shared);
	queue_push(&q, message_new("x", 1));
	close(pair[1]);
	assert_int_equal(queue_send(&q, pair[0], &moved), QUEUE_BROKEN);
	queue_clear(&q);
	assert_int_equal(q.bytes, 0);
	close(pair[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			timers_expire_in_order_of_their_time, setup, teardown),
		cmocka_unit_test_setup_teardown(the_heap_holds_under_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
			tasks_run_once_in_turn_and_burials_last, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_removed_source_hears_nothing_in_the_same_turn, setup, teardown),
		cmocka_unit_test(a_queue_sends_in_order_what_the_socket_takes),
	};
	return RUN_TESTS(tests);
}
