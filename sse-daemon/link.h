/* link: one connection to Redis that never blocks the loop: commands out, replies in order.
 *
 * hiredis parses the replies. It does not reconnect, time out or know what a reply belongs to: that
 * is its owner's. A host name is looked up when connecting, which may take its time; name a socket
 * or an address. */
#ifndef SSE_LINK_H
#define SSE_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct link;
struct loop;
struct redisReply;
struct redis_url;

struct link_calls {
	void (*up)(void *arg);
	void (*reply)(void *arg, const struct redisReply *r); /* borrowed for the call */
	void (*down)(void *arg, const char *why); /* closed already; not after link_close() */
};

/* Does not connect yet. All but `calls` (static) is borrowed. Caller frees. */
struct link *link_new(
	struct loop *l, const struct redis_url *a, const struct link_calls *calls, void *arg);
void link_free(struct link *k);

/* Begins to connect; `up` or `down` follows, even before it returns. It must be closed. */
void link_open(struct link *k);
void link_close(struct link *k);
bool link_is_open(const struct link *k); /* or about to be */

/* A command of NUL-terminated words. Nothing when it is not open. */
void link_send(struct link *k, size_t count, const char *const *words);

#endif
