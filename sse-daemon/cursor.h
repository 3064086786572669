/* cursor: positions on the tape, and where a stream begins.
 *
 * A position is `<epoch>-<seq>`: everything up to seq was passed over. The decisions here are pure
 * functions; what they are decided from is gathered by their callers. */
#ifndef SSE_CURSOR_H
#define SSE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CURSOR_TEXT = 42 }; /* two numbers, the dash and the NUL */

/* What is sent as id while a reset is due: it resumes nowhere, so a client that breaks off before
 * the reset reached it gets one again. */
#define CURSOR_NOWHERE "0-0"

struct cursor {
	uint64_t epoch, seq;
};

/* What is known of the tape. `epoch` 0: nothing yet. `settled`: it was read to its end in this
 * epoch. `begun`: it holds or held something; then first - 1 <= last. */
struct cursor_tape {
	uint64_t epoch;
	bool settled, begun;
	uint64_t first, last;
};

/* What the request said. */
struct cursor_wish {
	struct cursor as_of; /* the counter when the request was authorized */
	const char *cursor;  /* as the client gave it; borrowed; "" for none */
	uint64_t since; /* number of the actor's last role change; UINT64_MAX: not numbered yet */
};

struct cursor_start {
	struct cursor at;
	bool reset;   /* what the client missed cannot be told; `at` is where it goes on */
	bool resumed; /* `at` is the client's own */
};

enum cursor_place {
	CURSOR_WAIT,   /* until the tape is known */
	CURSOR_REPLAY, /* events after it are on the tape already */
	CURSOR_LIVE,   /* the next event to come is its next, or it is ahead of a tape being rebuilt
			*/
	CURSOR_RESET   /* the tape no longer has what comes after it */
};

/* Strict: decimal, no sign, no leading zero, at most 19 digits each, epoch from 1. */
bool cursor_parse(const char *s, size_t n, struct cursor *out);
void cursor_format(struct cursor c, char out[CURSOR_TEXT]);
/* A decimal number as above. */
bool cursor_number(const char *s, size_t n, uint64_t *out);

/* The epoch to go by is the newer of the tape's and the authorization's. A client's cursor counts
 * when it is of that epoch, was ever given out, and is no older than the role change. */
struct cursor_start cursor_start(const struct cursor_wish *w, const struct cursor_tape *t);
enum cursor_place cursor_place(struct cursor at, const struct cursor_tape *t);
/* Where a stream goes on after a reset found later: the end of the tape, or `at` if that is
 * further. */
struct cursor cursor_newest(struct cursor at, const struct cursor_tape *t);

#endif
