/* Whatever is published as an event, no client gets more than one message of it, and control events
 * are read without harm. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "log.h"
#include "../../sse-daemon/control.h"
#include "../../sse-daemon/entry.h"
#include "../../sse-daemon/format.h"
#include "../../sse-daemon/ring.h"

static void check_message(struct arena *a, const struct ring_entry *e, unsigned form)
{
	size_t lines = 0;
	struct buf b;
	buf_init(&b, a);
	format_event_text(&b, 1, e, form);
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] == '\r' || b.data[i] == '\0')
			abort();
		else if (b.data[i] == '\n')
			lines++;
	if (lines != (form & FORMAT_NAMED ? 4 : 3) || b.data[b.len - 2] != '\n')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ring *ring;
	static struct arena *arena;
	struct entry entry;
	struct control control;
	char *bytes = malloc(size ? size : 1);

	if (!bytes)
		abort();
	if (!ring) {
		ring = ring_new();
		arena = arena_new(4096);
		log_open("push_event", (enum log_level)(LOG_ERROR + 1));
	}
	if (size)
		memcpy(bytes, data, size);
	if (entry_payload(bytes, size, &entry) && !entry.tick) {
		struct ring_event event = entry_event(&entry, 0);
		ring_clear(ring);
		ring_append(ring, &event);
		struct ring_entry e = ring_get(ring, event.seq);
		for (size_t i = 0; i < e.topics; i++)
			if (memchr(ring_topic(&e, i).name.text, ',', ring_topic(&e, i).name.length))
				abort();
		for (unsigned form = 0; e.topics && form < FORMAT_FORMS; form++)
			check_message(arena, &e, form);
		if (control_parse(e.json, &control) && strlen(control.subject) != 36)
			abort();
	}
	arena_reset(arena);
	free(bytes);
	return 0;
}
