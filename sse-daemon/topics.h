/* topics: who listens to what.
 *
 * A topic is kept once, however many listen, from its first subscription to the end of its last. A
 * subscription is a link in its topic's list; a stream's subscriptions are one array, so an idle
 * stream costs a few machine words per topic. */
#ifndef SSE_TOPICS_H
#define SSE_TOPICS_H

#include <stddef.h>
#include <stdint.h>

struct topics;
struct topic;

struct topics_link {
	struct topic *topic;
	void *owner; /* borrowed */
	struct topics_link *prev, *next;
};

uint64_t topics_hash(const char *name, size_t n);

struct topics *topics_new(void); /* caller frees; no subscription may be left */
void topics_free(struct topics *t);
size_t topics_count(const struct topics *t);

/* The topic if anybody listens to it, else NULL. Borrowed until its last subscription ends. */
struct topic *topics_find(const struct topics *t, uint64_t hash, const char *name, size_t n);
/* First of its subscriptions; go on by ->next. Borrowed. */
struct topics_link *topics_listeners(const struct topic *topic);

/* Puts a link (the caller's memory, with its owner set) into the list of a topic. */
void topics_join(struct topics *t, struct topics_link *link, const char *name, size_t n);
void topics_leave(struct topics *t, struct topics_link *link);

#endif
