/* loop: readiness, timers and work put off, in one thread.
 *
 * A turn is: wait, tell the sources that are ready, run the timers that are due, run the tasks,
 * then the burials. Tasks stop after a few milliseconds and go on in the next turn, so that a
 * thousand replays do not hold an event up. What a callback may still meet in its turn is freed
 * only by a burial. It knows nothing of bytes.
 *
 * Sources, timers and tasks are members of their owner's struct, borrowed until removed; adding one
 * therefore takes no memory, and LOOP_OWNER() leads back from the member. */
#ifndef SSE_LOOP_H
#define SSE_LOOP_H

#include <stddef.h>
#include <stdint.h>

#define LOOP_OWNER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

struct loop;

struct loop_source {
	int fd;						       /* -1 once removed: no more calls */
	void (*ready)(struct loop_source *s, uint32_t events); /* EPOLLIN, … */
};

struct loop_timer {
	int64_t due;
	size_t place; /* in the heap, from 1; 0 when not set */
	void (*expire)(struct loop_timer *t);
};

struct loop_task {
	struct loop_task *prev, *next; /* both NULL when not waiting */
	void (*run)(struct loop_task *t);
};

struct loop *loop_new(void); /* caller frees; NULL with errno when epoll is refused */
void loop_free(struct loop *l);

/* Turns until loop_stop(). Burials of the last turn are done. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Monotonic milliseconds at the begin of this turn. */
int64_t loop_now(const struct loop *l);

/* 0, or -1 with errno. `events` as for epoll_ctl(2). */
int loop_add(struct loop *l, struct loop_source *s, uint32_t events);
int loop_change(struct loop *l, struct loop_source *s, uint32_t events);
/* Forgets the source and sets its fd to -1; the file stays open: its number is returned. */
int loop_remove(struct loop *l, struct loop_source *s);

/* Sets or moves a timer; it expires once. */
void loop_set(struct loop *l, struct loop_timer *t, int64_t due);
void loop_unset(struct loop *l, struct loop_timer *t);

/* Runs a task once, after what is in line already; nothing if it is in line itself. */
void loop_soon(struct loop *l, struct loop_task *t);
void loop_forget(struct loop *l, struct loop_task *t);
/* Runs a task at the end of this turn, whatever the time: for freeing. It must not be in line. */
void loop_bury(struct loop *l, struct loop_task *t);
/* Runs the burials that wait, outside a turn: when all is being freed. */
void loop_burials(struct loop *l);

#endif
