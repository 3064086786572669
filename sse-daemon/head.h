/* head: the head of an HTTP/1.1 request (RFC 9112), strict and bounded.
 *
 * A pure function over bytes: no allocation, no I/O. It refuses what a proxy and we might read
 * differently: bare CR or LF, folded lines, space before the colon, control characters, any version
 * but 1.0 and 1.1, more than HEAD_FIELDS fields or HEAD_MOST bytes. It leaves bodies to nobody: no
 * request that is served here has one. */
#ifndef SSE_HEAD_H
#define SSE_HEAD_H

#include <stddef.h>

enum { HEAD_MOST = 32768, HEAD_FIELDS = 64 };

struct head_field {
	const char *name, *value; /* NUL-terminated; in the caller's bytes */
};

struct head {
	const char *method, *target;
	size_t count;
	struct head_field fields[HEAD_FIELDS];
};

enum head_result { HEAD_OK, HEAD_MORE, HEAD_BAD, HEAD_LARGE };

/* Reads a head at the begin of `n` bytes. HEAD_OK cuts the bytes into strings that `out` points to
 * (borrowed from `bytes`); the other results leave them as they were. HEAD_MORE: no end of the head
 * yet. */
enum head_result head_parse(char *bytes, size_t n, struct head *out);

/* The value of a field, the name in any case. NULL when it is missing or there more than once: for
 * what is read here a second one is never right. Borrowed. */
const char *head_value(const struct head *h, const char *name);

#endif
