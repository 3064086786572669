/* What is encoded decodes to the same, what decodes has no second spelling, and what is called
 * UTF-8 is what RFC 3629 says it is. */
#include "fuzz.h"

#include <strings.h>

#include "encode.h"
#include "uuid.h"

static void bytes_survive(struct arena *a, const uint8_t *data, size_t size)
{
	size_t n;
	const char *text = base64url_encode(a, data, size), *hex = hex_encode(a, data, size);
	unsigned char *back = base64url_decode(a, text, strlen(text), &n);

	HOLDS(back && n == size && (n == 0 || memcmp(back, data, n) == 0));
	HOLDS(strlen(hex) == 2 * size && strspn(hex, "0123456789abcdef") == 2 * size);
}

static void base64url_has_one_spelling(struct arena *a, const char *s, size_t size)
{
	size_t n;
	unsigned char *bytes = base64url_decode(a, s, size, &n);

	if (bytes)
		HOLDS(strlen(s) == size && strcmp(base64url_encode(a, bytes, n), s) == 0);
}

static void percents_survive(struct arena *a, const char *s, size_t size)
{
	const char *code = percent_encode(a, s), *again;

	again = percent_decode(a, code, strlen(code), true);
	HOLDS(again && strcmp(again, s) == 0);
	HOLDS(code[strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789-._~%")] == 0);
	for (int plus = 0; plus < 2; plus++) {
		const char *plain = percent_decode(a, s, size, plus);

		if (!plain)
			continue;
		HOLDS(strlen(s) == size && strlen(plain) <= size);
		code = percent_encode(a, plain);
		again = percent_decode(a, code, strlen(code), plus);
		HOLDS(again && strcmp(again, plain) == 0);
	}
}

/* The code point that a sequence of n bytes says, whatever it is worth. */
static uint32_t point(const unsigned char *s, size_t n)
{
	uint32_t v = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		v = v << 6 | (s[i] & 0x3fu);
	return v;
}

static void utf8_is_rfc_3629(const char *s, size_t size)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t at = 0, points = 0, n;

	while (at < size && (n = utf8_sequence(s + at, size - at)) > 0) {
		uint32_t v = point((const unsigned char *)s + at, n);

		HOLDS(n <= size - at && v >= least[n] && v <= 0x10ffff && v >> 11 != 0x1b);
		at += n;
		points++;
	}
	HOLDS(utf8_valid(s, size) == (at == size));
	if (at == size && strlen(s) == size)
		HOLDS(utf8_length(s) == points);
}

/* The other way: what a code point is written as is taken as a whole, or refused. */
static void code_points_are_taken(uint32_t v)
{
	unsigned char s[4];
	size_t n = v < 0x80 ? 1 : v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; v >>= 6)
		s[i] = (unsigned char)(0x80 | (v & 0x3f));
	s[0] = (unsigned char)(n == 1 ? v : (0xf00u >> n & 0xff) | v);
	v = point(s, n);
	HOLDS(utf8_sequence((const char *)s, n) == (v >> 11 == 0x1b || v > 0x10ffff ? 0 : n));
}

static void uuids_are_lowered(const char *s)
{
	char out[UUID_TEXT], again[UUID_TEXT];

	if (!uuid_parse(s, out))
		return;
	HOLDS(strlen(out) == UUID_TEXT - 1 && strcasecmp(s, out) == 0);
	HOLDS(strspn(out, "0123456789abcdef-") == UUID_TEXT - 1);
	HOLDS(uuid_parse(out, again) && strcmp(out, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	const char *s = fuzz_text(a, data, size);
	uint32_t v;

	bytes_survive(a, data, size);
	base64url_has_one_spelling(a, s, size);
	percents_survive(a, s, size);
	utf8_is_rfc_3629(s, size);
	uuids_are_lowered(s);
	if (size >= sizeof v) {
		memcpy(&v, data, sizeof v);
		code_points_are_taken(v % 0x200000);
	}
	return 0;
}
