/* role: who may do what, given and taken. The database tells the user's streams by itself. */
#include "users.h"

#include <string.h>

#include "answer.h"
#include "db.h"
#include "problem.h"
#include "request.h"
#include "users_sql.h"

int role_list(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_user_exists);

	if (!rows)
		return -1;
	if (!rows_true(rows, 0, "known"))
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	return answer_page(r, &sql_role_list);
}

static int check_scope(struct request *r)
{
	bool site = strcmp(request_get(r, "scopeType"), "site") == 0;

	if (site && request_get(r, "scopeId"))
		return refuse_field(r, "scopeId", "is not given for the whole site");
	if (!site && !request_get(r, "scopeId"))
		return refuse_field(r, "scopeId", "is required");
	return 0;
}

int role_give(struct request *r)
{
	const struct rows *rows;

	if (check_scope(r) < 0)
		return -1;
	rows = db_query(r, &sql_role_allowed);
	if (!rows)
		return -1;
	if (!rows_true(rows, 0, "known") || !rows_true(rows, 0, "placed"))
		return refuse(r, PROBLEM_NOT_FOUND, "There is no such user or place.");
	if (!rows_true(rows, 0, "allowed")) {
		request_security(r, "trespass", ",\"wall\":\"role\"");
		return refuse(r, PROBLEM_FORBIDDEN, "This role is not yours to give.");
	}
	return answer_query(r, &sql_role_give);
}

int role_take(struct request *r)
{
	return check_scope(r) < 0 ? -1 : answer_query(r, &sql_role_take);
}
