/* Text on its way out: as JSON it is read back as it was, as an ILIKE pattern it means itself,
 * cleaned it can be stored and is no longer than it may be, in the log a phone number shows no more
 * than four digits and a country code; and a password that is let through is one that may be. */
#include "fuzz.h"

#include <jansson.h>

#include "buf.h"
#include "encode.h"
#include "log.h"
#include "password.h"
#include "text.h"

static void json_says_it(struct arena *a, const char *s)
{
	struct buf b;
	json_t *read;
	const char *key, *back;

	buf_init(&b, a);
	put_open(&b, NULL, '{');
	put_string(&b, s, s);
	put_open(&b, "list", '[');
	put_string(&b, NULL, s);
	put_close(&b, ']');
	put_close(&b, '}');
	HOLDS(b.len == strlen(b.data) && !strchr(b.data, '\n'));
	read = json_loads(b.data, 0, NULL);
	HOLDS(json_is_object(read));
	back = json_string_value(json_array_get(json_object_get(read, "list"), 0));
	if (strcmp(s, "list") != 0) {
		key = json_object_iter_key(json_object_iter(read));
		HOLDS(back && strcmp(key, back) == 0);
		HOLDS(strcmp(json_string_value(json_object_get(read, back)), back) == 0);
	}
	HOLDS(!utf8_valid(s, strlen(s)) || strcmp(back, s) == 0);
	json_decref(read);
}

static void a_pattern_means_itself(struct arena *a, const char *s)
{
	const char *p = text_like(a, s);

	HOLDS((p == NULL) == (*s == 0));
	if (!p)
		return;
	HOLDS(*p++ == '%');
	for (; *s; s++) {
		HOLDS((*p == '\\') == (strchr("\\%_", *s) != NULL));
		p += *p == '\\';
		HOLDS(*p++ == *s);
	}
	HOLDS(strcmp(p, "%") == 0);
}

static void cleaned_it_can_be_stored(struct arena *a, const char *s, size_t most)
{
	const char *clean = text_clean(a, s, most);
	size_t n = strlen(clean);

	HOLDS(n <= most && utf8_valid(clean, n));
	for (size_t i = 0; i < n; i++)
		HOLDS((unsigned char)clean[i] >= ' ' && clean[i] != 0x7f);
	HOLDS(strcmp(text_clean(a, clean, most), clean) == 0);
	HOLDS(n + 4 > most || utf8_length(clean) > 0 || !*s);
}

static size_t digits(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s >= '0' && *s <= '9';
	return n;
}

static void a_phone_is_masked(struct arena *a, const char *s)
{
	const char *masked = log_phone(a, s);
	size_t n = digits(s), shown = digits(masked);

	HOLDS(shown <= 6 && 2 * shown <= n + 2);
	HOLDS(utf8_valid(masked, strlen(masked)));
	HOLDS(utf8_length(masked) == n + (*masked == '+'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	const char *s = fuzz_text(a, data, size);

	json_says_it(a, s);
	a_pattern_means_itself(a, s);
	a_phone_is_masked(a, s);
	cleaned_it_can_be_stored(a, s, size % 50);
	cleaned_it_can_be_stored(a, s, size);
	if (!password_refusal(s))
		HOLDS(utf8_valid(s, strlen(s)) && utf8_length(s) >= 8 && utf8_length(s) <= 128);
	return 0;
}
