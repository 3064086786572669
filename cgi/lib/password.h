/* password: scrypt (RFC 7914) hashes in the modular crypt form of libscrypt, and what may be one.
 *
 * N = 2^cost, r = 8, p = 3: at cost 15 about 0.2 s and 32 MiB, in a small pool of its own. */
#ifndef GH_PASSWORD_H
#define GH_PASSWORD_H

#include <stdbool.h>

struct arena;

/* The hash of a password at `cost` (10 to 20). Arena; NULL only if libscrypt fails. */
char *password_hash(struct arena *a, const char *password, int cost);
/* Whether it matches. With a NULL hash it does the same work at `cost` and says no, so that an
 * unknown account takes as long as a known one. */
bool password_verify(struct arena *a, const char *password, const char *hash, int cost);
/* NULL if it may be used, else the sentence to show. 8 to 128 characters (code points), valid
 * UTF-8, none of the 10,000 commonest (compared without case). */
const char *password_refusal(const char *password);

#endif
