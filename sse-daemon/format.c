/* format: a direct-mapped table of formatted events, and the text of each kind of message. */
#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "message.h"
#include "times.h"

enum { SLOTS = 256 };

struct slot {
	uint64_t epoch, seq;
	struct message *forms[FORMAT_FORMS];
};

struct format {
	struct arena *scratch;
	struct slot slots[SLOTS];
	struct cursor keepalive_at;
	struct message *keepalive;
};

/* The names that clients of the source system S2 know; all others are the same. */
static const struct {
	const char *name, *s2;
} s2_names[] = {
	{"DEVICE_STATUS_CHANGED", "device-update"},
	{"DEVICE_CONNECTED", "device-update"},
	{"DEVICE_DISCONNECTED", "device-update"},
	{"HEARTBEAT_RECEIVED", "device-heartbeat"},
};

struct format *format_new(void)
{
	struct format *f = calloc(1, sizeof *f);
	if (!f)
		abort();
	f->scratch = arena_new(16384);
	return f;
}

static void slot_clear(struct slot *s)
{
	for (int i = 0; i < FORMAT_FORMS; i++)
		message_drop(s->forms[i]);
	*s = (struct slot){0};
}

void format_clear(struct format *f)
{
	for (int i = 0; i < SLOTS; i++)
		slot_clear(&f->slots[i]);
	message_drop(f->keepalive);
	f->keepalive = NULL;
}

void format_free(struct format *f)
{
	format_clear(f);
	arena_free(f->scratch);
	free(f);
}

static struct scan_text type_in(const struct ring_entry *e, unsigned form)
{
	if (form & FORMAT_S2)
		for (size_t i = 0; i < sizeof s2_names / sizeof *s2_names; i++)
			if (strlen(s2_names[i].name) == e->type.length &&
				!memcmp(s2_names[i].name, e->type.text, e->type.length))
				return (struct scan_text){s2_names[i].s2, strlen(s2_names[i].s2)};
	return e->type;
}

void format_event_json(struct buf *b, const struct ring_entry *e, unsigned form)
{
	struct scan_text type = type_in(e, form), old;
	const char *json = e->json.text;
	if (type.text == e->type.text || !scan_member(e->json, "type", &old)) {
		buf_put(b, json, e->json.length);
		return;
	}
	const char *rest = old.text + old.length;
	buf_put(b, json, (size_t)(old.text - json));
	buf_put(b, "\"", 1);
	buf_put(b, type.text, type.length);
	buf_put(b, "\"", 1);
	buf_put(b, rest, (size_t)(json + e->json.length - rest));
}

static void event_line(struct buf *b, struct scan_text type, unsigned form)
{
	if (!(form & FORMAT_NAMED))
		return;
	buf_puts(b, "event: ");
	buf_put(b, type.text, type.length);
	buf_put(b, "\n", 1);
}

void format_event_text(struct buf *b, uint64_t epoch, const struct ring_entry *e, unsigned form)
{
	buf_printf(b, "id: %" PRIu64 "-%" PRIu64 "\n", epoch, e->seq);
	event_line(b, type_in(e, form), form);
	buf_puts(b, "data: ");
	format_event_json(b, e, form);
	buf_puts(b, "\n\n");
}

void format_note_json(struct buf *b, const struct format_note *n)
{
	char at[TIMES_TEXT];
	times_format(n->at, at);
	buf_printf(b, "{\"id\":\"%s\",\"type\":\"%s\",\"topics\":[", n->id, n->type);
	for (const char *from = n->topics; *from;) {
		size_t length = strcspn(from, ",");
		buf_puts(b, from == n->topics ? "\"" : ",\"");
		buf_put(b, from, length);
		buf_puts(b, "\"");
		from += length + (from[length] == ',');
	}
	buf_printf(b, "],\"at\":\"%s\",\"data\":{}}", at);
}

void format_note_text(struct buf *b, const struct format_note *n)
{
	if (n->retry)
		buf_printf(b, "retry: %d\n", n->retry);
	buf_printf(b, "id: %s\n", n->id);
	event_line(b, (struct scan_text){n->type, strlen(n->type)}, n->form);
	buf_puts(b, "data: ");
	format_note_json(b, n);
	buf_puts(b, "\n\n");
}

struct message *format_event(
	struct format *f, uint64_t epoch, const struct ring_entry *e, unsigned form)
{
	struct slot *s = &f->slots[e->seq % SLOTS];
	if (s->epoch != epoch || s->seq != e->seq) {
		slot_clear(s);
		s->epoch = epoch;
		s->seq = e->seq;
	}
	if (!s->forms[form]) {
		struct buf b;
		buf_init(&b, f->scratch);
		format_event_text(&b, epoch, e, form);
		s->forms[form] = message_new(b.data, b.len);
		arena_reset(f->scratch);
	}
	return message_hold(s->forms[form]);
}

struct message *format_keepalive(struct format *f, struct cursor at)
{
	if (!f->keepalive || f->keepalive_at.epoch != at.epoch || f->keepalive_at.seq != at.seq) {
		char id[CURSOR_TEXT], text[CURSOR_TEXT + 32];
		cursor_format(at, id);
		int n = snprintf(text, sizeof text, "id: %s\n: keep-alive\n\n", id);
		message_drop(f->keepalive);
		f->keepalive = message_new(text, (size_t)n);
		f->keepalive_at = at;
	}
	return message_hold(f->keepalive);
}
