/* stream: what a stream says of itself, and how events reach it.
 *
 * A replay is pulled: the ring is read on as the socket takes bytes, so however much was missed, a
 * stream owes little. Live events are pushed; a stream that owes too much is cut and resumes by id.
 * The id of every message is a position that loses nothing when resumed from. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "buf.h"
#include "conn.h"
#include "format.h"
#include "hub.h"
#include "message.h"
#include "reply.h"
#include "ring.h"
#include "times.h"

enum {
	REPLAY_STEP = 1000,  /* entries looked at in one go */
	REPLAY_OWED = 32768, /* bytes a replay hands to the socket ahead of it */
	STALLS_MOST = 4,     /* keep-alives that found the socket blocked all the time */
};

/* How long a client waits before it comes back: spread, so that they do not all come at once. */
static const struct {
	const char *type;
	uint32_t least, most; /* milliseconds */
} ends[] = {
	[CONN_END_SESSION] = {"SESSION_REVOKED", 500, 2500},
	[CONN_END_ROLES] = {"DRAINING", 50, 500},
	[CONN_END_DRAIN] = {"DRAINING", 100, 2000},
};

static int spread(uint32_t least, uint32_t most)
{
	return (int)(least + arc4random_uniform(most - least + 1));
}

/* Everything up to here was passed over. */
static struct cursor position(const struct conn *c)
{
	struct cursor_tape t = hub_tape(c->hub);
	return c->state == CONN_LIVE ? cursor_newest(c->at, &t) : c->at;
}

static void say(struct conn *c, const char *type, const char *id, int retry)
{
	struct buf b;
	buf_init(&b, c->hub->scratch);
	format_note_text(&b, &(struct format_note){
				     .type = type,
				     .id = id,
				     .topics = "",
				     .retry = retry,
				     .form = c->form,
				     .at = times_now(),
			     });
	conn_push(c, message_new(b.data, b.len));
	arena_reset(c->hub->scratch);
}

static void say_here(struct conn *c, const char *type, int retry)
{
	char id[CURSOR_TEXT];
	cursor_format(position(c), id);
	say(c, type, id, retry);
}

static void end_with(struct conn *c, const char *type, int retry)
{
	say_here(c, type, retry);
	conn_finish(c);
}

static void end(struct conn *c, enum conn_end why)
{
	end_with(c, ends[why].type, spread(ends[why].least, ends[why].most));
}

static void reset(struct conn *c)
{
	c->hub->resets++;
	say_here(c, "reset", 0);
}

static void event(struct conn *c, const struct ring_entry *e)
{
	struct hub *h = c->hub;
	struct message *m = format_event(h->format, h->epoch, e, c->form);
	c->at.seq = e->seq;
	if (c->out.bytes && c->out.bytes + m->length > h->limits.queue)
		conn_flush(c);
	/* A message that is larger than the bound must still reach one who owes nothing. */
	if (c->out.bytes && c->out.bytes + m->length > h->limits.queue && conn_serves(c)) {
		h->cuts++;
		conn_close(c);
	}
	if (!conn_serves(c)) {
		message_drop(m);
		return;
	}
	h->delivered++;
	conn_push(c, m);
}

/* One entry of the ring; whether it may go on. */
static bool replay_one(struct conn *c)
{
	struct hub *h = c->hub;
	if (c->out.bytes >= REPLAY_OWED) {
		conn_flush(c);
		if (c->state != CONN_REPLAY || c->blocked)
			return false;
	}
	struct cursor_tape t = hub_tape(h);
	enum cursor_place place = cursor_place(c->at, &t);
	if (place != CURSOR_REPLAY) {
		hub_place(c);
		return false;
	}
	c->at.seq++;
	struct ring_entry e = ring_get(h->ring, c->at.seq);
	if (conn_wants(c, &e)) {
		h->delivered++;
		conn_push(c, format_event(h->format, h->epoch, &e, c->form));
	}
	return true;
}

