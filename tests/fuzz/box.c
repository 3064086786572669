/* A sealed box opens to what was sealed and only as it was sealed; nobody without the key makes one
 * that opens. The first line is the context, the rest is taken for a box, and sealed. */
#include "fuzz.h"

#include "token.h"

#define PURPOSE "idempotency"

/* Every digit of the box stands for six bits of it: one that is another is another box. */
static void spoilt_it_stays_shut(
	struct arena *a, const char *context, const char *box, size_t where)
{
	char *spoilt = arena_strdup(a, box);
	size_t n = strlen(box);

	spoilt[where % n] = spoilt[where % n] == 'A' ? 'B' : 'A';
	HOLDS(!token_open(a, PURPOSE, context, spoilt));
	spoilt = arena_strndup(a, box, where % n);
	HOLDS(!token_open(a, PURPOSE, context, spoilt));
	HOLDS(!token_open(a, PURPOSE, context, arena_printf(a, "%sA", box)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	const char *context = fuzz_line(a, &data, &size), *s = fuzz_text(a, data, size);
	const char *box, *open;

	token_keys("the secret of before, also of 32 bytes", NULL);
	box = token_seal(a, PURPOSE, context, s);
	HOLDS(!token_open(a, PURPOSE, context, s));
	token_keys(
		"a secret of at least thirty-two bytes", "the secret of before, also of 32 bytes");
	open = token_open(a, PURPOSE, context, box);
	HOLDS(open && strcmp(open, s) == 0);
	HOLDS(!token_open(a, "refresh", context, box));
	HOLDS(!token_open(a, PURPOSE, arena_printf(a, "%s.", context), box));
	spoilt_it_stays_shut(a, context, box, size ? data[0] * 7u + size : 0);
	token_keys("a secret of at least thirty-two bytes", NULL);
	HOLDS(!token_open(a, PURPOSE, context, box));
	return 0;
}
