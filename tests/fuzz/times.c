/* Every time that is read is one that the C library's calendar knows too, and is written in the one
 * form that reads back as the same time. */
#include "fuzz.h"

#include <time.h>

#include "times.h"

#define LAST_MS INT64_C(253402300799999)

static void same_after_writing(int64_t ms)
{
	char text[TIMES_TEXT];
	int64_t again;

	times_format(ms, text);
	HOLDS(strlen(text) == TIMES_TEXT - 1);
	HOLDS(times_parse(text, &again));
	HOLDS(again == (ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms));
}

/* By the C library: the seconds of "YYYY-MM-DDThh:mm:ss" with what follows from the last sign on.
 */
static int64_t seconds_by_libc(const char *s)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0, direction = 0;
	const char *end = s + strlen(s) - 1;

	HOLDS(sscanf(s, "%4d-%2d-%2d%*1[Tt]%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		      &tm.tm_hour, &tm.tm_min, &tm.tm_sec) == 6);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (*end != 'Z' && *end != 'z') {
		end -= 5;
		direction = *end == '-' ? -1 : 1;
		HOLDS(sscanf(end + 1, "%2d:%2d", &hours, &minutes) == 2);
	}
	return timegm(&tm) - direction * (hours * 3600 + minutes * 60);
}

static void exists_by_libc(const char *date)
{
	struct tm tm = {0}, there;
	time_t t;

	HOLDS(sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) == 3);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	there = tm;
	t = timegm(&there);
	HOLDS(t != -1 || strcmp(date, "1969-12-31") == 0);
	HOLDS(there.tm_year == tm.tm_year && there.tm_mon == tm.tm_mon &&
		there.tm_mday == tm.tm_mday);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = fuzz_text(fuzz_arena(true), data, size);
	int64_t ms = -7;

	if (times_parse(s, &ms)) {
		HOLDS(ms >= 0 && ms <= LAST_MS);
		HOLDS(ms / 1000 == seconds_by_libc(s));
		same_after_writing(ms);
		HOLDS(!times_is_date(s));
	} else {
		HOLDS(ms == -7);
	}
	if (times_is_date(s)) {
		HOLDS(strlen(s) == 10);
		exists_by_libc(s);
	}
	if (size >= sizeof ms) {
		memcpy(&ms, data, sizeof ms);
		same_after_writing(ms);
		same_after_writing((int64_t)((uint64_t)ms % (uint64_t)(LAST_MS + 1)));
	}
	return 0;
}
