/* ring: chunks of records, and a circle of slots that says where the record of a number lies.
 *
 * A record is a header, the topics (hash, place, length), then the bytes of type, topics and JSON.
 * Chunks are freed from the front when their last record is forgotten. */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "topics.h"

enum { CHUNK = 1 << 20, SLOTS = 1024, CHUNKS = 16 };

struct chunk {
	size_t size, used;
	size_t records;
	char bytes[];
};

struct slot {
	uint32_t chunk; /* number since the last clear, modulo 2^32 */
	uint32_t offset;
};

struct record_topic {
	uint64_t hash;
	uint32_t from, length;
};

struct record {
	int64_t at;
	uint32_t type, topics, json; /* lengths */
	uint16_t topic_count;
	uint16_t kind;
	struct record_topic topic[];
};

struct ring {
	bool begun;
	uint64_t first, next;
	struct slot *slots; /* circle by number; room is a power of two */
	size_t slot_room;
	struct chunk **chunks; /* circle by chunk number; likewise */
	size_t chunk_room;
	uint32_t chunk_first, chunk_next;
	size_t bytes;
};

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

struct ring *ring_new(void)
{
	struct ring *r = need(calloc(1, sizeof *r));
	r->slot_room = SLOTS;
	r->slots = need(calloc(SLOTS, sizeof *r->slots));
	r->chunk_room = CHUNKS;
	r->chunks = need(calloc(CHUNKS, sizeof(struct chunk *)));
	return r;
}

static struct chunk **chunk_at(const struct ring *r, uint32_t number)
{
	return &r->chunks[number & (r->chunk_room - 1)];
}

static struct slot *slot_at(const struct ring *r, uint64_t seq)
{
	return &r->slots[seq & (r->slot_room - 1)];
}

static void drop_first_chunk(struct ring *r)
{
	struct chunk **c = chunk_at(r, r->chunk_first++);
	r->bytes -= (*c)->size;
	free(*c);
	*c = NULL;
}

void ring_clear(struct ring *r)
{
	while (r->chunk_first != r->chunk_next)
		drop_first_chunk(r);
	r->begun = false;
	r->first = r->next = 0;
}

void ring_free(struct ring *r)
{
	ring_clear(r);
	free(r->slots);
	free(r->chunks);
	free(r);
}

bool ring_begun(const struct ring *r)
{
	return r->begun;
}

uint64_t ring_first(const struct ring *r)
{
	return r->first;
}

uint64_t ring_last(const struct ring *r)
{
	return r->next - 1;
}

size_t ring_bytes(const struct ring *r)
{
	return r->bytes + r->slot_room * sizeof *r->slots + r->chunk_room * sizeof *r->chunks;
}

/* Both circles grow by being laid out anew at twice the room. */
static void grow_slots(struct ring *r)
{
	struct slot *old = r->slots;
	size_t room = r->slot_room;
	r->slot_room = room * 2;
	r->slots = need(calloc(r->slot_room, sizeof *r->slots));
	for (uint64_t seq = r->first; seq < r->next; seq++)
		*slot_at(r, seq) = old[seq & (room - 1)];
	free(old);
}

static void grow_chunks(struct ring *r)
{
	struct chunk **old = r->chunks;
	size_t room = r->chunk_room;
	r->chunk_room = room * 2;
	r->chunks = need(calloc(r->chunk_room, sizeof(struct chunk *)));
	for (uint32_t n = r->chunk_first; n != r->chunk_next; n++)
		*chunk_at(r, n) = old[n & (room - 1)];
	free(old);
}

