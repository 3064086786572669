/* arena: blocks in a list, a cursor in the newest one.
 *
 * Memory not handed out is always zero (fresh blocks come from calloc, reset wipes what was taken),
 * so an allocation is a pointer bump. Under AddressSanitizer all that is not handed out is poisoned
 * and a gap is left behind every allocation, so that running past the end of one is found here as
 * it is with malloc. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define __asan_poison_memory_region(p, n) ((void)(p), (void)(n))
#define __asan_unpoison_memory_region(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum { ALIGNMENT = alignof(max_align_t) };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	size_t block;	       /* size of an ordinary block */
	size_t taken;	       /* bytes asked for since the last reset */
	struct block *first;   /* kept by reset */
	struct block *current; /* the one with room */
	struct block *more;    /* all others, current included when it is not the first */
};

static _Noreturn void arena_die(const char *why)
{
	fprintf(stderr, "arena: %s\n", why);
	abort();
}

static struct block *block_new(size_t size)
{
	struct block *b = calloc(1, sizeof *b + size);
	if (!b)
		arena_die("out of memory");
	b->size = size;
	__asan_poison_memory_region(b->bytes, size);
	return b;
}

static void block_wipe(struct block *b)
{
	__asan_unpoison_memory_region(b->bytes, b->size);
	explicit_bzero(b->bytes, b->used);
	b->used = 0;
}

struct arena *arena_new(size_t block)
{
	struct arena *a = calloc(1, sizeof *a);
	if (!a)
		arena_die("out of memory");
	a->block = block < 64 ? 64 : block;
	a->first = a->current = block_new(a->block);
	return a;
}

static void arena_drop_more(struct arena *a)
{
	while (a->more) {
		struct block *b = a->more;
		a->more = b->next;
		block_wipe(b);
		free(b);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_drop_more(a);
	block_wipe(a->first);
	free(a->first);
	free(a);
}

/* A block with room for n: a wish larger than an ordinary block gets one of its own, and the
 * current block stays current. */
static struct block *arena_room(struct arena *a, size_t n)
{
	if (n <= a->current->size - a->current->used)
		return a->current;
	struct block *b = block_new(n > a->block ? n : a->block);
	b->next = a->more;
	a->more = b;
	if (n <= a->block)
		a->current = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > PTRDIFF_MAX / 2)
		arena_die("a wish larger than the address space");
	/* Even nothing has an address of its own. */
	size_t whole = ((n ? n : 1) + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct block *b = arena_room(a, whole);
	unsigned char *p = b->bytes + b->used;
	b->used += whole;
	a->taken += n;
	__asan_unpoison_memory_region(p, n);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	n = strnlen(s, n);
	char *copy = arena_alloc(a, n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	char *copy = arena_alloc(a, n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		arena_die("a text that cannot be formatted");
	char *text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, ap);
	return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *text = arena_vprintf(a, format, ap);
	va_end(ap);
	return text;
}

void arena_reset(struct arena *a)
{
	arena_drop_more(a);
	block_wipe(a->first);
	__asan_poison_memory_region(a->first->bytes, a->first->size);
	a->current = a->first;
	a->taken = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->taken;
}
