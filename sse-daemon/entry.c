/* entry: splits what Redis gives and keeps out what would break a stream's lines. */
#include "entry.h"

#include <hiredis/hiredis.h>
#include <string.h>

#include "log.h"
#include "times.h"

/* Cuts the text before the next blank off. */
static bool cut(struct scan_text *rest, struct scan_text *out)
{
	const char *blank = memchr(rest->text, ' ', rest->length);
	if (!blank)
		return false;
	*out = (struct scan_text){rest->text, (size_t)(blank - rest->text)};
	rest->length -= out->length + 1;
	rest->text = blank + 1;
	return true;
}

bool entry_payload(const char *s, size_t n, struct entry *out)
{
	struct scan_text rest = {s, n}, id;
	*out = (struct entry){0};
	if (!cut(&rest, &id) || !cursor_parse(id.text, id.length, &out->id))
		return false;
	out->tick = rest.length == 4 && !memcmp(rest.text, "tick", 4);
	if (!out->tick && cut(&rest, &out->type) && cut(&rest, &out->topics))
		out->json = rest;
	return true;
}

static bool tape_id(const redisReply *r, uint64_t *seq)
{
	return r->type == REDIS_REPLY_STRING && r->len > 2 &&
	       !memcmp(r->str + r->len - 2, "-0", 2) &&
	       cursor_number(r->str, (size_t)r->len - 2, seq);
}

bool entry_tape(const struct redisReply *r, struct entry *out)
{
	*out = (struct entry){0};
	if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
		!tape_id(r->element[0], &out->id.seq) || r->element[1]->type != REDIS_REPLY_ARRAY)
		return false;
	const redisReply *fields = r->element[1];
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		const redisReply *name = fields->element[i], *value = fields->element[i + 1];
		if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING ||
			name->len != 1)
			continue;
		struct scan_text text = {value->str, (size_t)value->len};
		if (*name->str == 'y')
			out->type = text;
		else if (*name->str == 't')
			out->topics = text;
		else if (*name->str == 'e')
			out->json = text;
	}
	return true;
}

static bool is_name(struct scan_text s)
{
	for (size_t i = 0; i < s.length; i++) {
		char c = s.text[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			!strchr("_-.:", c))
			return false;
	}
	return s.length && !memchr(s.text, '\0', s.length);
}

static bool is_visible(struct scan_text s)
{
	for (size_t i = 0; i < s.length; i++)
		if (s.text[i] <= ' ' || s.text[i] > '~')
			return false;
	return true;
}

static bool is(struct scan_text s, const char *name)
{
	return s.length == strlen(name) && !memcmp(s.text, name, s.length);
}

struct ring_event entry_event(const struct entry *e, int64_t now)
{
	char at[64];
	struct ring_event event = {.seq = e->id.seq, .at = now, .json = e->json};
	if (scan_string(e->json, "at", at, sizeof at) && !times_parse(at, &event.at))
		event.at = now;
	if (!is_name(e->type) || !is_visible(e->topics) || !e->json.length ||
		memchr(e->json.text, '\0', e->json.length)) {
		log_say(LOG_ERROR, "event %llu on the tape is malformed",
			(unsigned long long)e->id.seq);
		return event;
	}
	event.type = e->type;
	event.topics = e->topics;
	event.kind = is(e->type, "control")  ? RING_CONTROL
		     : is(e->type, "canary") ? RING_CANARY
					     : RING_EVENT;
	return event;
}
