/* actor: whose request it is, by its access token.
 *
 * The signature and times are checked here; whether the session still lives and what roles the user
 * has today is gh_enter()'s business, inside the database. Cookies need a CSRF token on unsafe
 * methods: the HMAC of the session id, which scripts of other origins cannot read. */
#ifndef GH_ACTOR_H
#define GH_ACTOR_H

#include <stdbool.h>

struct request;

/* 0, or -1 with the problem answered. On a route for ANYONE no credentials are looked at. */
int actor_read(struct request *r);
/* In a handler for ANYONE: from here on it takes somebody signed in who has one of these roles. 0,
 * or -1 with the problem answered. */
int actor_need(struct request *r, unsigned who);
/* The CSRF token of a session. Arena. */
const char *actor_csrf(struct request *r, const char *session);
/* Whether the request brings it as X-CSRF-Token; compared in constant time. */
bool actor_csrf_holds(struct request *r, const char *session);

/* What a cookie is called here: on https with the prefix that keeps a neighbouring host from
 * setting it (RFC 6265bis section 4.1.3). Arena or static. */
const char *actor_cookie_name(struct request *r, const char *name);

#define COOKIE_ACCESS "gh_access"
#define COOKIE_REFRESH "gh_refresh"
#define COOKIE_CSRF "gh_csrf"

#endif
