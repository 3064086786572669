/* tape: see tape.h. A side is one of the two connections, with its retries. */
#include "tape.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "hub.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "ring.h"
#include "times.h"

enum {
	PAGE = 500, /* entries in one read */
	SECOND_MS = 1000,
	SILENCE_MS = 3000, /* without an answer: connect again; without a tick: say so */
	RETRY_LEAST_MS = 100,
	RETRY_MOST_MS = 1000,
	SETS_MOST = 64, /* notes on Redis under way */
};

/* Epoch and entries of one moment. */
static const char read_script[] = "return {redis.call('get', KEYS[1]), "
				  "redis.call('xrange', KEYS[2], ARGV[1], '+', 'count', ARGV[2])}";

struct side {
	struct tape *tape;
	struct link *link;
	struct loop_timer retry;
	int64_t delay;
	int64_t heard; /* when it last said anything, or was opened */
	bool up;       /* connected; for the events: subscribed too */
	bool works;    /* said something that was right since it was connected */
	char why[64];  /* that it does not work and has been told so; "" otherwise */
};

struct tape {
	struct loop *loop;
	struct hub *hub;
	struct side events, reader;
	struct loop_timer second;
	int64_t ticked;	      /* when the relay was last heard; 0: never yet */
	int64_t reached;      /* when the tape was last read */
	bool reading;	      /* a read is under way … */
	bool again;	      /* … and another is wanted after it */
	bool noted;	      /* the heartbeat of this second is written */
	unsigned sets_before; /* notes whose replies come before the read's */
	unsigned sets_after;  /* … and after it */
};

static void side_open(struct side *s)
{
	s->heard = loop_now(s->tape->loop);
	link_open(s->link);
}

/* A reason is told once: that it is still so a second later is no news. */
static void side_down(struct side *s, const char *name, const char *why)
{
	if (strncmp(s->why, why, sizeof s->why - 1) != 0) {
		log_say(LOG_WARN, "Redis: %s lost: %s", name, why);
		snprintf(s->why, sizeof s->why, "%s", why);
	}
	s->up = s->works = false;
	loop_set(s->tape->loop, &s->retry, loop_now(s->tape->loop) + s->delay);
	s->delay = s->delay * 2 < RETRY_MOST_MS ? s->delay * 2 : RETRY_MOST_MS;
}

/* Only what is said over a connection shows that it is one, and that the password was right. */
static void side_works(struct side *s, const char *name)
{
	if (s->works)
		return;
	log_say(LOG_INFO, "Redis: %s connected", name);
	s->works = true;
	s->why[0] = '\0';
	s->delay = RETRY_LEAST_MS;
}

static void side_retry(struct loop_timer *timer)
{
	side_open(LOOP_OWNER(timer, struct side, retry));
}

static void read_tape(struct tape *t)
{
	struct cursor_tape known = hub_tape(t->hub);
	char from[24] = "-", count[8];
	t->again = t->reading;
	if (t->reading || !t->reader.up)
		return;
	if (known.begun)
		snprintf(from, sizeof from, "%" PRIu64, known.last + 1);
	snprintf(count, sizeof count, "%d", PAGE);
	t->reading = true;
	t->sets_before += t->sets_after;
	t->sets_after = 0;
	link_send(t->reader.link, 7,
		(const char *const[]){
			"EVAL", read_script, "2", "gh:epoch", "gh:tape", from, count});
}

static void note(struct tape *t, const char *key, const char *value, const char *seconds)
{
	if (!t->reader.up || t->sets_before + t->sets_after >= SETS_MOST)
		return;
	if (t->reading)
		t->sets_after++;
	else
		t->sets_before++;
	link_send(t->reader.link, 5, (const char *const[]){"SET", key, value, "EX", seconds});
}

static void note_canary(void *arg, int64_t sent)
{
	char value[48];
	int64_t now = times_now();
	snprintf(value, sizeof value, "%" PRId64 ":%" PRId64, now, now - sent);
	note(arg, "gh:canary", value, "60");
}

static void note_heartbeat(struct tape *t)
{
	char now[24];
	if (t->noted || !t->events.up)
		return;
	t->noted = true;
	snprintf(now, sizeof now, "%" PRId64, times_now());
	note(t, "gh:push", now, "5");
}

/* Whether there may be more to read at once. */
static bool take_page(struct tape *t, const redisReply *epoch, const redisReply *entries)
{
	uint64_t number;
	int64_t now = times_now();
	/* Emptied, or not filled yet: what is known stays true, and what is to come is waited for.
	 */
	if (epoch->type != REDIS_REPLY_STRING ||
		!cursor_number(epoch->str, (size_t)epoch->len, &number) || !number)
		return false;
	if (number != t->hub->epoch) {
		bool from_begin = !hub_tape(t->hub).begun;
		hub_epoch(t->hub, number);
		if (!from_begin)
			return true;
	}
	uint64_t before = hub_tape(t->hub).last;
	for (size_t i = 0; i < entries->elements; i++) {
		struct entry e;
		if (!entry_tape(entries->element[i], &e)) {
			log_say(LOG_ERROR, "an entry of the tape has no proper id");
			continue;
		}
		struct ring_event event = entry_event(&e, now);
		hub_take(t->hub, &event);
	}
	if (entries->elements == PAGE && hub_tape(t->hub).last != before)
		return true;
	hub_settle(t->hub);
	return false;
}

