/* resident_request: somebody says that they live in a flat; its society's manager knows. Approving
 * makes the occupancy and the role in the same statement. */
#include "premises.h"

#include "answer.h"
#include "db.h"
#include "premises_sql.h"
#include "problem.h"
#include "request.h"

int resident_request_create(struct request *r)
{
	return answer_query(r, &sql_resident_request_create);
}

int resident_request_list(struct request *r)
{
	return answer_page(r, &sql_resident_request_list);
}

static int decide(struct request *r, const char *decided)
{
	const struct rows *rows;

	request_set(r, "decided", decided);
	rows = db_query(r, &sql_resident_request_decide);
	if (!rows)
		return -1;
	if (rows_count(rows) > 0)
		return answer_json(r, rows_text(rows, 0, 0));
	rows = db_query(r, &sql_resident_request_state);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0 || !rows_true(rows, 0, "managed"))
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	return refuse(
		r, PROBLEM_CONFLICT, "The request is already %s.", rows_get(rows, 0, "status"));
}

int resident_request_approve(struct request *r)
{
	return decide(r, "approved");
}

int resident_request_reject(struct request *r)
{
	return decide(r, "rejected");
}
