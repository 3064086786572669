/* encode: table-driven coders. None of these compares secrets, so none needs constant time. */
#include "encode.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"

static const char base64url_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *hex_encode(struct arena *a, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	char *out = arena_alloc(a, 2 * n + 1);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	return out;
}

char *base64url_encode(struct arena *a, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	char *out = arena_alloc(a, n / 3 * 4 + 4), *to = out;
	size_t i = 0;
	for (; i + 3 <= n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
		*to++ = base64url_digits[v >> 18];
		*to++ = base64url_digits[v >> 12 & 63];
		*to++ = base64url_digits[v >> 6 & 63];
		*to++ = base64url_digits[v & 63];
	}
	if (n - i == 1) {
		*to++ = base64url_digits[p[i] >> 2];
		*to++ = base64url_digits[(p[i] & 3) << 4];
	} else if (n - i == 2) {
		*to++ = base64url_digits[p[i] >> 2];
		*to++ = base64url_digits[(p[i] & 3) << 4 | p[i + 1] >> 4];
		*to++ = base64url_digits[(p[i + 1] & 15) << 2];
	}
	return out;
}

/* The value of a base64url digit, or -1. */
static int base64url_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

unsigned char *base64url_decode(struct arena *a, const char *s, size_t n, size_t *len)
{
	if (n % 4 == 1)
		return NULL;
	unsigned char *out = arena_alloc(a, n / 4 * 3 + 4), *to = out;
	uint32_t bits = 0;
	int have = 0;
	for (size_t i = 0; i < n; i++) {
		int v = base64url_value(s[i]);
		if (v < 0)
			return NULL;
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*to++ = (unsigned char)(bits >> have & 0xff);
		}
	}
	/* Two spellings of the same bytes would be two names of one token. */
	if (bits & ((1U << have) - 1))
		return NULL;
	*len = (size_t)(to - out);
	return out;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *percent_decode(struct arena *a, const char *s, size_t n, bool plus)
{
	char *out = arena_alloc(a, n + 1), *to = out;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		if (c == '%') {
			int high = n - i > 2 ? hex_value(s[i + 1]) : -1;
			int low = n - i > 2 ? hex_value(s[i + 2]) : -1;
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(unsigned char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (!c)
			return NULL;
		*to++ = c;
	}
	return out;
}

static bool unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

char *percent_encode(struct arena *a, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, 3 * strlen(s) + 1), *to = out;
	for (; *s; s++) {
		if (unreserved(*s)) {
			*to++ = *s;
			continue;
		}
		*to++ = '%';
		*to++ = digits[(unsigned char)*s >> 4];
		*to++ = digits[(unsigned char)*s & 15];
	}
	return out;
}

/* RFC 3629's table of well-formed sequences: the lead byte fixes the length and the range of the
 * second byte, which is where overlong forms, surrogates and what is past U+10FFFF would show. */
size_t utf8_sequence(const char *s, size_t n)
{
	static const struct {
		unsigned char from, to, length, least, most;
	} leads[] = {
		{0xc2, 0xdf, 2, 0x80, 0xbf},
		{0xe0, 0xe0, 3, 0xa0, 0xbf},
		{0xe1, 0xec, 3, 0x80, 0xbf},
		{0xed, 0xed, 3, 0x80, 0x9f},
		{0xee, 0xef, 3, 0x80, 0xbf},
		{0xf0, 0xf0, 4, 0x90, 0xbf},
		{0xf1, 0xf3, 4, 0x80, 0xbf},
		{0xf4, 0xf4, 4, 0x80, 0x8f},
	};
	const unsigned char *p = (const unsigned char *)s;
	if (!n)
		return 0;
	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		if (p[0] < leads[i].from || p[0] > leads[i].to)
			continue;
		size_t length = leads[i].length;
		if (n < length || p[1] < leads[i].least || p[1] > leads[i].most)
			return 0;
		for (size_t k = 2; k < length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return length;
	}
	return 0;
}

bool utf8_valid(const char *s, size_t n)
{
	while (n) {
		size_t step = utf8_sequence(s, n);
		if (!step)
			return false;
		s += step;
		n -= step;
	}
	return true;
}

size_t utf8_length(const char *s)
{
	size_t count = 0;
	for (; *s; s++)
		count += ((unsigned char)*s & 0xc0) != 0x80;
	return count;
}
