/* times: RFC 3339 instants and dates as text; strict, without the C library's time zone. */
#ifndef GH_TIMES_H
#define GH_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMES_TEXT 25 /* "2026-01-31T09:15:00.000Z" and the NUL */

/* RFC 3339 date-time with any offset to Unix milliseconds; fractions past milliseconds are cut. A
 * leap second (:60) is taken as the next second. Years 1970 to 9999. False if it is not one. */
bool times_parse(const char *s, int64_t *ms);
void times_format(int64_t ms, char out[TIMES_TEXT]); /* UTC; clamped to those years */
/* "YYYY-MM-DD" that exists in the Gregorian calendar. */
bool times_is_date(const char *s);
int64_t times_now(void); /* Unix milliseconds, wall clock */

#endif
