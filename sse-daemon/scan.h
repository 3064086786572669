/* scan: members of a JSON object found without parsing it.
 *
 * The daemon needs three values of an event (its time, its type, what a control event revokes) and
 * passes the rest through as bytes, so it looks for those only. It trusts that what PostgreSQL
 * wrote is JSON, and is merely safe with anything else: it may then find a wrong value, never leave
 * the text. Members of nested objects are not looked at, whatever their names. */
#ifndef SSE_SCAN_H
#define SSE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct scan_text {
	const char *text; /* borrowed */
	size_t length;
};

/* The value of the member `name` of the object that `json` is; strings with their quotes. */
bool scan_member(struct scan_text json, const char *name, struct scan_text *value);
/* The same for a string without escapes: copied without quotes, NUL-terminated; false when it is
 * something else or does not fit. */
bool scan_string(struct scan_text json, const char *name, char *out, size_t size);

#endif
