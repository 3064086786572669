/* auth: accounts, sign-in, sessions, and who may open which stream. */
#include "auth.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "arena.h"
#include "auth_sql.h"
#include "password.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "setting.h"
#include "token.h"

#define EMAIL \
	{ \
		"email", IN_BODY, TYPE_EMAIL, OPTIONAL, 3, 254, NULL, "e-mail address", NULL \
	}
#define COOKIE \
	{ \
		"cookie", IN_BODY, TYPE_BOOLEAN, OPTIONAL, 0, 0, NULL, \
			"true: the tokens come as cookies, not in the body", NULL \
	}

static const struct field register_input[] = {
	{"email", IN_BODY, TYPE_EMAIL, REQUIRED, 3, 254, NULL, "e-mail address", NULL},
	{"password", IN_BODY, TYPE_SECRET, REQUIRED, 0, 512, NULL,
		"8 to 128 characters, none of the 10,000 commonest", NULL},
	{"firstName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "given name", NULL},
	{"lastName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "family name", NULL},
	{"name", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 160, NULL, "whole name, instead of the two",
		NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "phone number", NULL},
	COOKIE,
	{0},
};

static const struct field login_input[] = {
	EMAIL,
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL,
		"phone number, instead of the e-mail address", NULL},
	{"password", IN_BODY, TYPE_SECRET, REQUIRED, 1, 512, NULL, "password", NULL},
	COOKIE,
	{0},
};

static const struct field guard_input[] = {
	{"device_token", IN_BODY, TYPE_SECRET, REQUIRED, 1, 200, NULL,
		"token of a registered tablet", NULL},
	{"guard_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL,
		"needed when the tablet has several guards", NULL},
	{"pin", IN_BODY, TYPE_SECRET, REQUIRED, 1, 32, NULL, "the guard's PIN", NULL},
	COOKIE,
	{0},
};

static const struct field tablet_input[] = {
	{"device_token", IN_BODY, TYPE_SECRET, REQUIRED, 1, 200, NULL,
		"token of a registered tablet", NULL},
	{0},
};

static const struct field refresh_input[] = {
	{"refreshToken", IN_BODY, TYPE_SECRET, OPTIONAL, 1, 200, NULL,
		"refresh token; left out, the cookie is used", "refresh_token"},
	COOKIE,
	{0},
};

static const struct field revoke_input[] = {
	{"token", IN_BODY, TYPE_SECRET, REQUIRED, 1, 4096, NULL,
		"an access or refresh token of one's own", NULL},
	{0},
};

static const struct field password_input[] = {
	{"currentPassword", IN_BODY, TYPE_SECRET, REQUIRED, 1, 512, NULL, "password of today",
		NULL},
	{"newPassword", IN_BODY, TYPE_SECRET, REQUIRED, 0, 512, NULL, "8 to 128 characters", NULL},
	{0},
};

static const struct field list_input[] = {PAGE_FIELDS, {0}};

static const struct field session_input[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "session", NULL},
	{0},
};

static const struct field stream_input[] = {
	{"topics", IN_QUERY, TYPE_TEXT, OPTIONAL, 1, 4000, NULL,
		"comma-separated; narrows the stream", NULL},
	{"token", IN_QUERY, TYPE_SECRET, OPTIONAL, 1, 4096, NULL,
		"access token, for clients that cannot set headers", NULL},
	{"last_event_id", IN_QUERY, TYPE_TEXT, OPTIONAL, 0, 64, NULL, "as the Last-Event-ID header",
		"since"},
	{"named", IN_QUERY, TYPE_BOOLEAN, OPTIONAL, 0, 0, NULL, "true: adds event: lines", NULL},
	{"dialect", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0, "s2", "names of another system's events",
		NULL},
	{0},
};

