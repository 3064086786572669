/* hub: see hub.h. */
#include "hub.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "control.h"
#include "format.h"
#include "log.h"
#include "ring.h"
#include "times.h"
#include "topics.h"

enum {
	PRESENT_MS =
		10000, /* an event this young is of the present: twice the time between canaries */
	STANDSTILL_MS = 3000, /* a tape that does not grow for so long is not being filled */
};

struct hub *hub_new(struct loop *l, const struct hub_limits *limits)
{
	struct hub *h = calloc(1, sizeof *h);
	if (!h)
		abort();
	h->loop = l;
	h->limits = *limits;
	h->ring = ring_new();
	h->topics = topics_new();
	h->format = format_new();
	h->scratch = arena_new(16384);
	h->lag = -1;
	return h;
}

void hub_free(struct hub *h)
{
	for (int i = 0; i < CONN_CLOSED; i++)
		while (h->states[i])
			conn_close(h->states[i]);
	loop_burials(h->loop);
	arena_free(h->scratch);
	format_free(h->format);
	topics_free(h->topics);
	ring_free(h->ring);
	free(h);
}

struct cursor_tape hub_tape(const struct hub *h)
{
	bool begun = ring_begun(h->ring);
	return (struct cursor_tape){
		.epoch = h->epoch,
		.settled = h->settled,
		.begun = begun,
		.first = begun ? ring_first(h->ring) : 0,
		.last = begun ? ring_last(h->ring) : 0,
	};
}

size_t hub_streams(const struct hub *h)
{
	return h->counts[CONN_WAIT] + h->counts[CONN_REPLAY] + h->counts[CONN_LIVE];
}

/* Calls for each connection of a state; the callback may move or close the one it is given. */
static void each(struct hub *h, enum conn_state state, void (*call)(struct conn *c))
{
	for (struct conn *c = h->states[state], *next; c; c = next) {
		next = c->next;
		call(c);
	}
}

static void displace(struct conn *c)
{
	/* A live one has passed over all of the ring, which is about to go. */
	struct cursor_tape t = hub_tape(c->hub);
	if (c->state == CONN_LIVE && c->at.epoch == t.epoch)
		c->at = cursor_newest(c->at, &t);
	conn_move(c, CONN_WAIT);
}

static void begin_anew(struct hub *h)
{
	each(h, CONN_LIVE, displace);
	each(h, CONN_REPLAY, displace);
	ring_clear(h->ring);
	format_clear(h->format);
	h->settled = false;
}

/* Positions of an epoch that is over are older than any, even should the new number be smaller. */
static void outdate(struct conn *c)
{
	if (c->at.epoch == c->hub->epoch)
		c->at.epoch = 0;
	if (c->as_of.epoch == c->hub->epoch)
		c->as_of.epoch = 0;
}

void hub_epoch(struct hub *h, uint64_t epoch)
{
	if (epoch == h->epoch)
		return;
	log_say(LOG_INFO, "epoch %" PRIu64 " after %" PRIu64, epoch, h->epoch);
	begin_anew(h);
	if (h->epoch) {
		each(h, CONN_WAIT, outdate);
		h->crossing = true;
		h->crossed_at = h->grown_at = times_now();
	}
	h->epoch = epoch;
}

void hub_place(struct conn *c)
{
	struct hub *h = c->hub;
	struct cursor_tape t = hub_tape(h);
	if (c->open && t.begun) {
		c->open = false;
		c->at.seq = t.first - 1;
	}
	switch (cursor_place(c->at, &t)) {
	case CURSOR_WAIT:
		conn_move(c, CONN_WAIT);
		break;
	case CURSOR_REPLAY:
		h->replays++;
		conn_move(c, CONN_REPLAY);
		loop_soon(h->loop, &c->task);
		break;
	case CURSOR_LIVE:
		conn_move(c, CONN_LIVE);
		loop_soon(h->loop, &c->task);
		break;
	case CURSOR_RESET:
		c->at = cursor_newest(c->at, &t);
		c->open = !t.begun;
		conn_move(c, CONN_LIVE);
		c->kind->reset(c);
		break;
	}
}

/* Whether the tape may still be being filled with the past of a new epoch. */
static bool crosses(struct hub *h)
{
	int64_t newest = ring_begun(h->ring) && ring_last(h->ring) >= ring_first(h->ring)
				 ? ring_get(h->ring, ring_last(h->ring)).at
				 : 0;
	h->crossing = h->crossing && newest < h->crossed_at - PRESENT_MS &&
		      times_now() < h->grown_at + STANDSTILL_MS;
	return h->crossing;
}

void hub_settle(struct hub *h)
{
	if (!h->epoch || crosses(h))
		return;
	h->settled = true;
	each(h, CONN_WAIT, hub_place);
}

/* Control events of another epoch than the one a connection was authorized in cannot be compared
 * with it: those of a later one send the client back to be authorized again, whatever they say. */
