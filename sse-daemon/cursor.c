/* cursor: text to positions and back, and the rules of where a stream begins. */
#include "cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MOST = 19 };

bool cursor_number(const char *s, size_t n, uint64_t *out)
{
	uint64_t value = 0;
	if (!n || n > DIGITS_MOST || (*s == '0' && n > 1))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(s[i] - '0');
	}
	*out = value;
	return true;
}

bool cursor_parse(const char *s, size_t n, struct cursor *out)
{
	const char *dash = memchr(s, '-', n);
	struct cursor c;
	if (!dash)
		return false;
	size_t epoch = (size_t)(dash - s);
	if (!cursor_number(s, epoch, &c.epoch) || !c.epoch ||
		!cursor_number(dash + 1, n - epoch - 1, &c.seq))
		return false;
	*out = c;
	return true;
}

void cursor_format(struct cursor c, char out[CURSOR_TEXT])
{
	snprintf(out, CURSOR_TEXT, "%" PRIu64 "-%" PRIu64, c.epoch, c.seq);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct cursor_start cursor_start(const struct cursor_wish *w, const struct cursor_tape *t)
{
	uint64_t epoch = larger(w->as_of.epoch, t->epoch), issued = 0;
	if (w->as_of.epoch == epoch)
		issued = w->as_of.seq;
	if (t->epoch == epoch && t->begun)
		issued = larger(issued, t->last);

	struct cursor given;
	size_t n = strlen(w->cursor);
	if (!n && w->as_of.epoch == epoch)
		return (struct cursor_start){.at = w->as_of};
	if (cursor_parse(w->cursor, n, &given) && given.epoch == epoch && given.seq <= issued &&
		given.seq >= w->since && w->since != UINT64_MAX)
		return (struct cursor_start){.at = given, .resumed = true};
	/* The newest position known: what the client loads after the reset is younger. */
	if (w->since != UINT64_MAX)
		issued = larger(issued, w->since);
	return (struct cursor_start){.at = {epoch, issued}, .reset = true};
}

enum cursor_place cursor_place(struct cursor at, const struct cursor_tape *t)
{
	if (!t->settled || at.epoch > t->epoch)
		return CURSOR_WAIT;
	if (at.epoch < t->epoch)
		return CURSOR_RESET;
	if (!t->begun)
		return CURSOR_LIVE;
	if (at.seq + 1 < t->first)
		return CURSOR_RESET;
	return at.seq < t->last ? CURSOR_REPLAY : CURSOR_LIVE;
}

struct cursor cursor_newest(struct cursor at, const struct cursor_tape *t)
{
	struct cursor newest = {t->epoch, t->begun ? t->last : 0};
	if (at.epoch == t->epoch)
		newest.seq = larger(newest.seq, at.seq);
	return newest;
}