static const struct field poll_input[] = {
	{"topics", IN_QUERY, TYPE_TEXT, OPTIONAL, 1, 4000, NULL, "comma-separated; narrows it",
		NULL},
	{"token", IN_QUERY, TYPE_SECRET, OPTIONAL, 1, 4096, NULL,
		"access token, for clients that cannot set headers", NULL},
	{"since", IN_QUERY, TYPE_TEXT, OPTIONAL, 0, 64, NULL, "`last` of the answer before",
		"last_event_id"},
	{"wait", IN_QUERY, TYPE_INTEGER, OPTIONAL, 0, 60, NULL, "seconds to wait for an event (25)",
		NULL},
	{0},
};

static const struct route routes[] = {
	{POST, "/api/auth/register", ANYONE, LIMIT_AUTH, register_input, auth_register,
		"Make an account", CREATES | LOGIN_POOL},
	{POST, "/api/auth/signup", ANYONE, LIMIT_AUTH, register_input, auth_register,
		"Make an account (another name of register)", CREATES | LOGIN_POOL},
	{POST, "/api/auth/login", ANYONE, LIMIT_AUTH, login_input, auth_login, "Sign in",
		LOGIN_POOL},
	{POST, "/api/auth/refresh", ANYONE, LIMIT_NONE, refresh_input, auth_refresh,
		"Change a refresh token for a new pair", 0},
	{POST, "/api/auth/logout", USER, LIMIT_USER, NULL, auth_logout, "End this session",
		EMPTIES},
	{POST, "/api/auth/logout-all", USER, LIMIT_USER, NULL, auth_logout_all,
		"End all sessions of the user", EMPTIES},
	{POST, "/api/auth/revoke", USER, LIMIT_USER, revoke_input, auth_revoke,
		"End the session of a token of one's own", EMPTIES},
	{GET, "/api/auth/sessions", USER, LIMIT_USER, list_input, auth_sessions,
		"Sessions of the user", 0},
	{DELETE, "/api/auth/sessions/:id", USER, LIMIT_USER, session_input, auth_session_delete,
		"End a session", EMPTIES},
	{POST, "/api/auth/password", USER, LIMIT_USER, password_input, auth_password,
		"Change the password; ends the other sessions", EMPTIES | LOGIN_POOL},
	{POST, "/v1/auth/guard", ANYONE, LIMIT_AUTH, guard_input, auth_guard,
		"Sign a guard in by PIN on a registered tablet", LOGIN_POOL},
	{POST, "/v1/auth/tablet", ANYONE, LIMIT_GENERAL, tablet_input, auth_tablet,
		"What a registered tablet is, and the guards who may sign in on it", 0},
	{GET, "/api/sse/events", USER, LIMIT_USER, stream_input, auth_stream,
		"Events as they happen (text/event-stream)", STREAMS},
	{GET, "/api/events/poll", USER, LIMIT_USER, poll_input, auth_poll,
		"Events as they happen, by long-poll", STREAMS},
	{GET, "/api/sse/stats", ADMIN, LIMIT_USER, NULL, auth_stream_stats,
		"Figures of the push daemon", STREAMS},
	{0},
};

static const struct conflict conflicts[] = {
	{"users_email", NULL, "An account with this e-mail address exists. Sign in instead."},
	{"users_phone", NULL, "An account with this phone number exists. Sign in instead."},
	{0},
};

/* Hashes for scripts that write accounts: lines `password TEXT`, `pin TEXT` or `token TEXT`. */
static int hash_lines(int argc, char **argv)
{
	struct arena *a = arena_new(4096);
	char line[1024];

	if (argc != 2 || strcmp(argv[1], "--hash") != 0) {
		fprintf(stderr, "auth: no such option: %s\n", argv[1]);
		return 2;
	}
	while (fgets(line, sizeof line, stdin)) {
		char *text = strchr(line, ' ');

		line[strcspn(line, "\n")] = 0;
		if (!text)
			return 2;
		*text++ = 0;
		puts(strcmp(line, "token") == 0
				? token_hash(a, text)
				: password_hash(a, text, (int)setting_number(PASSWORD_COST)));
		arena_reset(a);
	}
	arena_free(a);
	return 0;
}

int main(int argc, char **argv)
{
	return serve_main(
		&(const struct program){"auth", routes, auth_statements, conflicts, hash_lines},
		argc, argv);
}
