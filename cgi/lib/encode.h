/* encode: bytes as text and back: hex, base64url (RFC 4648 section 5, no padding), percent-encoding
 * (RFC 3986), UTF-8 (RFC 3629). Decoders are strict: what is not exactly in the alphabet, has stray
 * trailing bits or is overlong is refused. */
#ifndef GH_ENCODE_H
#define GH_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

char *hex_encode(struct arena *a, const void *bytes, size_t n);	      /* arena; lower case */
char *base64url_encode(struct arena *a, const void *bytes, size_t n); /* arena */
/* The decoded bytes (arena, NUL after them) and their count in *len, or NULL. */
unsigned char *base64url_decode(struct arena *a, const char *s, size_t n, size_t *len);
/* Decodes %XX (and '+' as space when `plus`) of n bytes. NULL for a bad escape or a NUL byte.
 * Arena. */
char *percent_decode(struct arena *a, const char *s, size_t n, bool plus);
char *percent_encode(struct arena *a, const char *s); /* arena; all but RFC 3986 unreserved */
/* Bytes of the well-formed UTF-8 sequence that n bytes begin with; 0 if they begin with none. */
size_t utf8_sequence(const char *s, size_t n);
/* Whether n bytes are valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool utf8_valid(const char *s, size_t n);
/* Number of code points of valid UTF-8. */
size_t utf8_length(const char *s);

#endif
