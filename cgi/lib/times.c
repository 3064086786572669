/* times: the proleptic Gregorian calendar in integers.
 *
 * Days are counted from 1 March of year 0, so that the leap day is the last of its year (Hinnant,
 * "chrono-compatible low-level date algorithms"). */
#include "times.h"

#include <time.h>

enum { DAY_SECONDS = 86400 };
#define LAST_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Days since 1970-01-01, not before it. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = z / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* Exactly n digits at *s, which moves past them; -1 if there are fewer. */
static int digits(const char **s, int n)
{
	int v = 0;
	for (; n; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (**s - '0');
	}
	return v;
}

static bool literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool within(int v, int least, int most)
{
	return v >= least && v <= most;
}

static bool parse_date(const char **s, int *year, int *month, int *day)
{
	return (*year = digits(s, 4)) >= 0 && literal(s, '-') &&
	       within(*month = digits(s, 2), 1, 12) && literal(s, '-') &&
	       within(*day = digits(s, 2), 1, month_days(*year, *month));
}

/* ".5" is 500, ".123999" is 123, nothing is 0; a dot without digits is an error. */
static bool parse_fraction(const char **s, int *ms)
{
	*ms = 0;
	if (!literal(s, '.'))
		return true;
	int count = 0;
	for (int unit = 100; **s >= '0' && **s <= '9'; (*s)++, unit /= 10, count++)
		*ms += (**s - '0') * unit;
	return count > 0;
}

/* "Z" or "+05:30", in seconds. */
static bool parse_offset(const char **s, int *seconds)
{
	*seconds = 0;
	if (literal(s, 'Z') || literal(s, 'z'))
		return true;
	int sign = literal(s, '+') ? 1 : literal(s, '-') ? -1 : 0, hours, minutes;
	if (!sign || !within(hours = digits(s, 2), 0, 23) || !literal(s, ':') ||
		!within(minutes = digits(s, 2), 0, 59))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* A leap second is inserted only at the end of a month of UTC: what follows it begins one. */
static bool begins_month(int64_t seconds)
{
	int year, month, day;
	if (seconds <= 0 || seconds % DAY_SECONDS)
		return false;
	civil_from_days(seconds / DAY_SECONDS, &year, &month, &day);
	return day == 1;
}

bool times_parse(const char *s, int64_t *ms)
{
	int year, month, day, hour, minute, second, fraction, offset;
	if (!parse_date(&s, &year, &month, &day) || !(literal(&s, 'T') || literal(&s, 't')) ||
		!within(hour = digits(&s, 2), 0, 23) || !literal(&s, ':') ||
		!within(minute = digits(&s, 2), 0, 59) || !literal(&s, ':') ||
		!within(second = digits(&s, 2), 0, 60) || !parse_fraction(&s, &fraction) ||
		!parse_offset(&s, &offset) || *s)
		return false;
	int64_t at = days_from_civil(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 +
		     second - offset;
	if (second == 60 && !begins_month(at))
		return false;
	at = at * 1000 + fraction;
	if (at < 0 || at > LAST_MS)
		return false;
	*ms = at;
	return true;
}

void times_format(int64_t ms, char out[TIMES_TEXT])
{
	ms = ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms;
	int64_t seconds = ms / 1000;
	int year, month, day, rest = (int)(seconds % DAY_SECONDS);
	civil_from_days(seconds / DAY_SECONDS, &year, &month, &day);
	const struct {
		int value, width;
		char after;
	} parts[] = {{year, 4, '-'}, {month, 2, '-'}, {day, 2, 'T'}, {rest / 3600, 2, ':'},
		{rest / 60 % 60, 2, ':'}, {rest % 60, 2, '.'}, {(int)(ms % 1000), 3, 'Z'}};
	char *to = out;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int v = parts[i].value;
		for (int k = parts[i].width - 1; k >= 0; k--, v /= 10)
			to[k] = (char)('0' + v % 10);
		to += parts[i].width;
		*to++ = parts[i].after;
	}
	*to = '\0';
}

/* Year 0000 is none: PostgreSQL, which gets these, refuses it too. */
bool times_is_date(const char *s)
{
	int year, month, day;
	return parse_date(&s, &year, &month, &day) && year > 0 && !*s;
}

int64_t times_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
