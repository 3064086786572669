/* fuzz: what every fuzzer needs: its claims, an arena, and its input as text.
 *
 * A claim that does not hold ends the fuzzer, which then keeps the input. Text lies in the arena,
 * so that under AddressSanitizer reading past its NUL is found. */
#ifndef GH_FUZZ_H
#define GH_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define HOLDS(claim) fuzz_holds(claim, #claim, __FILE__, __LINE__)

static inline void fuzz_holds(bool holds, const char *claim, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

/* The memory of one input: empty at the begin of each, when `fresh`. */
static inline struct arena *fuzz_arena(bool fresh)
{
	static struct arena *a;

	if (!a)
		a = arena_new(65536);
	if (fresh)
		arena_reset(a);
	return a;
}

/* All n bytes and a NUL; there may be NULs inside. Arena. */
static inline char *fuzz_text(struct arena *a, const void *bytes, size_t n)
{
	char *text = arena_alloc(a, n + 1);

	if (n)
		memcpy(text, bytes, n);
	return text;
}

/* Cuts the next line off *rest, of which *n bytes are left; without its end. Arena. */
static inline char *fuzz_line(struct arena *a, const uint8_t **rest, size_t *n)
{
	const uint8_t *end = *n ? memchr(*rest, '\n', *n) : NULL;
	size_t length = end ? (size_t)(end - *rest) : *n;
	char *line = fuzz_text(a, *rest, length);

	length += end != NULL;
	*rest += length;
	*n -= length;
	return line;
}

#endif
