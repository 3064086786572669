/* login: registration, sign-in by password and by PIN, change of password.
 *
 * What cannot be right costs as much time as what could be: an unknown account is hashed for too. A
 * locked account is told so before anything is hashed, and once more after: many guesses sent at
 * once must not learn more than as many sent one by one. */
#include "auth.h"

#include <string.h>

#include "answer.h"
#include "arena.h"
#include "auth_sql.h"
#include "db.h"
#include "limit.h"
#include "log.h"
#include "password.h"
#include "problem.h"
#include "request.h"
#include "setting.h"
#include "token.h"

static int cost(void)
{
	return (int)setting_number(PASSWORD_COST);
}

/* "First Last" as the two halves that are kept. */
static void split_name(struct request *r)
{
	const char *name = request_get(r, "name");
	size_t n;

	if (!name || request_get(r, "firstName"))
		return;
	n = strcspn(name, " ");
	request_set(r, "firstName", arena_strndup(r->arena, name, n));
	request_set(r, "lastName", name + n + strspn(name + n, " "));
}

static int answer_session(
	struct request *r, const struct rows *rows, const char *user, const char *refresh)
{
	return pair_answer(r,
		&(struct pair){
			.user = user,
			.session = request_get(r, "new_session"),
			.id = request_get(r, "new_refresh"),
			.refresh = refresh,
			.issued = rows_number(rows, 0, "issued"),
			.head = arena_printf(r->arena, "\"user\":%s,", rows_get(rows, 0, "answer")),
			.cookie = request_true(r, "cookie"),
		});
}

int auth_register(struct request *r)
{
	const char *password = request_get(r, "password"), *why = password_refusal(password);
	const char *refresh;
	const struct rows *rows;

	if (why)
		return refuse_field(r, "password", "%s", why);
	if (limit_account(r, request_get(r, "email")) < 0)
		return -1;
	split_name(r);
	if (!request_get(r, "password_hash"))
		request_set(r, "password_hash", password_hash(r->arena, password, cost()));
	refresh = pair_refresh(r);
	rows = db_query(r, &sql_account_create);
	if (!rows) {
		/* That an address has an account is learnt here: such tries count like guesses. */
		if (r->status == problems[PROBLEM_CONFLICT].status)
			limit_failed(r);
		return -1;
	}
	return answer_session(r, rows, request_get(r, "new_id"), refresh);
}

static int refuse_locked(struct request *r, long seconds)
{
	request_security(r, "locked", "");
	return refuse_for(r, PROBLEM_ACCOUNT_LOCKED, seconds, "Try again in %ld minutes.",
		(seconds + 59) / 60);
}

/* -1 when `account` or `everywhere` is locked, or cannot be asked for. */
static int refuse_if_locked(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_lock_find);

	if (!rows)
		return -1;
	return rows_count(rows) > 0 ? refuse_locked(r, rows_number(rows, 0, "locked")) : 0;
}

static int refuse_credentials(struct request *r, const char *kind, const char *detail)
{
	const struct rows *rows;

	request_security(r, kind, "");
	limit_failed(r);
	rows = db_query(r, &sql_login_failed);
	if (!rows)
		return -1;
	if (rows_true(rows, 0, "locked"))
		request_security(r, "account_locked", "");
	if (!rows_true(rows, 0, "counted") && refuse_if_locked(r) < 0)
		return -1;
	return refuse(r, PROBLEM_INVALID_CREDENTIALS, "%s", detail);
}

/* The account was locked while its password was being looked at. */
static int refuse_overtaken(struct request *r)
{
	return refuse_if_locked(r) < 0 ? -1 : refuse_locked(r, 1);
}

/* The rows of a new session, or NULL with the problem answered. */
static const struct rows *create_session(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_session_create);

	if (rows && rows_count(rows) == 0) {
		refuse_overtaken(r);
		return NULL;
	}
	return rows;
}

int auth_login(struct request *r)
{
	const char *email = request_get(r, "email"), *phone = request_get(r, "phone"), *user,
		   *refresh;
	const struct rows *rows;
	bool right;

	if (!email == !phone)
		return refuse_field(r, "email", "give either email or phone");
	rows = db_query(r, &sql_login_find);
	if (!rows)
		return -1;
	request_set(r, "account", rows_get(rows, 0, "account"));
	if (rows_number(rows, 0, "locked") > 0)
		return refuse_locked(r, rows_number(rows, 0, "locked"));
	if (limit_account(r, email ? email : phone) < 0)
		return -1;
	user = rows_get(rows, 0, "id");
	right = password_verify(
		r->arena, request_get(r, "password"), rows_get(rows, 0, "hash"), cost());
	if (!right || rows_true(rows, 0, "disabled"))
		return refuse_credentials(
			r, "login_refused", "The account or the password is not right.");
	request_set(r, "account_user", user);
	refresh = pair_refresh(r);
	rows = create_session(r);
	if (!rows)
		return -1;
	return answer_session(r, rows, user, refresh);
}

