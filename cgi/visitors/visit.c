/* visit: one stay, from check-in (visitor.c, since it moves the visitor) to check-out. */
#include "visitors.h"

#include "answer.h"
#include "db.h"
#include "request.h"
#include "visitors_sql.h"

int visit_checkout(struct request *r)
{
	const char *visit = request_get(r, "visit_id"), *visitor = request_get(r, "visitor_id");
	const struct rows *rows;

	if (!visit == !visitor)
		return refuse_field(r, "visit_id", "give either visit_id or visitor_id");
	rows = db_query(r, &sql_visit_checkout);
	if (!rows)
		return -1;
	if (rows_count(rows) > 0)
		return answer_json(r, rows_text(rows, 0, 0));
	rows = db_query(r, &sql_visit_state);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0 || !rows_true(rows, 0, "guarded"))
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	if (!rows_get(rows, 0, "checked_out_at"))
		return refuse(r, PROBLEM_CONFLICT, "The visitor is not inside.");
	return refuse(r, PROBLEM_CONFLICT, "The visitor left at %s.",
		rows_get(rows, 0, "checked_out_at"));
}

int visit_list(struct request *r)
{
	return answer_page(r, &sql_visit_list);
}
