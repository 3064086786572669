/* buf: a growing byte string in an arena, and a JSON writer on it.
 *
 * Write, write, write, and look once at the end: no call fails (the arena aborts when memory ends).
 * JSON that comes out of PostgreSQL is passed through with buf_puts(); this writer is for the
 * little that C says by itself: problems, log lines, the route list. */
#ifndef GH_BUF_H
#define GH_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct buf {
	struct arena *arena;
	char *data; /* NUL-terminated; arena */
	size_t len, cap;
	bool comma; /* the JSON writer's: a separator is due before the next value */
};

void buf_init(struct buf *b, struct arena *a);
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* JSON (RFC 8259). Strings are taken as UTF-8; bytes that are not come out as U+FFFD; control
 * characters are escaped. A NULL string is written as null. `key` is NULL inside an array. */
void put_open(struct buf *b, const char *key, char bracket); /* '{' or '[' */
void put_close(struct buf *b, char bracket);		     /* '}' or ']' */
void put_string(struct buf *b, const char *key, const char *value);
void put_number(struct buf *b, const char *key, long long value);
void put_bool(struct buf *b, const char *key, bool value);
void put_raw(struct buf *b, const char *key, const char *json); /* already JSON */

#endif
