/* users: people's own profile, and an admin's list of them. */
#include <string.h>

#include "answer.h"
#include "db.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "text.h"
#include "users_sql.h"

static const struct field profile_input[] = {
	{"firstName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "given name", NULL},
	{"lastName", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "family name", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "phone number", NULL},
	{"language", IN_BODY, TYPE_TEXT, OPTIONAL, 2, 12, NULL, "BCP 47 tag (en)", NULL},
	{"timeZone", IN_BODY, TYPE_ZONE, OPTIONAL, 1, 60, NULL, "IANA time zone (Asia/Kolkata)", NULL},
	{"id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "read-only: as it was got", NULL},
	{"email", IN_BODY, TYPE_EMAIL, OPTIONAL, 3, 254, NULL, "read-only: as it was got", NULL},
	{"createdAt", IN_BODY, TYPE_TIME, OPTIONAL, 0, 0, NULL, "read-only: as it was got", NULL},
	{0},
};

static const struct field user_filter[] = {
	{"q", IN_QUERY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "part of name, e-mail address or phone", NULL},
	{"role", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0,
		"admin manager operator technician customer guard resident", "who have this role", NULL},
	PAGE_FIELDS,
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
	{GET, "/api/users/users", ADMIN, LIMIT_USER, user_filter, user_list, "All users, newest first", 0},
	{GET, "/v1/profile/me", USER, LIMIT_USER, NULL, profile_me,
		"Who is signed in: roles, flats, guard", 0},
	{0},
};

static const struct conflict conflicts[] = {
	{"users_phone", "phone", "belongs to another account"},
	{0},
};

int main(int argc, char **argv)
{
	return serve_main(&(const struct program){"users", routes, users_statements, conflicts, NULL}, argc,
		argv);
}
