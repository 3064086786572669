/* head: two passes: one that only looks, then one that cuts, so that a refused head is untouched.
 */
#include "head.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_token(unsigned char c)
{
	return c > 0x20 && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool is_visible(unsigned char c)
{
	return c > 0x20 && c < 0x7f;
}

static bool is_value(unsigned char c)
{
	return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static size_t span(const char *s, size_t n, bool (*is)(unsigned char))
{
	size_t i = 0;
	while (i < n && is((unsigned char)s[i]))
		i++;
	return i;
}

/* The bytes up to and without CRLF; false when there is none within n. */
static bool line(const char *s, size_t n, size_t *length)
{
	const char *end = memmem(s, n, "\r\n", 2);
	if (!end)
		return false;
	*length = (size_t)(end - s);
	return true;
}

static bool cut_request(char *s, size_t n, struct head *out)
{
	size_t method = span(s, n, is_token);
	if (!method || method + 1 >= n || s[method] != ' ')
		return false;
	char *target = s + method + 1;
	size_t left = n - method - 1, length = span(target, left, is_visible);
	if (!length || left - length != 9 || *target != '/')
		return false;
	if (memcmp(target + length, " HTTP/1.1", 9) && memcmp(target + length, " HTTP/1.0", 9))
		return false;
	out->method = s;
	out->target = target;
	return true;
}

static bool cut_field(char *s, size_t n, struct head *out)
{
	size_t name = span(s, n, is_token);
	if (!name || name == n || s[name] != ':' || out->count == HEAD_FIELDS)
		return false;
	char *value = s + name + 1, *end = s + n;
	if (span(value, (size_t)(end - value), is_value) != (size_t)(end - value))
		return false;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	out->fields[out->count++] = (struct head_field){.name = s, .value = value};
	return true;
}

/* Ends every string with a NUL: on a blank, a colon, or the CR of its line, all of them known by
 * now. */
static void terminate(struct head *h)
{
	char *s = (char *)h->method;
	s[strcspn(s, " ")] = '\0';
	s = (char *)h->target;
	s[strcspn(s, " ")] = '\0';
	for (size_t i = 0; i < h->count; i++) {
		s = (char *)h->fields[i].name;
		s[strcspn(s, ":")] = '\0';
		s = (char *)h->fields[i].value;
		size_t n = strcspn(s, "\r");
		while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
			n--;
		s[n] = '\0';
	}
}

enum head_result head_parse(char *bytes, size_t n, struct head *out)
{
	size_t most = n < HEAD_MOST ? n : HEAD_MOST, at = 0, length;
	if (!memmem(bytes, most, "\r\n\r\n", 4))
		return n >= HEAD_MOST ? HEAD_LARGE : HEAD_MORE;
	*out = (struct head){0};
	if (!line(bytes, most, &length) || !cut_request(bytes, length, out))
		return HEAD_BAD;
	for (at = length + 2; line(bytes + at, most - at, &length) && length; at += length + 2)
		if (!cut_field(bytes + at, length, out))
			return HEAD_BAD;
	terminate(out);
	return HEAD_OK;
}

const char *head_value(const struct head *h, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < h->count; i++) {
		if (strcasecmp(h->fields[i].name, name))
			continue;
		if (value)
			return NULL;
		value = h->fields[i].value;
	}
	return value;
}
