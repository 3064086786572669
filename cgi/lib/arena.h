/* arena: the memory of one request.
 *
 * Everything a request needs is taken from its arena and is gone, wiped, at arena_reset(); nothing
 * is freed one by one. Allocation never returns NULL: a process that has no memory left aborts and
 * its parent starts another. The price: memory taken in a loop stays until the request ends. */
#ifndef GH_ARENA_H
#define GH_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena whose blocks hold `block` bytes (larger wishes get a block of their own). Caller
 * frees with arena_free(). */
struct arena *arena_new(size_t block);
void arena_free(struct arena *a);

/* Zeroed memory, aligned for any type. Arena. */
void *arena_alloc(struct arena *a, size_t n);

/* Copies, NUL-terminated. Arena. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0), nonnull(2)));

/* Wipes and forgets everything taken so far; keeps the first block. Poisons it under ASan. */
void arena_reset(struct arena *a);

/* Bytes taken since the last reset (for tests and metrics). */
size_t arena_used(const struct arena *a);

#endif
