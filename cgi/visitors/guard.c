/* guard: who guards which gate, and the tablets they do it on. */
#include "visitors.h"

#include <string.h>

#include "answer.h"
#include "arena.h"
#include "db.h"
#include "password.h"
#include "request.h"
#include "setting.h"
#include "token.h"
#include "visitors_sql.h"

static int hash_pin(struct request *r)
{
	const char *pin = request_get(r, "pin");

	if (!pin)
		return 0;
	if (strspn(pin, "0123456789") != strlen(pin))
		return refuse_field(r, "pin", "must be digits");
	if (!request_get(r, "pin_hash"))
		request_set(r, "pin_hash",
			password_hash(r->arena, pin, (int)setting_number(PASSWORD_COST)));
	return 0;
}

/* The society that is named, or the only one the caller has. */
static int find_society(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_society_of_actor);

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_NOT_FOUND, "There is no such society.");
	if (rows_number(rows, 0, "choices") > 1)
		return refuse_field(r, "society_id", "is required: you have several societies");
	request_set(r, "society", rows_get(rows, 0, "id"));
	return 0;
}

int guard_list(struct request *r)
{
	return answer_page(r, &sql_guard_list);
}

int guard_get(struct request *r)
{
	request_set(r, "guard", request_get(r, "id"));
	return answer_query(r, &sql_guard_get);
}

int guard_create(struct request *r)
{
	if (hash_pin(r) < 0 || find_society(r) < 0)
		return -1;
	return answer_query(r, &sql_guard_create);
}

int guard_update(struct request *r)
{
	const struct rows *rows;

	request_set(r, "guard", request_get(r, "id"));
	if (hash_pin(r) < 0)
		return -1;
	rows = db_query(r, &sql_guard_update);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	return answer_query(r, &sql_guard_get);
}

int guard_delete(struct request *r)
{
	request_set(r, "guard", request_get(r, "id"));
	return answer_query(r, &sql_guard_delete);
}

int tablet_create(struct request *r)
{
	const char *token = token_random(r->arena);

	if (find_society(r) < 0)
		return -1;
	request_set(r, "device_token", token);
	request_set(r, "tablet_hash", token_hash(r->arena, token));
	return answer_query(r, &sql_tablet_create);
}

int tablet_list(struct request *r)
{
	return answer_page(r, &sql_tablet_list);
}

int tablet_delete(struct request *r)
{
	return answer_query(r, &sql_tablet_delete);
}
