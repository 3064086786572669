/* ring: the events that can be replayed, a gap-free run of numbers of one epoch.
 *
 * It holds what the tape held and forgets by age; it grows as the tape does and has no bound of its
 * own. Entries are plain bytes found by number (offsets in chunks, hashes, no pointers inside), and
 * readers only ever ask by number, so that it can later lie in memory shared by several processes,
 * one writing. It knows nothing of streams. */
#ifndef SSE_RING_H
#define SSE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan.h"

struct ring;

enum ring_kind { RING_EVENT, RING_CONTROL, RING_CANARY };

/* An event as it comes from the tape; all text borrowed. */
struct ring_event {
	uint64_t seq;
	int64_t at; /* Unix milliseconds; what its age is counted from */
	enum ring_kind kind;
	struct scan_text type, topics, json; /* topics: comma-separated */
};

struct ring_topic {
	uint64_t hash;
	struct scan_text name;
};

/* An entry to read. Borrowed until the ring is next written to. */
struct ring_entry {
	uint64_t seq;
	int64_t at;
	enum ring_kind kind;
	struct scan_text type, json;
	const char *record; /* for ring_topic() */
	size_t topics;
};

struct ring *ring_new(void); /* caller frees */
void ring_free(struct ring *r);

/* Forgets everything; the next entry may have any number. */
void ring_clear(struct ring *r);
/* False until the first entry after a clear; the other three mean nothing till then. */
bool ring_begun(const struct ring *r);
uint64_t ring_first(const struct ring *r); /* last + 1 when all is forgotten */
uint64_t ring_last(const struct ring *r);
size_t ring_bytes(const struct ring *r);

/* The number must be the last one plus 1 (or any, to begin with). Line ends in the JSON become
 * blanks: a stream's message is one line. */
void ring_append(struct ring *r, const struct ring_event *e);
/* `seq` must be within first and last. */
struct ring_entry ring_get(const struct ring *r, uint64_t seq);
struct ring_topic ring_topic(const struct ring_entry *e, size_t i); /* i < e->topics */
/* Forgets entries from the oldest on while they are from before `at`. */
void ring_forget(struct ring *r, int64_t at);

#endif
