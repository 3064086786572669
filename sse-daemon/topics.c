/* topics: a chained hash table that doubles. */
#include "topics.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 256 };

struct topic {
	uint64_t hash;
	struct topic *chain;
	struct topics_link *listeners;
	uint32_t length;
	char name[];
};

struct topics {
	struct topic **buckets;
	size_t room, count;
};

/* FNV-1a, its bits mixed once more since the table takes the low ones. Names come from our own
 * database, so nobody can choose them to collide. */
uint64_t topics_hash(const char *name, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 0x100000001b3u;
	h ^= h >> 32;
	return h * 0x9e3779b97f4a7c15u >> 7 | h << 57;
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

struct topics *topics_new(void)
{
	struct topics *t = need(calloc(1, sizeof *t));
	t->room = BUCKETS;
	t->buckets = need(calloc(t->room, sizeof(struct topic *)));
	return t;
}

void topics_free(struct topics *t)
{
	free(t->buckets);
	free(t);
}

size_t topics_count(const struct topics *t)
{
	return t->count;
}

static struct topic **bucket(const struct topics *t, uint64_t hash)
{
	return &t->buckets[hash & (t->room - 1)];
}

struct topic *topics_find(const struct topics *t, uint64_t hash, const char *name, size_t n)
{
	for (struct topic *p = *bucket(t, hash); p; p = p->chain)
		if (p->hash == hash && p->length == n && !memcmp(p->name, name, n))
			return p;
	return NULL;
}

struct topics_link *topics_listeners(const struct topic *topic)
{
	return topic->listeners;
}

static void insert(struct topics *t, struct topic *p)
{
	struct topic **b = bucket(t, p->hash);
	p->chain = *b;
	*b = p;
}

static void grow(struct topics *t)
{
	struct topic **old = t->buckets;
	size_t room = t->room;
	t->room *= 2;
	t->buckets = need(calloc(t->room, sizeof(struct topic *)));
	for (size_t i = 0; i < room; i++)
		for (struct topic *p = old[i], *next; p; p = next) {
			next = p->chain;
			insert(t, p);
		}
	free(old);
}

static struct topic *add(struct topics *t, uint64_t hash, const char *name, size_t n)
{
	if (t->count == t->room)
		grow(t);
	struct topic *p = need(malloc(sizeof *p + n));
	*p = (struct topic){.hash = hash, .length = (uint32_t)n};
	memcpy(p->name, name, n);
	insert(t, p);
	t->count++;
	return p;
}

void topics_join(struct topics *t, struct topics_link *link, const char *name, size_t n)
{
	uint64_t hash = topics_hash(name, n);
	struct topic *p = topics_find(t, hash, name, n);
	if (!p)
		p = add(t, hash, name, n);
	*link = (struct topics_link){.topic = p, .owner = link->owner, .next = p->listeners};
	if (p->listeners)
		p->listeners->prev = link;
	p->listeners = link;
}

void topics_leave(struct topics *t, struct topics_link *link)
{
	struct topic *p = link->topic;
	if (link->next)
		link->next->prev = link->prev;
	if (link->prev)
		link->prev->next = link->next;
	else
		p->listeners = link->next;
	if (p->listeners)
		return;
	struct topic **b = bucket(t, p->hash);
	while (*b != p)
		b = &(*b)->chain;
	*b = p->chain;
	free(p);
	t->count--;
}
