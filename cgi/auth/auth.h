/* auth: handlers of the area; each file has one resource. */
#ifndef GH_AUTH_H
#define GH_AUTH_H

#include <stdbool.h>

struct request;

int auth_register(struct request *r);
int auth_login(struct request *r);
int auth_guard(struct request *r);
int auth_tablet(struct request *r);
int auth_password(struct request *r);

int auth_refresh(struct request *r);
int auth_logout(struct request *r);
int auth_logout_all(struct request *r);
int auth_revoke(struct request *r);
int auth_sessions(struct request *r);
int auth_session_delete(struct request *r);

int auth_stream(struct request *r);
int auth_poll(struct request *r);
int auth_stream_stats(struct request *r);

/* What login, registration and refresh have in common: the pair of tokens of one session. */
struct pair {
	const char *user, *session,
		*id;	     /* ids; id is the refresh token's row and the access token's jti */
	const char *refresh; /* the token itself */
	long issued;	     /* Unix seconds */
	const char *head;    /* members before the tokens (`"user":{…},`), or "" */
	bool cookie;	     /* tokens go into cookies, not into the body */
	bool snake;	     /* names of /v1 */
};

/* Makes a refresh token and sets refresh_hash for the statements. Arena. */
const char *pair_refresh(struct request *r);
/* Answers the pair. Returns 0. */
int pair_answer(struct request *r, const struct pair *p);
void pair_clear_cookies(struct request *r);

#endif
