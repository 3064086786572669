/* Whatever an entry of the tape holds, it keeps its number, and what it becomes has nothing in it
 * that could end a line or a text. The lines of the input are the id, then names and values of
 * fields. */
#include "fuzz.h"

#include <hiredis/hiredis.h>

#include "log.h"
#include "../../sse-daemon/cursor.h"
#include "../../sse-daemon/entry.h"

enum { FIELDS = 16 };

/* "!" is a reply that is not a string. Arena. */
static redisReply *reply(struct arena *a, const uint8_t **data, size_t *size)
{
	redisReply *r = arena_alloc(a, sizeof *r);
	const uint8_t *from = *data;

	r->str = fuzz_line(a, data, size);
	r->len = (size_t)(*data - from);
	if (r->len > 0 && from[r->len - 1] == '\n')
		r->len--;
	r->type = strcmp(r->str, "!") == 0 ? REDIS_REPLY_NIL : REDIS_REPLY_STRING;
	return r;
}

static void is_harmless(const struct ring_event *e)
{
	for (size_t i = 0; i < e->type.length; i++)
		HOLDS(e->type.text[i] > ' ' && e->type.text[i] <= '~' && e->type.text[i] != '"');
	for (size_t i = 0; i < e->topics.length; i++)
		HOLDS(e->topics.text[i] > ' ' && e->topics.text[i] <= '~');
	HOLDS(!e->topics.length || (e->type.length && e->json.length));
	if (e->type.length)
		HOLDS(!memchr(e->json.text, '\0', e->json.length));
	HOLDS((e->kind == RING_EVENT) ==
		!((e->type.length == 7 && !memcmp(e->type.text, "control", 7)) ||
			(e->type.length == 6 && !memcmp(e->type.text, "canary", 6))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	redisReply *id, *fields[FIELDS], *whole[2];
	redisReply inner = {.type = REDIS_REPLY_ARRAY, .element = fields};
	redisReply outer = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = whole};
	struct entry e;
	struct ring_event event;
	uint64_t seq;

	log_open("push_entry", (enum log_level)(LOG_ERROR + 1));
	id = reply(a, &data, &size);
	whole[0] = id;
	whole[1] = &inner;
	while (size > 0 && inner.elements < FIELDS)
		fields[inner.elements++] = reply(a, &data, &size);
	if (!entry_tape(&outer, &e)) {
		HOLDS(id->type != REDIS_REPLY_STRING || id->len < 3 ||
			memcmp(id->str + id->len - 2, "-0", 2) ||
			!cursor_number(id->str, id->len - 2, &seq));
		return 0;
	}
	HOLDS(cursor_number(id->str, id->len - 2, &seq) && e.id.seq == seq && !e.tick);
	event = entry_event(&e, 1234567);
	HOLDS(event.seq == seq && event.at >= 0);
	is_harmless(&event);
	return 0;
}
