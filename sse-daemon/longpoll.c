/* longpoll: the ring is looked through in steps from the cursor on; what a step finds is the
 * answer.
 *
 * A live poll is woken by its first event, which sends it through the ring once more from just
 * before that event: so there is one way only to fill an answer. */
#include "longpoll.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "buf.h"
#include "conn.h"
#include "format.h"
#include "hub.h"
#include "reply.h"
#include "ring.h"
#include "times.h"

enum {
	STEP = 4096,	      /* entries looked at in one go */
	EVENTS_MOST = 500,    /* in one answer */
	BYTES_MOST = 1 << 20, /* likewise, but for one larger event */
};

/* `events`: JSON without the brackets, in the hub's scratch; `last`: where the next poll begins. */
static void answer(struct conn *c, const char *events, struct cursor last)
{
	char id[CURSOR_TEXT];
	struct buf b;
	cursor_format(last, id);
	buf_init(&b, c->hub->scratch);
	buf_printf(&b, "{\"events\":[");
	buf_puts(&b, events);
	buf_printf(&b, "],\"last\":\"%s\"}", id);
	reply_send(c, &(struct reply){
			      .status = "200 OK",
			      .type = "application/json",
			      .request_id = c->request_id,
			      .fields = "",
			      .body = b.data,
			      .length = b.len,
		      });
}

static void answer_nothing(struct conn *c)
{
	struct cursor_tape t = hub_tape(c->hub);
	answer(c, "", c->state == CONN_LIVE ? cursor_newest(c->at, &t) : c->at);
}

static void reset(struct conn *c)
{
	char id[CURSOR_TEXT];
	struct buf b;
	cursor_format(c->at, id);
	buf_init(&b, c->hub->scratch);
	format_note_json(&b,
		&(struct format_note){.type = "reset", .id = id, .topics = "", .at = times_now()});
	c->hub->resets++;
	answer(c, b.data, c->at);
}

/* Moves the cursor over at most a step of the ring and writes what it wants of it. */
static size_t collect(struct conn *c, struct buf *b)
{
	struct hub *h = c->hub;
	uint64_t last = ring_last(h->ring);
	size_t found = 0;
	for (int step = STEP; step && c->at.seq < last; step--) {
		struct ring_entry e = ring_get(h->ring, ++c->at.seq);
		if (!conn_wants(c, &e))
			continue;
		buf_puts(b, found++ ? "," : "");
		format_event_json(b, &e, c->form);
		if (found == EVENTS_MOST || b->len >= BYTES_MOST)
			break;
	}
	return found;
}

static void work(struct conn *c)
{
	struct hub *h = c->hub;
	struct cursor_tape t = hub_tape(h);
	if (c->state == CONN_REPLAY && cursor_place(c->at, &t) == CURSOR_REPLAY) {
		struct buf b;
		buf_init(&b, h->scratch);
		size_t found = collect(c, &b);
		if (found) {
			h->delivered += found;
			answer(c, b.data, c->at);
			return;
		}
		arena_reset(h->scratch);
	}
	if (c->state == CONN_REPLAY)
		hub_place(c);
	if (c->state == CONN_LIVE && c->over)
		answer_nothing(c);
}

static void event(struct conn *c, const struct ring_entry *e)
{
	c->at.seq = e->seq - 1;
	conn_move(c, CONN_REPLAY);
	loop_soon(c->hub->loop, &c->task);
}

static void due(struct conn *c)
{
	c->over = true;
	if (c->state == CONN_REPLAY)
		loop_soon(c->hub->loop, &c->task);
	else
		answer_nothing(c);
}

static void end(struct conn *c, enum conn_end why)
{
	/* Of a drain it need not know; after the others it is not to see any more. */
	if (why == CONN_END_DRAIN && c->state == CONN_REPLAY)
		c->over = true;
	else
		answer_nothing(c);
}

static const struct conn_kind kind = {work, event, reset, due, end, NULL};

static void start_timer(struct conn *c, const struct ask *a)
{
	struct loop *l = c->hub->loop;
	int64_t expires = a->expires * 1000 - times_now(), wait = a->wait * 1000;
	loop_set(l, &c->timer, loop_now(l) + (wait < expires ? wait : expires));
}

void longpoll_begin(struct conn *c, const struct ask *a)
{
	struct hub *h = c->hub;
	struct cursor_tape tape = hub_tape(h);
	struct cursor_start start = cursor_start(&a->wish, &tape);
	enum conn_end why;

	if (hub_streams(h) >= h->limits.streams) {
		reply_problem(c, 503, a->request_id);
		return;
	}
	c->kind = &kind;
	c->form = (uint8_t)a->form;
	c->at = start.at;
	c->as_of = a->wish.as_of;
	c->request_id = strdup(a->request_id);
	if (!c->request_id)
		abort();
	if (!*a->wish.cursor || hub_revoked(h, a, &why)) {
		answer(c, "", start.at);
		return;
	}
	if (start.reset) {
		reset(c);
		return;
	}
	conn_subscribe(c, a);
	conn_move(c, CONN_WAIT);
	c->over = h->draining;
	start_timer(c, a);
	hub_place(c);
	if (c->state == CONN_WAIT && c->over)
		answer_nothing(c);
}
