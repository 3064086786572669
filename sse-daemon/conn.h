/* conn: one connection from nginx: its request head, its bytes out, its end.
 *
 * A connection is in one state, which is a list in the hub; conn_move() is the only way from one to
 * another. What it is for, a stream or a poll, is its kind: a table of what to do when. A
 * connection that is closed in the middle of a turn stays in memory to its end, so whoever walks
 * over connections may close them. */
#ifndef SSE_CONN_H
#define SSE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"
#include "loop.h"
#include "queue.h"

struct ask;
struct conn;
struct hub;
struct message;
struct ring_entry;
struct topics_link;

enum conn_state {
	CONN_HEAD,    /* its request is being read */
	CONN_WAIT,    /* its place on the tape is not known yet */
	CONN_REPLAY,  /* goes through the ring, from its cursor on */
	CONN_LIVE,    /* has passed over all of the ring; gets events as they come */
	CONN_CLOSING, /* sends what it still owes, then is closed */
	CONN_CLOSED,
	CONN_STATES
};

enum conn_end { CONN_END_SESSION, CONN_END_ROLES, CONN_END_DRAIN };

struct conn_kind {
	void (*work)(struct conn *c); /* replay some; send */
	void (*event)(
		struct conn *c, const struct ring_entry *e); /* live, after its cursor, its topic */
	void (*reset)(struct conn *c); /* what comes after its cursor is gone */
	void (*due)(struct conn *c);   /* its timer */
	void (*end)(struct conn *c, enum conn_end why);
	void (*pause)(struct conn *c); /* the hub's `paused` changed; NULL: it is not told */
};

struct conn {
	struct loop_source source;
	struct loop_timer timer;
	struct loop_task task;
	struct conn *prev, *next; /* in the list of its state */
	struct hub *hub;
	const struct conn_kind *kind; /* NULL until its request is known */
	struct conn_head *head;	      /* NULL once read */
	struct topics_link *links;
	char *request_id; /* a poll's; owned */
	struct queue out;
	struct cursor at;    /* everything up to it was passed over, or is in `out` */
	struct cursor as_of; /* when it was authorized: later control events count */
	int64_t expires;     /* Unix milliseconds; a stream's */
	uint16_t link_count;
	uint8_t state;	/* enum conn_state */
	uint8_t form;	/* format.h */
	uint8_t stalls; /* keep-alives due since a byte last went out */
	bool blocked;	/* the socket takes no more until it says so */
	bool open; /* a reset put it before a tape that has not begun: takes it from its first event
		    */
	bool over; /* a poll whose time is up answers when it has looked through the ring */
};

/* Takes the accepted, non-blocking file and waits for a request. */
void conn_accept(struct hub *hub, int fd);
void conn_move(struct conn *c, enum conn_state to);
/* Whether it is a stream or poll that goes on. */
bool conn_serves(const struct conn *c);

/* Listens to the topics of the request, and to the revocation of its session and user. */
void conn_subscribe(struct conn *c, const struct ask *a);
bool conn_wants(const struct conn *c, const struct ring_entry *e);

/* Takes over the caller's reference; sent at the end of the turn. */
void conn_push(struct conn *c, struct message *m);
/* Sends what it can at once. May close. */
void conn_flush(struct conn *c);
/* No more of anything but what is owed; then the end, at the latest in half a second. */
void conn_finish(struct conn *c);
void conn_close(struct conn *c);

#endif
