/* hub: the ring, the topics and the connections together: an event in, to everyone whom it
 * concerns.
 *
 * The tape reader tells it what is on the tape, in order; it keeps the ring gap-free, moves
 * connections to their places on it, and counts. Whenever the ring begins anew (another epoch, a
 * hole, the first event ever) every connection loses its place and gets it back in hub_settle(), by
 * the one rule in cursor_place(). */
#ifndef SSE_HUB_H
#define SSE_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn.h"
#include "cursor.h"

struct arena;
struct ask;
struct format;
struct loop;
struct ring;
struct ring_event;
struct topics;

struct hub_limits {
	int64_t keepalive, retention; /* milliseconds */
	size_t queue;		      /* bytes a live stream may owe */
	size_t streams;
};

struct hub {
	struct loop *loop; /* borrowed */
	struct hub_limits limits;
	struct ring *ring;
	struct topics *topics;
	struct format *format;
	struct arena *scratch; /* for one text at a time; reset by whoever used it */
	uint64_t epoch;	       /* 0: not known */
	bool settled, draining;
	bool paused;	    /* nothing new can come: clients are told, so that people know */
	bool crossing;	    /* the epoch changed, and its tape may still be being filled */
	int64_t crossed_at; /* Unix milliseconds: when that was noticed … */
	int64_t grown_at;   /* … and when the ring last grew since */
	struct conn *states[CONN_STATES];
	size_t counts[CONN_STATES];
	uint64_t delivered, cuts, replays, gaps, resets;
	int64_t lag; /* milliseconds the last canary took; -1: none yet */
	/* Told of canaries: set by the tape reader; may be NULL. */
	void (*canary)(void *arg, int64_t sent);
	void *canary_arg;
};

struct hub *hub_new(struct loop *l, const struct hub_limits *limits); /* caller frees */
/* Closes every connection. */
void hub_free(struct hub *h);

struct cursor_tape hub_tape(const struct hub *h);
size_t hub_streams(const struct hub *h); /* streams and polls that go on */

/* The epoch that the tape says; another one than before drops the ring. */
void hub_epoch(struct hub *h, uint64_t epoch);
/* The next event on the tape. One that is known is ignored; one after a hole begins the ring anew.
 */
void hub_take(struct hub *h, const struct ring_event *e);
/* The tape was read to its end. After a change of epoch the relay fills the tape anew from the
 * oldest event on; then nothing settles before it has reached the present, or what is old would be
 * told as news to everyone who was reset. */
void hub_settle(struct hub *h);
/* Says whether the way from the database is interrupted; every stream is told of a change. */
void hub_pause(struct hub *h, bool paused);
/* Once a second: forgets what is too old to be replayed. */
void hub_second(struct hub *h);

/* Puts a connection where its cursor belongs. */
void hub_place(struct conn *c);
/* Whether a control event after the request's authorization ends it before it began. */
bool hub_revoked(const struct hub *h, const struct ask *a, enum conn_end *why);
/* Ends streams and polls; those that come now end at once. */
void hub_drain(struct hub *h);

#endif