static void reader_broken(struct tape *t, const char *why)
{
	link_close(t->reader.link);
	t->reading = t->again = false;
	t->sets_before = t->sets_after = 0;
	side_down(&t->reader, "the tape", why);
}

static void reader_reply(void *arg, const redisReply *r)
{
	struct tape *t = arg;
	t->reader.heard = loop_now(t->loop);
	if (t->sets_before) {
		t->sets_before--;
		if (r->type == REDIS_REPLY_ERROR)
			log_say(LOG_WARN, "Redis: %s", r->str);
		return;
	}
	if (!t->reading || r->type != REDIS_REPLY_ARRAY || r->elements != 2) {
		reader_broken(t, r->type == REDIS_REPLY_ERROR ? r->str : "unexpected reply");
		return;
	}
	side_works(&t->reader, "the tape");
	t->reading = false;
	t->reached = t->reader.heard;
	t->sets_before = t->sets_after;
	t->sets_after = 0;
	if (take_page(t, r->element[0], r->element[1]) || t->again)
		read_tape(t);
	if (!t->reading)
		note_heartbeat(t);
}

static void reader_up(void *arg)
{
	struct tape *t = arg;
	t->reader.up = true;
	read_tape(t);
}

static void reader_down(void *arg, const char *why)
{
	reader_broken(arg, why);
}

static void events_up(void *arg)
{
	struct tape *t = arg;
	link_send(t->events.link, 2, (const char *const[]){"SUBSCRIBE", "gh:events"});
}

static void events_down(void *arg, const char *why)
{
	struct tape *t = arg;
	side_down(&t->events, "the events", why);
}

static void heard_event(struct tape *t, const redisReply *payload)
{
	struct entry e;
	struct cursor_tape known = hub_tape(t->hub);
	if (!entry_payload(payload->str, (size_t)payload->len, &e)) {
		log_say(LOG_ERROR, "a published event has no proper id");
		read_tape(t);
		return;
	}
	if (e.tick)
		t->ticked = t->events.heard;
	if (e.id.epoch != known.epoch) {
		read_tape(t);
		return;
	}
	if (known.begun && e.id.seq <= known.last)
		return;
	if (!e.tick && known.begun && e.id.seq == known.last + 1) {
		struct ring_event event = entry_event(&e, times_now());
		hub_take(t->hub, &event);
		return;
	}
	if (!e.tick && known.begun && known.settled && !t->reading)
		t->hub->gaps++;
	read_tape(t);
}

static bool is(const redisReply *r, const char *word)
{
	return r->type == REDIS_REPLY_STRING && !strcmp(r->str, word);
}

static void events_reply(void *arg, const redisReply *r)
{
	struct tape *t = arg;
	t->events.heard = loop_now(t->loop);
	if (r->type != REDIS_REPLY_ARRAY || r->elements < 2) {
		link_close(t->events.link);
		events_down(t, r->type == REDIS_REPLY_ERROR ? r->str : "unexpected reply");
	} else if (is(r->element[0], "subscribe")) {
		t->events.up = true;
		side_works(&t->events, "the events");
		read_tape(t);
	} else if (is(r->element[0], "message") && r->elements == 3 &&
		   r->element[2]->type == REDIS_REPLY_STRING) {
		heard_event(t, r->element[2]);
	}
}

static bool silent(struct side *s)
{
	return link_is_open(s->link) && loop_now(s->tape->loop) - s->heard > SILENCE_MS;
}

/* Nothing new can come while the tape cannot be read, or the relay that ticked no longer does. */
static bool paused(const struct tape *t)
{
	int64_t since = loop_now(t->loop) - SILENCE_MS;
	return t->reached < since || (t->ticked && t->ticked < since);
}

static void second(struct loop_timer *timer)
{
	struct tape *t = LOOP_OWNER(timer, struct tape, second);
	loop_set(t->loop, timer, loop_now(t->loop) + SECOND_MS);
	hub_second(t->hub);
	t->noted = false;
	hub_pause(t->hub, paused(t));
	if (silent(&t->events)) {
		link_close(t->events.link);
		events_down(t, "silent");
	} else if (t->events.up) {
		link_send(t->events.link, 1, (const char *const[]){"PING"});
	}
	if (silent(&t->reader))
		reader_broken(t, "silent");
	else if (!t->reading)
		read_tape(t);
}

static void side_new(struct side *s, struct tape *t, const struct redis_url *address,
	const struct link_calls *calls)
{
	s->tape = t;
	s->retry.expire = side_retry;
	s->delay = RETRY_LEAST_MS;
	s->link = link_new(t->loop, address, calls, t);
}

struct tape *tape_new(struct hub *hub, const struct redis_url *address)
{
	static const struct link_calls events = {events_up, events_reply, events_down};
	static const struct link_calls reader = {reader_up, reader_reply, reader_down};
	struct tape *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	t->loop = hub->loop;
	t->hub = hub;
	hub->canary = note_canary;
	hub->canary_arg = t;
	side_new(&t->events, t, address, &events);
	side_new(&t->reader, t, address, &reader);
	t->second.expire = second;
	loop_set(t->loop, &t->second, loop_now(t->loop) + SECOND_MS);
	t->reached = loop_now(t->loop);
	side_open(&t->events);
	side_open(&t->reader);
	return t;
}

void tape_free(struct tape *t)
{
	loop_unset(t->loop, &t->second);
	loop_unset(t->loop, &t->events.retry);
	loop_unset(t->loop, &t->reader.retry);
	link_free(t->events.link);
	link_free(t->reader.link);
	t->hub->canary = NULL;
	free(t);
}
