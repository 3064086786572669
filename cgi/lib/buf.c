/* buf: doubling growth; the string before a growth stays in the arena until the request ends, which
 * also makes it safe to append a part of a buf to itself. */
#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "encode.h"

enum { BUF_FIRST = 256 };

void buf_init(struct buf *b, struct arena *a)
{
	*b = (struct buf){.arena = a, .data = arena_alloc(a, BUF_FIRST), .cap = BUF_FIRST};
}

/* Room for n more bytes and the NUL. */
static void buf_room(struct buf *b, size_t n)
{
	if (n < b->cap - b->len)
		return;
	if (n > SIZE_MAX / 8)
		abort(); /* the arena would refuse it as well */
	size_t cap = b->cap * 2;
	while (n >= cap - b->len)
		cap *= 2;
	char *data = arena_alloc(b->arena, cap);
	memcpy(data, b->data, b->len);
	b->data = data;
	b->cap = cap;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (!n)
		return;
	buf_room(b, n);
	memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(b->data + b->len, b->cap - b->len, format, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n >= b->cap - b->len) {
		buf_room(b, (size_t)n);
		va_start(ap, format);
		vsnprintf(b->data + b->len, b->cap - b->len, format, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

/* The escape of a byte that may not stand in a JSON string as it is; NULL if it may. */
static const char *json_escape(unsigned char c, char out[8])
{
	static const char letters[] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	if (c == '"')
		return "\\\"";
	if (c == '\\')
		return "\\\\";
	if (c >= 0x20)
		return NULL;
	if (c < sizeof letters && letters[c])
		snprintf(out, 8, "\\%c", letters[c]);
	else
		snprintf(out, 8, "\\u%04x", (unsigned)c);
	return out;
}

static void json_quote(struct buf *b, const char *s)
{
	size_t n = strlen(s), plain = 0; /* plain: where what needs no escape began */
	buf_put(b, "\"", 1);
	for (size_t i = 0; i < n;) {
		char made[8];
		size_t step = utf8_sequence(s + i, n - i);
		const char *instead =
			step ? json_escape((unsigned char)s[i], made) : "\xef\xbf\xbd";
		if (instead) {
			buf_put(b, s + plain, i - plain);
			buf_puts(b, instead);
			plain = i + 1;
		}
		i += step ? step : 1;
	}
	buf_put(b, s + plain, n - plain);
	buf_put(b, "\"", 1);
}

/* What stands before a value: the separator and, in an object, the key. */
static void json_lead(struct buf *b, const char *key)
{
	if (b->comma)
		buf_put(b, ",", 1);
	if (key) {
		json_quote(b, key);
		buf_put(b, ":", 1);
	}
	b->comma = true;
}

void put_open(struct buf *b, const char *key, char bracket)
{
	json_lead(b, key);
	buf_put(b, &bracket, 1);
	b->comma = false;
}

void put_close(struct buf *b, char bracket)
{
	buf_put(b, &bracket, 1);
	b->comma = true;
}

void put_string(struct buf *b, const char *key, const char *value)
{
	json_lead(b, key);
	if (value)
		json_quote(b, value);
	else
		buf_puts(b, "null");
}

void put_number(struct buf *b, const char *key, long long value)
{
	json_lead(b, key);
	buf_printf(b, "%lld", value);
}

void put_bool(struct buf *b, const char *key, bool value)
{
	json_lead(b, key);
	buf_puts(b, value ? "true" : "false");
}

void put_raw(struct buf *b, const char *key, const char *json)
{
	json_lead(b, key);
	buf_puts(b, json);
}