static void work(struct conn *c)
{
	if (c->state == CONN_REPLAY) {
		int step = REPLAY_STEP;
		while (step && replay_one(c))
			step--;
		if (c->state == CONN_REPLAY && !c->blocked)
			loop_soon(c->hub->loop, &c->task);
	}
	conn_flush(c);
}

/* The next keep-alive, or the expiry, which goes by the wall clock wherever that is set meanwhile.
 */
static void set_timer(struct conn *c, int64_t keepalive)
{
	int64_t left = c->expires - times_now();
	if (left > keepalive)
		left = keepalive;
	loop_set(c->hub->loop, &c->timer, loop_now(c->hub->loop) + (left > 0 ? left : 1));
}

static void due(struct conn *c)
{
	struct hub *h = c->hub;
	if (times_now() >= c->expires) {
		end_with(c, "TOKEN_EXPIRED", spread(500, 2500));
		return;
	}
	/* One who owes bytes needs no keep-alive, and one who takes none for long is gone. */
	if (c->out.bytes && ++c->stalls > STALLS_MOST) {
		h->cuts++;
		conn_close(c);
		return;
	}
	set_timer(c, h->limits.keepalive);
	if (!c->out.bytes)
		conn_push(c, format_keepalive(h->format, position(c)));
}

static void tell_pause(struct conn *c)
{
	say_here(c, c->hub->paused ? "PAUSED" : "RESUMED", 0);
	loop_soon(c->hub->loop, &c->task);
}

static const struct conn_kind kind = {work, event, reset, due, end, tell_pause};

/* The head of the answer and the first message, in one. */
static void greet(struct conn *c, const struct ask *a, const struct format_note *first)
{
	struct buf b;
	buf_init(&b, c->hub->scratch);
	reply_head(&b, &(struct reply){
			       .status = "200 OK",
			       .type = "text/event-stream; charset=utf-8",
			       .request_id = a->request_id,
			       .fields = "X-Accel-Buffering: no\r\n",
		       });
	buf_puts(&b, "\r\n");
	format_note_text(&b, first);
	conn_push(c, message_new(b.data, b.len));
	arena_reset(c->hub->scratch);
}

void stream_begin(struct conn *c, const struct ask *a)
{
	struct hub *h = c->hub;
	struct cursor_tape tape = hub_tape(h);
	struct cursor_start start = cursor_start(&a->wish, &tape);
	struct format_note first = {.topics = a->topics, .form = a->form, .at = times_now()};
	char id[CURSOR_TEXT] = CURSOR_NOWHERE;
	enum conn_end why;

	c->kind = &kind;
	c->form = (uint8_t)a->form;
	c->at = start.at;
	c->as_of = a->wish.as_of;
	if (!start.reset)
		cursor_format(start.at, id);
	first.id = id;
	if (hub_streams(h) >= h->limits.streams) {
		first.type = "OVERLOADED";
		first.topics = "";
		first.retry = spread(2000, 10000);
		greet(c, a, &first);
		conn_finish(c);
		return;
	}
	first.type = "CONNECTION_ESTABLISHED";
	first.retry = spread(500, 2500);
	greet(c, a, &first);
	conn_subscribe(c, a);
	c->expires = a->expires * 1000;
	/* The first comes early, by chance, so that the keep-alives of many who came at once
	 * spread. */
	set_timer(c, h->limits.keepalive / 2 + spread(0, (uint32_t)h->limits.keepalive / 2));
	conn_move(c, CONN_WAIT);
	if (hub_revoked(h, a, &why)) {
		end(c, why);
	} else if (h->draining) {
		end(c, CONN_END_DRAIN);
	} else if (times_now() >= c->expires) {
		due(c);
	} else {
		if (start.reset)
			reset(c);
		hub_place(c);
		if (h->paused)
			tell_pause(c);
	}
}