static bool applies(const struct hub *h, struct cursor as_of, uint64_t seq)
{
	return as_of.epoch == h->epoch ? seq > as_of.seq : as_of.epoch < h->epoch;
}

static enum conn_end reason(const struct hub *h, struct cursor as_of, enum control_what what)
{
	return what == CONTROL_ROLES || as_of.epoch != h->epoch ? CONN_END_ROLES : CONN_END_SESSION;
}

static void revoke(struct hub *h, const struct ring_entry *e)
{
	struct control control;
	char name[CONTROL_TOPIC];
	if (!control_parse(e->json, &control)) {
		log_say(LOG_ERROR, "control event %" PRIu64 " is not understood", e->seq);
		return;
	}
	control_topic(control.what, control.subject, name);
	size_t n = strlen(name);
	struct topic *t = topics_find(h->topics, topics_hash(name, n), name, n);
	for (struct topics_link *l = t ? topics_listeners(t) : NULL; l; l = l->next) {
		struct conn *c = l->owner;
		if (conn_serves(c) && applies(h, c->as_of, e->seq))
			c->kind->end(c, reason(h, c->as_of, control.what));
	}
}

bool hub_revoked(const struct hub *h, const struct ask *a, enum conn_end *why)
{
	struct cursor as_of = a->wish.as_of;
	struct control control;
	if (!ring_begun(h->ring) || as_of.epoch > h->epoch)
		return false;
	uint64_t seq = ring_first(h->ring);
	if (as_of.epoch == h->epoch && as_of.seq >= seq)
		seq = as_of.seq + 1;
	for (; seq <= ring_last(h->ring); seq++) {
		struct ring_entry e = ring_get(h->ring, seq);
		if (e.kind != RING_CONTROL || !control_parse(e.json, &control))
			continue;
		const char *mine = control.what == CONTROL_SESSION ? a->session : a->user;
		if (!strcmp(mine, control.subject) && applies(h, as_of, seq)) {
			*why = reason(h, as_of, control.what);
			return true;
		}
	}
	return false;
}

static void deliver(struct hub *h, const struct ring_entry *e)
{
	for (size_t i = 0; i < e->topics; i++) {
		struct ring_topic t = ring_topic(e, i);
		struct topic *topic = topics_find(h->topics, t.hash, t.name.text, t.name.length);
		struct topics_link *l = topic ? topics_listeners(topic) : NULL;
		for (; l; l = l->next) {
			struct conn *c = l->owner;
			if (c->state == CONN_LIVE && c->at.seq < e->seq)
				c->kind->event(c, e);
		}
	}
}

static void canary(struct hub *h, const struct ring_entry *e)
{
	struct scan_text data, sent;
	uint64_t ms;
	/* One that was read along with an old tape says nothing of the way it took. */
	if (!h->settled || !scan_member(e->json, "data", &data) ||
		!scan_member(data, "sent", &sent) || !cursor_number(sent.text, sent.length, &ms))
		return;
	h->lag = times_now() - (int64_t)ms;
	if (h->canary)
		h->canary(h->canary_arg, (int64_t)ms);
}

void hub_take(struct hub *h, const struct ring_event *event)
{
	if (ring_begun(h->ring) && event->seq <= ring_last(h->ring))
		return;
	if (ring_begun(h->ring) && event->seq > ring_last(h->ring) + 1) {
		h->gaps++;
		log_say(LOG_WARN, "the tape goes on at %" PRIu64 " after %" PRIu64, event->seq,
			ring_last(h->ring));
		begin_anew(h);
	} else if (!ring_begun(h->ring) && h->settled) {
		begin_anew(h);
	}
	ring_append(h->ring, event);
	if (h->crossing)
		h->grown_at = times_now();
	struct ring_entry e = ring_get(h->ring, event->seq);
	if (e.kind == RING_EVENT)
		deliver(h, &e);
	else if (e.kind == RING_CONTROL)
		revoke(h, &e);
	else
		canary(h, &e);
}

static void tell_pause(struct conn *c)
{
	if (c->kind->pause)
		c->kind->pause(c);
}

void hub_pause(struct hub *h, bool paused)
{
	if (h->paused == paused)
		return;
	h->paused = paused;
	log_say(LOG_WARN, paused ? "live updates are paused" : "live updates go on");
	each(h, CONN_WAIT, tell_pause);
	each(h, CONN_REPLAY, tell_pause);
	each(h, CONN_LIVE, tell_pause);
}

void hub_second(struct hub *h)
{
	ring_forget(h->ring, times_now() - h->limits.retention);
}

static void drain(struct conn *c)
{
	c->kind->end(c, CONN_END_DRAIN);
}

void hub_drain(struct hub *h)
{
	h->draining = true;
	each(h, CONN_WAIT, drain);
	each(h, CONN_REPLAY, drain);
	each(h, CONN_LIVE, drain);
}
