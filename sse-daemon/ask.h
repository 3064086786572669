/* ask: what a request asks for: path and X-Stream-* fields, checked.
 *
 * The fields are set by cgi/auth and nginx, never by a client, but for the cursor, which is passed
 * on as it came. A missing or malformed field of ours is a fault in the configuration and refused:
 * to guess (never expires, authorized now) would fail open. No topics at all is allowed and hears
 * nothing. */
#ifndef SSE_ASK_H
#define SSE_ASK_H

#include <stdint.h>

#include "cursor.h"

struct head;

enum ask_what { ASK_STREAM, ASK_POLL, ASK_STATS };

struct ask {
	enum ask_what what;
	struct cursor_wish wish;
	const char *topics; /* comma-separated; printable ASCII without quote or backslash */
	char user[37], session[37]; /* UUIDs, lower case */
	int64_t expires;	    /* Unix seconds */
	unsigned form;		    /* format.h */
	int wait;		    /* seconds; polls */
	const char *request_id;	    /* "" when none that may be repeated */
};

/* 0, or the HTTP status to refuse with: 400, 404 or 405. Text is borrowed from the head. */
int ask_parse(const struct head *h, struct ask *out);

#endif
