/* actor: whose request it is, by its access token.
 *
 * The signature and times are checked here; whether the session still lives and what roles the user
 * has today is gh_enter()'s business, inside the database. Cookies need a CSRF token on unsafe
 * methods: the HMAC of the session id, which scripts of other origins cannot read. */
#ifndef GH_ACTOR_H
#define GH_ACTOR_H

struct request;

/* 0, or -1 with the problem answered. On a route for ANYONE no credentials are looked at. */
int actor_read(struct request *r);
/* In a handler for ANYONE: from here on it takes somebody signed in who has one of these roles. 0,
 * or -1 with the problem answered. */
int actor_need(struct request *r, unsigned who);
/* The CSRF token of a session. Arena. */
const char *actor_csrf(struct request *r, const char *session);

#define COOKIE_ACCESS "gh_access"
#define COOKIE_REFRESH "gh_refresh"
#define COOKIE_CSRF "gh_csrf"

#endif
