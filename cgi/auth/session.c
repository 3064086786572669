/* session: refresh with rotation, log out, revocation, the list of sessions.
 *
 * A refresh token's successor is the HMAC of it, so that two tabs that race get the same pair
 * without any secret being stored (OAuth 2.0 Security BCP, RFC 9700 section 4.14). */
#include "auth.h"

#include <string.h>
#include <time.h>

#include "actor.h"
#include "answer.h"
#include "arena.h"
#include "auth_sql.h"
#include "db.h"
#include "encode.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "token.h"

static const char *successor_of(struct request *r, const char *token)
{
	unsigned char bytes[32];

	token_mac_raw("refresh", token, bytes);
	return base64url_encode(r->arena, bytes, sizeof bytes);
}

static int revoke_reused(struct request *r, const struct rows *rows)
{
	const struct statement *list[] = {&sql_session_revoke};

	request_security(r, "refresh_reused", "");
	request_set(r, "target", rows_get(rows, 0, "session"));
	request_set(r, "owner", rows_get(rows, 0, "user_id"));
	request_set(r, "reason", "refresh token used twice");
	if (db_pipeline(r, 1, list, NULL) < 0)
		return -1;
	return refuse(r, PROBLEM_TOKEN_REUSED, "The session was ended to be safe. Sign in again.");
}

static int answer_pair(struct request *r, const struct rows *rows, const char *id,
	const char *refresh, long issued)
{
	return pair_answer(
		r, &(struct pair){
			   .user = rows_get(rows, 0, "user_id"),
			   .session = rows_get(rows, 0, "session"),
			   .id = id,
			   .refresh = refresh,
			   .issued = issued,
			   .head = "",
			   .cookie = r->via == CREDENTIALS_COOKIE || request_true(r, "cookie"),
		   });
}

/* One look and, if the token is fresh, one conditional update. 1: another tab was faster; look
 * again. */
static int rotate(struct request *r, const char *successor)
{
	const struct rows *rows = db_query(r, &sql_refresh_find), *made;

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_UNAUTHENTICATED,
			"The refresh token is not known. Sign in again.");
	if (r->via == CREDENTIALS_COOKIE && !actor_csrf_holds(r, rows_get(rows, 0, "session"))) {
		request_security(r, "csrf", "");
		return refuse(r, PROBLEM_CSRF_FAILED,
			"Send the value of the cookie %s as X-CSRF-Token.",
			actor_cookie_name(r, COOKIE_CSRF));
	}
	if (rows_true(rows, 0, "revoked"))
		return refuse(r, PROBLEM_TOKEN_REVOKED, "The session has ended. Sign in again.");
	if (rows_true(rows, 0, "graced") && rows_get(rows, 0, "successor"))
		return answer_pair(r, rows, rows_get(rows, 0, "successor"), successor,
			rows_number(rows, 0, "issued"));
	if (rows_true(rows, 0, "used"))
		return revoke_reused(r, rows);
	if (rows_true(rows, 0, "expired"))
		return refuse(
			r, PROBLEM_TOKEN_IS_EXPIRED, "The session has expired. Sign in again.");
	made = db_query(r, &sql_refresh_rotate);
	if (!made)
		return -1;
	if (rows_count(made) == 0)
		return 1;
	return answer_pair(
		r, rows, request_get(r, "new_refresh"), successor, rows_number(made, 0, "issued"));
}

int auth_refresh(struct request *r)
{
	const char *token = request_get(r, "refreshToken"), *successor;
	int result;

	r->via = CREDENTIALS_BEARER;
	if (!token) {
		token = request_cookie(r, actor_cookie_name(r, COOKIE_REFRESH));
		r->via = CREDENTIALS_COOKIE;
	}
	if (!token || !*token)
		return refuse(r, PROBLEM_UNAUTHENTICATED, "Give a refresh token, or sign in.");
	successor = successor_of(r, token);
	request_set(r, "refresh_hash", token_hash(r->arena, token));
	request_set(r, "successor_hash", token_hash(r->arena, successor));
	request_set(r, "client",
		token_hash(r->arena,
			arena_printf(r->arena, "%s %s", r->ip, r->agent ? r->agent : "")));
	result = rotate(r, successor);
	if (result == 1)
		result = rotate(r, successor);
	return result == 1 ? refuse(r, PROBLEM_TOKEN_REVOKED, NULL) : result;
}

static int revoke(struct request *r, const char *session, const char *reason)
{
	request_set(r, "target", session);
	request_set(r, "owner", r->user);
	request_set(r, "reason", reason);
	return answer_query(r, &sql_session_revoke);
}

int auth_logout(struct request *r)
{
	if (revoke(r, r->session, "logged out") < 0)
		return -1;
	pair_clear_cookies(r);
	return 0;
}

int auth_logout_all(struct request *r)
{
	request_set(r, "reason", "logged out everywhere");
	if (answer_query(r, &sql_sessions_revoke) < 0)
		return -1;
	pair_clear_cookies(r);
	return 0;
}

int auth_revoke(struct request *r)
{
	const char *token = request_get(r, "token");
	const struct rows *rows;
	struct claims claims;
	enum token_result result = token_verify(token, strlen(token), time(NULL), &claims);

	if (result == TOKEN_OK)
		return strcmp(claims.user, r->user) == 0 ? revoke(r, claims.session, "revoked")
							 : refuse(r, PROBLEM_NOT_FOUND, NULL);
	if (result == TOKEN_EXPIRED)
		return answer_empty(r);
	request_set(r, "refresh_hash", token_hash(r->arena, token));
	rows = db_query(r, &sql_refresh_find);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0 || strcmp(rows_get(rows, 0, "user_id"), r->user) != 0)
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	return revoke(r, rows_get(rows, 0, "session"), "revoked");
}

int auth_sessions(struct request *r)
{
	return answer_page(r, &sql_session_list);
}

int auth_session_delete(struct request *r)
{
	return revoke(r, request_get(r, "id"), "ended by the user");
}
