/* loop: epoll, a binary heap of timers, and two lists of tasks. */
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MOST = 512, TASKS_MS = 10 };

struct list {
	struct loop_task end; /* a ring of tasks through this one */
};

struct loop {
	int epoll;
	bool stop;
	int64_t now;
	struct loop_timer **heap; /* from 1 */
	size_t timers, room;
	struct list tasks, burials;
};

static int64_t monotonic(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void list_init(struct list *l)
{
	l->end.prev = l->end.next = &l->end;
}

static bool list_empty(const struct list *l)
{
	return l->end.next == &l->end;
}

static void list_append(struct list *l, struct loop_task *t)
{
	t->prev = l->end.prev;
	t->next = &l->end;
	t->prev->next = t;
	l->end.prev = t;
}

static void list_take(struct loop_task *t)
{
	t->prev->next = t->next;
	t->next->prev = t->prev;
	t->prev = t->next = NULL;
}

struct loop *loop_new(void)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return NULL;
	struct loop *l = calloc(1, sizeof *l);
	if (!l)
		abort();
	l->epoll = epoll;
	l->now = monotonic();
	list_init(&l->tasks);
	list_init(&l->burials);
	return l;
}

void loop_free(struct loop *l)
{
	close(l->epoll);
	free(l->heap);
	free(l);
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

int64_t loop_now(const struct loop *l)
{
	return l->now;
}

static int control(struct loop *l, int what, struct loop_source *s, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = s};
	return epoll_ctl(l->epoll, what, s->fd, &e);
}

int loop_add(struct loop *l, struct loop_source *s, uint32_t events)
{
	return control(l, EPOLL_CTL_ADD, s, events);
}

int loop_change(struct loop *l, struct loop_source *s, uint32_t events)
{
	return control(l, EPOLL_CTL_MOD, s, events);
}

int loop_remove(struct loop *l, struct loop_source *s)
{
	int fd = s->fd;
	control(l, EPOLL_CTL_DEL, s, 0);
	s->fd = -1;
	return fd;
}

static void heap_put(struct loop *l, size_t place, struct loop_timer *t)
{
	l->heap[place] = t;
	t->place = place;
}

/* Where a timer belongs when `place` is free: up past later ones, else down past earlier ones. */
static void heap_settle(struct loop *l, size_t place, struct loop_timer *t)
{
	while (place > 1 && l->heap[place / 2]->due > t->due) {
		heap_put(l, place, l->heap[place / 2]);
		place /= 2;
	}
	for (;;) {
		size_t child = place * 2;
		if (child > l->timers)
			break;
		if (child < l->timers && l->heap[child + 1]->due < l->heap[child]->due)
			child++;
		if (l->heap[child]->due >= t->due)
			break;
		heap_put(l, place, l->heap[child]);
		place = child;
	}
	heap_put(l, place, t);
}

void loop_set(struct loop *l, struct loop_timer *t, int64_t due)
{
	t->due = due;
	if (t->place) {
		heap_settle(l, t->place, t);
		return;
	}
	if (l->timers + 1 >= l->room) {
		l->room = l->room ? l->room * 2 : 64;
		l->heap = realloc(l->heap, l->room * sizeof *l->heap);
		if (!l->heap)
			abort();
	}
	heap_settle(l, ++l->timers, t);
}

void loop_unset(struct loop *l, struct loop_timer *t)
{
	size_t place = t->place;
	if (!place)
		return;
	t->place = 0;
	struct loop_timer *last = l->heap[l->timers--];
	if (last != t)
		heap_settle(l, place, last);
}

void loop_soon(struct loop *l, struct loop_task *t)
{
	if (!t->next)
		list_append(&l->tasks, t);
}

void loop_forget(struct loop *l, struct loop_task *t)
{
	(void)l;
	if (t->next)
		list_take(t);
}

void loop_bury(struct loop *l, struct loop_task *t)
{
	list_append(&l->burials, t);
}

static int patience(const struct loop *l)
{
	if (!list_empty(&l->tasks))
		return 0;
	if (!l->timers)
		return -1;
	int64_t wait = l->heap[1]->due - monotonic();
	return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}

static void run_timers(struct loop *l)
{
	while (l->timers && l->heap[1]->due <= l->now) {
		struct loop_timer *t = l->heap[1];
		loop_unset(l, t);
		t->expire(t);
	}
}

static void run_tasks(struct loop *l)
{
	int64_t until = monotonic() + TASKS_MS;
	for (unsigned n = 1; !list_empty(&l->tasks); n++) {
		struct loop_task *t = l->tasks.end.next;
		list_take(t);
		t->run(t);
		if (n % 16 == 0 && monotonic() >= until)
			break;
	}
}

void loop_burials(struct loop *l)
{
	while (!list_empty(&l->burials)) {
		struct loop_task *t = l->burials.end.next;
		list_take(t);
		t->run(t);
	}
}

void loop_run(struct loop *l)
{
	struct epoll_event events[EVENTS_MOST];
	while (!l->stop) {
		int n = epoll_wait(l->epoll, events, EVENTS_MOST, patience(l));
		l->now = monotonic();
		for (int i = 0; i < n; i++) {
			struct loop_source *s = events[i].data.ptr;
			/* A callback earlier in this turn may have removed it. */
			if (s->fd >= 0)
				s->ready(s, events[i].events);
		}
		run_timers(l);
		run_tasks(l);
		loop_burials(l);
	}
}
