/* actor: finds and checks the access token of a request. */
#include "actor.h"

#include <openssl/crypto.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "db.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "token.h"

static const char *bearer(const struct request *r)
{
	const char *h = request_param(r, "HTTP_AUTHORIZATION");

	if (!h || strncasecmp(h, "Bearer ", 7) != 0)
		return NULL;
	return h + 7 + strspn(h + 7, " ");
}

const char *actor_csrf(struct request *r, const char *session)
{
	return token_mac(r->arena, "csrf", session);
}

/* __Host- asks for Path=/, which the refresh token must not have: it would go along everywhere. */
const char *actor_cookie_name(struct request *r, const char *name)
{
	const char *prefix = strcmp(name, COOKIE_REFRESH) == 0 ? "__Secure-" : "__Host-";

	return r->https ? arena_printf(r->arena, "%s%s", prefix, name) : name;
}

bool actor_csrf_holds(struct request *r, const char *session)
{
	const char *given = request_param(r, "HTTP_X_CSRF_TOKEN");
	const char *right = actor_csrf(r, session);

	return given && strlen(given) == strlen(right) &&
	       CRYPTO_memcmp(given, right, strlen(right)) == 0;
}

/* EventSource cannot set headers: streams, and only they, may bring the token in the query. */
static const char *find_token(struct request *r)
{
	const char *t = bearer(r);

	r->via = CREDENTIALS_BEARER;
	if (!t && (r->route->flags & STREAMS) && strstr(r->query, "token=")) {
		for (const char *s = r->query; *s; s += strcspn(s, "&"), s += *s == '&')
			if (strncmp(s, "token=", 6) == 0)
				t = arena_strndup(r->arena, s + 6, strcspn(s + 6, "&"));
	}
	if (!t) {
		r->via = CREDENTIALS_COOKIE;
		t = request_cookie(r, actor_cookie_name(r, COOKIE_ACCESS));
	}
	if (!t)
		r->via = CREDENTIALS_NONE;
	return t;
}

static int take_token(struct request *r)
{
	struct claims claims;
	const char *token;

	token = find_token(r);
	if (!token || !*token)
		return refuse(r, PROBLEM_UNAUTHENTICATED, "Give an access token, or sign in.");
	switch (token_verify(token, strlen(token), time(NULL), &claims)) {
	case TOKEN_FORGED:
		request_security(r, "forged_token", "");
		return refuse(r, PROBLEM_UNAUTHENTICATED, "The access token is not valid.");
	case TOKEN_EXPIRED:
		return refuse(
			r, PROBLEM_TOKEN_IS_EXPIRED, "Refresh the access token and call again.");
	case TOKEN_OK:
		break;
	}
	memcpy(r->user, claims.user, sizeof r->user);
	memcpy(r->session, claims.session, sizeof r->session);
	r->expires = claims.expires;
	if (r->via == CREDENTIALS_COOKIE && r->method != GET && !actor_csrf_holds(r, r->session)) {
		request_security(r, "csrf", "");
		return refuse(r, PROBLEM_CSRF_FAILED,
			"Send the value of the cookie %s as X-CSRF-Token.",
			actor_cookie_name(r, COOKIE_CSRF));
	}
	return 0;
}

int actor_read(struct request *r)
{
	return r->who & ANYONE ? 0 : take_token(r);
}

int actor_need(struct request *r, unsigned who)
{
	r->who = who;
	return take_token(r) < 0 ? -1 : db_enter(r);
}
