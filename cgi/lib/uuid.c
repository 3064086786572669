/* uuid: version 7 ids of one process.
 *
 * Layout: 48 bits of milliseconds, the version, 12 + 14 bits of counter around the variant, 48
 * random bits. The counter starts each millisecond at a random 25-bit number, so that it has at
 * least 2^25 steps before it overflows into the next millisecond. A clock that is set back does not
 * set the ids back: the last millisecond stays in use until the clock has passed it. */
#include "uuid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>
#include <unistd.h>

#include "times.h"

enum { RANDOM_POOL = 256, COUNTER_BITS = 26 };

static struct {
	pid_t owner; /* a forked child must not repeat its parent's random bits */
	unsigned char pool[RANDOM_POOL];
	size_t used;
	uint64_t ms;
	uint32_t counter;
} state;

static void pool_fill(void)
{
	size_t got = 0;
	while (got < sizeof state.pool) {
		ssize_t n = getrandom(state.pool + got, sizeof state.pool - got, 0);
		if (n > 0)
			got += (size_t)n;
		else if (n < 0 && errno != EINTR)
			abort(); /* ids without randomness would collide */
	}
	state.used = 0;
}

/* n random bytes, at most 8, as a number. */
static uint64_t pool_take(size_t n)
{
	if (sizeof state.pool - state.used < n)
		pool_fill();
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | state.pool[state.used++];
	return v;
}

static void clock_step(void)
{
	uint64_t now = (uint64_t)times_now();
	if (now <= state.ms && ++state.counter < 1U << COUNTER_BITS)
		return;
	state.ms = now > state.ms ? now : state.ms + 1;
	state.counter = (uint32_t)pool_take(4) & ((1U << (COUNTER_BITS - 1)) - 1);
}

void uuid_new(char out[UUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	if (state.owner != getpid()) {
		state.owner = getpid();
		state.used = sizeof state.pool;
		state.ms = 0;
	}
	clock_step();
	uint64_t high = state.ms << 16 | 0x7000 | state.counter >> 14;
	uint64_t low = UINT64_C(2) << 62 | (uint64_t)(state.counter & 0x3fff) << 48 | pool_take(6);
	for (int i = 0, at = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			out[at++] = '-';
		uint64_t half = i < 16 ? high : low;
		out[at++] = digits[half >> (60 - 4 * (i % 16)) & 15];
	}
	out[UUID_TEXT - 1] = '\0';
}

bool uuid_parse(const char *s, char out[UUID_TEXT])
{
	char lower[UUID_TEXT];
	for (int i = 0; i < UUID_TEXT - 1; i++) {
		char c = s[i];
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false; /* the end of s as well */
		lower[i] = c;
	}
	if (s[UUID_TEXT - 1])
		return false;
	lower[UUID_TEXT - 1] = '\0';
	if (out)
		memcpy(out, lower, UUID_TEXT);
	return true;
}