static const struct rows *find_tablet(struct request *r)
{
	const struct rows *rows;

	request_set(r, "tablet_hash", token_hash(r->arena, request_get(r, "device_token")));
	rows = db_query(r, &sql_tablet_find);
	if (rows && rows_count(rows) == 0) {
		request_security(r, "tablet_refused", "");
		limit_failed(r);
		refuse(r, PROBLEM_INVALID_CREDENTIALS,
			"This tablet is not registered, or was revoked.");
		return NULL;
	}
	return rows;
}

int auth_tablet(struct request *r)
{
	const struct rows *rows = find_tablet(r);
	struct buf b;

	if (!rows)
		return -1;
	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_string(&b, "device_id", rows_get(rows, 0, "device"));
	put_string(&b, "device_name", rows_get(rows, 0, "device_name"));
	put_string(&b, "society_id", rows_get(rows, 0, "society_id"));
	put_string(&b, "society_name", rows_get(rows, 0, "society_name"));
	put_raw(&b, "guards", rows_get(rows, 0, "guards") ? rows_get(rows, 0, "guards") : "[]");
	put_close(&b, '}');
	return answer_json(r, b.data);
}

static int answer_guard(struct request *r, const struct rows *guard)
{
	const char *refresh = pair_refresh(r);
	const struct rows *rows = create_session(r);
	struct buf b;

	if (!rows)
		return -1;
	buf_init(&b, r->arena);
	put_open(&b, "guard", '{');
	put_string(&b, "id", rows_get(guard, 0, "id"));
	put_string(&b, "name", rows_get(guard, 0, "name"));
	put_string(&b, "society_id", rows_get(guard, 0, "society_id"));
	put_close(&b, '}');
	buf_puts(&b, ",");
	return pair_answer(r, &(struct pair){
				      .user = rows_get(guard, 0, "user_id"),
				      .session = request_get(r, "new_session"),
				      .id = request_get(r, "new_refresh"),
				      .refresh = refresh,
				      .issued = rows_number(rows, 0, "issued"),
				      .head = b.data,
				      .cookie = request_true(r, "cookie"),
				      .snake = true,
			      });
}

/* A guard's failures are counted by tablet, and over all tablets too: whoever may register tablets
 * must not gain tries with each. */
static void count_pin(struct request *r, const char *device, const char *guard)
{
	request_set(r, "account",
		token_hash(r->arena,
			arena_printf(r->arena, "pin %s %s", device, guard ? guard : "nobody")));
	if (guard)
		request_set(r, "everywhere",
			token_hash(r->arena, arena_printf(r->arena, "pin %s", guard)));
}

int auth_guard(struct request *r)
{
	const struct rows *tablet = find_tablet(r), *guard;
	const char *device;

	if (!tablet)
		return -1;
	device = rows_get(tablet, 0, "device");
	request_set(r, "device", device);
	guard = db_query(r, &sql_guard_find);
	if (!guard)
		return -1;
	if (rows_count(guard) > 1)
		return refuse_field(r, "guard_id", "is required: several guards use this tablet");
	count_pin(r, device, rows_count(guard) ? rows_get(guard, 0, "id") : NULL);
	if (refuse_if_locked(r) < 0 || limit_account(r, device) < 0)
		return -1;
	if (!password_verify(
		    r->arena, request_get(r, "pin"), rows_get(guard, 0, "pin_hash"), cost()))
		return refuse_credentials(r, "pin_refused", "The PIN is not right.");
	request_set(r, "account_user", rows_get(guard, 0, "user_id"));
	request_set(r, "guard", rows_get(guard, 0, "id"));
	return answer_guard(r, guard);
}

int auth_password(struct request *r)
{
	const char *password = request_get(r, "newPassword"), *why = password_refusal(password),
		   *hash;
	const struct rows *rows;

	if (why)
		return refuse_field(r, "newPassword", "%s", why);
	request_set(r, "account", token_hash(r->arena, r->user));
	if (refuse_if_locked(r) < 0 || limit_account(r, r->user) < 0)
		return -1;
	rows = db_query(r, &sql_password_find);
	if (!rows)
		return -1;
	hash = rows_get(rows, 0, "hash");
	if (!password_verify(r->arena, request_get(r, "currentPassword"), hash, cost()))
		return refuse_credentials(
			r, "password_refused", "The current password is not right.");
	request_set(r, "old_hash", hash);
	request_set(r, "password_hash", password_hash(r->arena, password, cost()));
	request_set(r, "keep", r->session);
	request_set(r, "reason", "password changed");
	db_begin(r);
	rows = db_query(r, &sql_password_change);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse_if_locked(r) < 0
			       ? -1
			       : refuse(r, PROBLEM_CONFLICT,
					 "The password was changed elsewhere just now.");
	return db_query(r, &sql_sessions_revoke) ? answer_empty(r) : -1;
}