/* Room for a record of `size` bytes in the newest chunk, or in a new one. */
static struct record *take_room(struct ring *r, size_t size)
{
	struct chunk *c = NULL;
	size = (size + 7) & ~(size_t)7;
	if (r->chunk_first != r->chunk_next)
		c = *chunk_at(r, r->chunk_next - 1);
	if (!c || c->size - c->used < size) {
		if (r->chunk_next - r->chunk_first == r->chunk_room)
			grow_chunks(r);
		size_t room = size > CHUNK ? size : CHUNK;
		c = need(malloc(sizeof *c + room));
		*c = (struct chunk){.size = room};
		*chunk_at(r, r->chunk_next++) = c;
		r->bytes += room;
	}
	if (r->next - r->first == r->slot_room)
		grow_slots(r);
	*slot_at(r, r->next) =
		(struct slot){.chunk = r->chunk_next - 1, .offset = (uint32_t)c->used};
	struct record *record = (struct record *)(c->bytes + c->used);
	c->used += size;
	c->records++;
	return record;
}

static size_t count_topics(struct scan_text list)
{
	size_t n = list.length ? 1 : 0;
	for (size_t i = 0; i < list.length; i++)
		n += list.text[i] == ',';
	return n < UINT16_MAX ? n : UINT16_MAX;
}

static void fill_topics(struct record *record, struct scan_text list)
{
	size_t from = 0;
	for (size_t i = 0; i < record->topic_count; i++) {
		const char *comma = memchr(list.text + from, ',', list.length - from);
		size_t to = comma ? (size_t)(comma - list.text) : list.length;
		record->topic[i] = (struct record_topic){
			.hash = topics_hash(list.text + from, to - from),
			.from = (uint32_t)from,
			.length = (uint32_t)(to - from),
		};
		from = comma ? to + 1 : to;
	}
}

static char *bytes_of(const struct record *record)
{
	return (char *)&record->topic[record->topic_count];
}

static char *put(char *to, struct scan_text text)
{
	return text.length ? mempcpy(to, text.text, text.length) : to;
}

void ring_append(struct ring *r, const struct ring_event *e)
{
	if (!r->begun) {
		r->begun = true;
		r->first = r->next = e->seq;
	}
	size_t topics = count_topics(e->topics);
	struct record *record =
		take_room(r, sizeof *record + topics * sizeof record->topic[0] + e->type.length +
				     e->topics.length + e->json.length);
	*record = (struct record){
		.at = e->at,
		.type = (uint32_t)e->type.length,
		.topics = (uint32_t)e->topics.length,
		.json = (uint32_t)e->json.length,
		.topic_count = (uint16_t)topics,
		.kind = (uint16_t)e->kind,
	};
	fill_topics(record, e->topics);
	char *to = put(put(bytes_of(record), e->type), e->topics);
	for (size_t i = 0; i < e->json.length; i++) {
		char c = e->json.text[i];
		to[i] = c == '\n' || c == '\r' ? ' ' : c;
	}
	r->next++;
}

static struct record *record_at(const struct ring *r, uint64_t seq)
{
	struct slot slot = *slot_at(r, seq);
	return (struct record *)((*chunk_at(r, slot.chunk))->bytes + slot.offset);
}

struct ring_entry ring_get(const struct ring *r, uint64_t seq)
{
	const struct record *record = record_at(r, seq);
	const char *bytes = bytes_of(record);
	return (struct ring_entry){
		.seq = seq,
		.at = record->at,
		.kind = (enum ring_kind)record->kind,
		.type = {bytes, record->type},
		.json = {bytes + record->type + record->topics, record->json},
		.record = (const char *)record,
		.topics = record->topic_count,
	};
}

struct ring_topic ring_topic(const struct ring_entry *e, size_t i)
{
	const struct record *record = (const struct record *)e->record;
	const struct record_topic *t = &record->topic[i];
	return (struct ring_topic){t->hash, {bytes_of(record) + record->type + t->from, t->length}};
}

void ring_forget(struct ring *r, int64_t at)
{
	while (r->begun && r->first < r->next && record_at(r, r->first)->at < at) {
		uint32_t number = slot_at(r, r->first)->chunk;
		r->first++;
		if (--(*chunk_at(r, number))->records == 0)
			drop_first_chunk(r);
	}
}
