/* pair: the access and refresh token of a session, in the body or as cookies. */
#include "auth.h"

#include "actor.h"
#include "answer.h"
#include "arena.h"
#include "request.h"
#include "setting.h"
#include "token.h"

#include <string.h>

const char *pair_refresh(struct request *r)
{
	char *token = token_random(r->arena);

	request_set(r, "refresh_hash", token_hash(r->arena, token));
	return token;
}

static void set_cookie(struct request *r, const char *name, const char *value, const char *path,
	long seconds, bool hidden)
{
	request_header(r, "Set-Cookie", "%s=%s; Path=%s; Max-Age=%ld; SameSite=Strict%s%s",
		actor_cookie_name(r, name), value, path, seconds, hidden ? "; HttpOnly" : "",
		r->https ? "; Secure" : "");
}

void pair_clear_cookies(struct request *r)
{
	if (r->via != CREDENTIALS_COOKIE)
		return;
	set_cookie(r, COOKIE_ACCESS, "", "/", 0, true);
	set_cookie(r, COOKIE_REFRESH, "", "/api/auth/refresh", 0, true);
	set_cookie(r, COOKIE_CSRF, "", "/", 0, false);
}

int pair_answer(struct request *r, const struct pair *p)
{
	long ttl = setting_number(ACCESS_TOKEN_TTL), keep = setting_number(REFRESH_TOKEN_TTL);
	struct claims claims = {.issued = p->issued, .expires = p->issued + ttl};
	const char *access;
	struct buf b;

	memcpy(claims.user, p->user, sizeof claims.user);
	memcpy(claims.session, p->session, sizeof claims.session);
	memcpy(claims.id, p->id, sizeof claims.id);
	access = token_sign(r->arena, &claims);
	buf_init(&b, r->arena);
	buf_printf(&b, "{%s", p->head);
	if (p->cookie) {
		set_cookie(r, COOKIE_ACCESS, access, "/", keep, true);
		set_cookie(r, COOKIE_REFRESH, p->refresh, "/api/auth/refresh", keep, true);
		set_cookie(r, COOKIE_CSRF, actor_csrf(r, p->session), "/", keep, false);
	} else {
		buf_printf(&b,
			p->snake ? "\"access_token\":\"%s\",\"refresh_token\":\"%s\","
				 : "\"accessToken\":\"%s\",\"refreshToken\":\"%s\",",
			access, p->refresh);
	}
	buf_printf(&b,
		p->snake ? "\"token_type\":\"Bearer\",\"expires_in\":%ld}"
			 : "\"tokenType\":\"Bearer\",\"expiresIn\":%ld}",
		ttl);
	return answer_json(r, b.data);
}
