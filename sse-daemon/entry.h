/* entry: an event as Redis has it: an entry of the tape, or what is published with it.
 *
 * What is malformed still has its number, or the ring would have a hole; it is then an event
 * without type and topics, which concerns nobody. */
#ifndef SSE_ENTRY_H
#define SSE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"
#include "ring.h"

struct redisReply;

struct entry {
	struct cursor id;		     /* of an entry of the tape the seq only */
	bool tick;			     /* no event: the id is the last on the tape */
	struct scan_text type, topics, json; /* borrowed */
};

/* "<epoch>-<seq> <type> <topics> <JSON>", or "<epoch>-<seq> tick". False without a proper id. */
bool entry_payload(const char *s, size_t n, struct entry *out);
/* An element of XRANGE's reply: ["<seq>-0", [field, value, …]]. False without a proper id. */
bool entry_tape(const struct redisReply *r, struct entry *out);

/* As the ring takes it; its age counts from its "at", or from `now` (Unix milliseconds). Borrows
 * the same text. */
struct ring_event entry_event(const struct entry *e, int64_t now);

#endif
