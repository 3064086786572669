/* users: people's own profile, and an admin's list of them. */
#include "answer.h"
#include "db.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "text.h"
#include "users.h"
#include "users_sql.h"

#define ROLES "admin manager operator technician customer guard resident"

static const struct field profile_input[] = {
	{"firstName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "given name", NULL},
	{"lastName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "family name", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "phone number", NULL},
	{"language", IN_BODY, TYPE_TEXT, OPTIONAL, 2, 12, NULL, "BCP 47 tag (en)", NULL},
	{"timeZone", IN_BODY, TYPE_ZONE, OPTIONAL, 1, 60, NULL, "IANA time zone (Asia/Kolkata)",
		NULL},
	{"id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "read-only: as it was got", NULL},
	{"email", IN_BODY, TYPE_EMAIL, OPTIONAL, 3, 254, NULL, "read-only: as it was got", NULL},
	{"createdAt", IN_BODY, TYPE_TIME, OPTIONAL, 0, 0, NULL, "read-only: as it was got", NULL},
	{0},
};

static const struct field user_filter[] = {
	{"q", IN_QUERY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "part of name, e-mail address or phone",
		NULL},
	{"role", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0, ROLES, "who have this role", NULL},
	PAGE_FIELDS,
	{0},
};

#define SCOPES "site organization society customer flat"
#define ROLE_FIELDS(in, needed) \
	{"role", in, TYPE_CHOICE, needed, 0, 0, ROLES, "the role", NULL}, \
		{"scopeType", in, TYPE_CHOICE, needed, 0, 0, SCOPES, "what it holds in", NULL}, \
	{ \
		"scopeId", in, TYPE_UUID, OPTIONAL, 0, 0, NULL, "which one; not for site", NULL \
	}

static const struct field role_filter[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "user", NULL},
	PAGE_FIELDS,
	{0},
};

static const struct field role_input[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "user", NULL},
	ROLE_FIELDS(IN_BODY, REQUIRED),
	{0},
};

/* Some clients cannot send a body with DELETE: the query will do. */
static const struct field role_taken[] = {
	{"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "user", NULL},
	ROLE_FIELDS(IN_QUERY, OPTIONAL),
	ROLE_FIELDS(IN_BODY, REQUIRED),
	{0},
};

static int profile_get(struct request *r)
{
	return answer_query(r, &sql_profile_get);
}

static int profile_put(struct request *r)
{
	const struct rows *rows;

	if (request_get(r, "timeZone")) {
		rows = db_query(r, &sql_zone_check);
		if (!rows)
			return -1;
		if (rows_count(rows) == 0)
			return refuse_field(r, "timeZone", "must be a time zone like Asia/Kolkata");
	}
	return answer_query(r, &sql_profile_put);
}

static int profile_me(struct request *r)
{
	return answer_query(r, &sql_profile_me);
}

static int user_list(struct request *r)
{
	request_set(r, "like", text_like(r->arena, request_get(r, "q")));
	return answer_page(r, &sql_user_list);
}

static const struct route routes[] = {
	{GET, "/api/users/profile", USER, LIMIT_USER, NULL, profile_get, "One's own profile", 0},
	{PUT, "/api/users/profile", USER, LIMIT_USER, profile_input, profile_put,
		"Replace one's own profile", 0},
	{GET, "/api/users/users", ADMIN, LIMIT_USER, user_filter, user_list,
		"All users, newest first", 0},
	{GET, "/api/users/:id/roles", MANAGER, LIMIT_USER, role_filter, role_list,
		"Roles of a user, within the caller's scope", 0},
	{POST, "/api/users/:id/roles", MANAGER, LIMIT_USER, role_input, role_give,
		"Give a role; acts at once", CREATES},
	{DELETE, "/api/users/:id/roles", MANAGER, LIMIT_USER, role_taken, role_take,
		"Take a role; acts at once, live streams included", EMPTIES},
	{GET, "/v1/profile/me", USER, LIMIT_USER, NULL, profile_me,
		"Who is signed in: roles, flats, guard", 0},
	{0},
};

static const struct conflict conflicts[] = {
	{"users_phone", "phone", "belongs to another account"},
	{"role_assignments_once", NULL, "The user has this role already."},
	{"role_assignments_fits", "scopeType", "does not fit the role"},
	{0},
};

int main(int argc, char **argv)
{
	return serve_main(
		&(const struct program){"users", routes, users_statements, conflicts, NULL}, argc,
		argv);
}
