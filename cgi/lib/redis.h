/* redis: one connection per process, with a time-out and a circuit breaker.
 *
 * Redis is a convenience here: every caller must have an answer for NULL. After a failure the
 * breaker opens and calls return NULL at once, for 100 ms at first, doubling to 2 s; then one call
 * tries again. hiredis 0.14, over a Unix socket or TCP. */
#ifndef GH_REDIS_H
#define GH_REDIS_H

#include <stdbool.h>
#include <stddef.h>

struct redisReply;

/* redis://[:password@]host:port[/db], unix:///path, or unix:/path. Time-out of connect and of each
 * command in milliseconds. Borrowed for good. Does not connect yet. -1 for a bad URL. */
int redis_setup(const char *url, int timeout_ms);
/* One command; NULL when Redis is away (never an error reply: that is logged and NULL too). Caller
 * frees with freeReplyObject(). */
struct redisReply *redis_command(int argc, const char **argv, const size_t *lengths);
/* EVALSHA with EVAL on NOSCRIPT. `script` must be static (its SHA-1 is kept by address). */
struct redisReply *redis_script(
	const char *script, int keys, int argc, const char **argv, const size_t *lengths);
bool redis_available(void); /* breaker closed or due for a try; no I/O */
void redis_close(void);	    /* after a fork, before the first use in the child */

#endif
