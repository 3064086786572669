/* uuid: RFC 9562 identifiers as 36-character lower-case text. */
#ifndef GH_UUID_H
#define GH_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT 37 /* with the NUL */

/* A new version 7 id: 48 bits of Unix milliseconds, then a counter that keeps the ids of one
 * process strictly ascending within a millisecond (RFC 9562 section 6.2, method 1), then random
 * bits. A fork reseeds. */
void uuid_new(char out[UUID_TEXT]);

/* Whether s is any RFC 9562 UUID (8-4-4-4-12 hex, either case); `out`, unless NULL, gets it in
 * lower case. */
bool uuid_parse(const char *s, char out[UUID_TEXT]);

#endif
