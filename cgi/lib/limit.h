/* limit: who may call how often (IETF draft-ietf-httpapi-ratelimit-headers-10).
 *
 * An address is an IPv4 address or the /64 that an IPv6 address is in.
 * Fixed windows counted in Redis by one script. When Redis is away nothing is refused here: nginx's
 * limit_req stays as the coarse ceiling. A refusal is a security event. */
#ifndef GH_LIMIT_H
#define GH_LIMIT_H

struct request;

/* The limit of the route's class, by user or address. 0, or -1 with 429 answered. */
int limit_check(struct request *r);
/* AUTH_RATE_LIMIT for an account or tablet at this address, and the failures of the address. */
int limit_account(struct request *r, const char *account);
/* Counts a failed sign-in of the address, or what costs and tells as much as one. */
void limit_failed(struct request *r);

#endif
