/* format: what goes over a stream, as text/event-stream (WHATWG HTML, section 9.2) and as JSON.
 *
 * An event is formatted once for each form that a receiver asked for; the last few hundred stay at
 * hand, so that ten thousand streams replaying the same minute share one copy. Messages of the
 * stream itself have the envelope of an event. */
#ifndef SSE_FORMAT_H
#define SSE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "cursor.h"
#include "ring.h"

struct buf;
struct message;
struct format;

/* A form: any of these together. */
enum { FORMAT_NAMED = 1, FORMAT_S2 = 2, FORMAT_FORMS = 4 };

/* A message of the stream itself. */
struct format_note {
	const char *type;
	const char *id;
	const char *topics; /* comma-separated; "" for none; no character that JSON escapes */
	int retry;	    /* milliseconds; 0: say nothing */
	unsigned form;
	int64_t at; /* Unix milliseconds */
};

struct format *format_new(void); /* caller frees */
void format_free(struct format *f);
/* Forgets what is at hand: numbers begin to mean something else. */
void format_clear(struct format *f);

/* The message of an event. One reference is the caller's. */
struct message *format_event(
	struct format *f, uint64_t epoch, const struct ring_entry *e, unsigned form);
/* "id:" and a comment: it moves the client's Last-Event-ID (which is set when a message is
 * dispatched, before it is found to have no data) and nothing else. */
struct message *format_keepalive(struct format *f, struct cursor at);

/* The same as text, for heads, polls and tests. */
void format_event_text(struct buf *b, uint64_t epoch, const struct ring_entry *e, unsigned form);
void format_note_text(struct buf *b, const struct format_note *n);
void format_note_json(struct buf *b, const struct format_note *n);
/* The JSON of an event in the names of the form. */
void format_event_json(struct buf *b, const struct ring_entry *e, unsigned form);

#endif
