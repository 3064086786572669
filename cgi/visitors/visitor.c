/* visitor: announced at the gate or invited by a resident, then answered or cancelled. */
#include "visitors.h"

#include <string.h>

#include "answer.h"
#include "arena.h"
#include "db.h"
#include "request.h"
#include "setting.h"
#include "text.h"
#include "times.h"
#include "token.h"
#include "visitors_sql.h"

/* A Host header is anybody's words: only what can be a name, an address and a port goes into links.
 */
static const char *host_of(const struct request *r)
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.-:[]_";
	const char *host = request_param(r, "HTTP_HOST");

	return host && *host && !host[strspn(host, known)] ? host : "localhost";
}

void visitor_base_url(struct request *r)
{
	const char *url = setting_text(PUBLIC_URL);

	request_set(r, "base_url",
		*url ? url
		     : arena_printf(r->arena, "%s://%s", r->https ? "https" : "http", host_of(r)));
}

static int check_window(struct request *r)
{
	const char *start = request_get(r, "expected_start"), *end = request_get(r, "expected_end");
	int64_t from = times_now(), until;

	if (!end || !times_parse(end, &until))
		return 0;
	if (until <= times_now())
		return refuse_field(r, "expected_end", "is in the past");
	if (start && times_parse(start, &from) && until <= from)
		return refuse_field(r, "expected_end", "must be after expected_start");
	return 0;
}

int visitor_create(struct request *r)
{
	if (check_window(r) < 0)
		return -1;
	visitor_base_url(r);
	request_set(r, "invite_code", arena_printf(r->arena, "%06u", token_uniform(1000000)));
	request_set(r, "invite_token", token_random(r->arena));
	r->retry_on = "visitors_invite_code";
	return answer_query(r, &sql_visitor_create);
}

int visitor_get(struct request *r)
{
	visitor_base_url(r);
	return answer_query(r, &sql_visitor_get);
}

int visitor_list(struct request *r)
{
	visitor_base_url(r);
	request_set(r, "like", text_like(r->arena, request_get(r, "q")));
	return answer_page(r, &sql_visitor_list);
}

static int refuse_move(struct request *r, enum move move)
{
	const struct rows *rows = db_query(r, &sql_visitor_state);
	struct refusal refusal;
	char text[256];

	if (!rows)
		return -1;
	if (rows_number(rows, 0, "matches") > 1)
		return refuse(r, PROBLEM_CONFLICT,
			"Several gates have this code; give visitor_id instead.");
	refusal = visitor_refusal(
		&(struct visitor_state){
			.status = rows_get(rows, 0, "status"),
			.responder_name = rows_get(rows, 0, "responder_name"),
			.responded_at = rows_get(rows, 0, "responded_at"),
			.late = rows_true(rows, 0, "late"),
			.lapsed = rows_true(rows, 0, "lapsed"),
			.own = rows_true(rows, 0, "own"),
			.guarded = rows_true(rows, 0, "guarded"),
			.made = rows_true(rows, 0, "made"),
		},
		move, text);
	return refuse(r, refusal.problem, refusal.detail ? "%s" : NULL, refusal.detail);
}

static int make_move(struct request *r, const struct statement *s, enum move move)
{
	const struct rows *rows;

	visitor_base_url(r);
	rows = db_query(r, s);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse_move(r, move);
	return answer_json(r, rows_text(rows, 0, 0));
}

int visitor_respond(struct request *r)
{
	bool accepted = strcmp(request_get(r, "decision"), "accept") == 0;

	request_set(r, "decided", accepted ? "accepted" : "denied");
	return make_move(r, &sql_visitor_respond, MOVE_RESPOND);
}

int visitor_cancel(struct request *r)
{
	return make_move(r, &sql_visitor_cancel, MOVE_CANCEL);
}

int visit_checkin(struct request *r)
{
	const char *visitor = request_get(r, "visitor_id"), *code = request_get(r, "invite_code");

	if (!visitor == !code)
		return refuse_field(r, "visitor_id", "give either visitor_id or invite_code");
	if (visitor)
		request_set(r, "id", visitor);
	return make_move(r, &sql_visit_checkin, MOVE_CHECK_IN);
}

int visitor_expected(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_society_guarded);

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	visitor_base_url(r);
	return answer_page(r, &sql_visitor_expected);
}
