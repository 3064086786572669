/* Where a stream begins, whatever was known and asked: never before a role change, never past what
 * was given out, and never silently elsewhere than the client was. Then that its place on the tape
 * is the one that loses and repeats nothing. The first six bytes are small numbers, so that they
 * meet; the rest is the client's cursor. */
#include "fuzz.h"

#include "../../sse-daemon/cursor.h"

enum { EPOCHS = 4, NUMBERS = 16 };

static uint64_t newer(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The last number known to have been given out in an epoch. */
static uint64_t issued(const struct cursor_wish *w, const struct cursor_tape *t, uint64_t epoch)
{
	return newer(w->as_of.epoch == epoch ? w->as_of.seq : 0,
		t->epoch == epoch && t->begun ? t->last : 0);
}

static void begins_where_it_may(const struct cursor_wish *w, const struct cursor_tape *t)
{
	struct cursor_start s = cursor_start(w, t);
	struct cursor asked = {0, 0};
	bool proper = cursor_parse(w->cursor, strlen(w->cursor), &asked);
	uint64_t epoch = newer(w->as_of.epoch, t->epoch), last = issued(w, t, epoch);

	HOLDS(s.at.epoch == epoch && !(s.reset && s.resumed));
	if (s.resumed) {
		HOLDS(proper && s.at.epoch == asked.epoch && s.at.seq == asked.seq);
		HOLDS(s.at.seq >= w->since && w->since != UINT64_MAX && s.at.seq <= last);
	} else if (s.reset) {
		HOLDS(s.at.seq >= last && (w->since == UINT64_MAX || s.at.seq >= w->since));
		HOLDS(!(proper && asked.epoch == epoch && asked.seq >= w->since &&
			asked.seq <= last && w->since != UINT64_MAX));
	} else {
		HOLDS(!*w->cursor && s.at.epoch == w->as_of.epoch && s.at.seq == w->as_of.seq);
	}
}

static void is_placed_where_it_belongs(struct cursor at, const struct cursor_tape *t)
{
	struct cursor newest = cursor_newest(at, t);

	switch (cursor_place(at, t)) {
	case CURSOR_WAIT:
		HOLDS(!t->settled || at.epoch > t->epoch);
		break;
	case CURSOR_REPLAY: /* the next one is there */
		HOLDS(t->settled && t->begun && at.epoch == t->epoch);
		HOLDS(at.seq + 1 >= t->first && at.seq + 1 <= t->last);
		break;
	case CURSOR_LIVE: /* nothing after it was there */
		HOLDS(t->settled && at.epoch == t->epoch && (!t->begun || at.seq >= t->last));
		break;
	case CURSOR_RESET: /* something after it may be gone */
		HOLDS(t->settled);
		HOLDS(at.epoch < t->epoch || (t->begun && at.seq + 1 < t->first));
		HOLDS(newest.epoch == t->epoch && (!t->begun || newest.seq >= t->last));
		HOLDS(cursor_place(newest, t) == CURSOR_LIVE);
		break;
	}
}

static void reads_back(const char *s, size_t n)
{
	struct cursor c, again;
	char text[CURSOR_TEXT];

	if (!cursor_parse(s, n, &c))
		return;
	cursor_format(c, text);
	HOLDS(strlen(text) == n && memcmp(text, s, n) == 0);
	HOLDS(cursor_parse(text, n, &again) && again.epoch == c.epoch && again.seq == c.seq);
	HOLDS(c.epoch > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	struct cursor_wish w;
	struct cursor_tape t;
	const char *cursor;

	reads_back((const char *)data, size);
	if (size < 6)
		return 0;
	cursor = fuzz_text(a, data + 6, size - 6);
	w = (struct cursor_wish){
		.as_of = {1 + data[0] % EPOCHS, data[1] % NUMBERS},
		.cursor = cursor,
		.since = data[2] == 255 ? UINT64_MAX : data[2] % NUMBERS,
	};
	t = (struct cursor_tape){
		.epoch = data[3] % EPOCHS,
		.settled = data[3] & 128,
		.begun = data[3] & 64,
		.first = 1 + data[4] % NUMBERS,
	};
	t.last = t.first - 1 + data[5] % NUMBERS;
	if (!t.epoch)
		t.settled = t.begun = false;
	begins_where_it_may(&w, &t);
	is_placed_where_it_belongs(cursor_start(&w, &t).at, &t);
	return 0;
}
