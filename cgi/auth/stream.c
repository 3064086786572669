/* stream: who may listen to what. The answer is for nginx: an X-Accel-Redirect to the push daemon
 * with all that the daemon must know, so that it never opens the database. */
#include "auth.h"

#include <string.h>

#include "arena.h"
#include "auth_sql.h"
#include "db.h"
#include "problem.h"
#include "request.h"

#include <stdbool.h>

#define WAIT_STANDARD 25

static bool listed(const char *topics, const char *topic, size_t n)
{
	for (const char *s = topics; *s; s += strcspn(s, ","), s += *s == ',')
		if (strcspn(s, ",") == n && memcmp(s, topic, n) == 0)
			return true;
	return false;
}

/* The asked topics, all of which must be the caller's; without any, all that are. NULL: refused. */
static const char *narrow(struct request *r, const char *theirs)
{
	const char *asked = request_get(r, "topics");

	if (!asked)
		return theirs;
	for (const char *s = asked; *s; s += strcspn(s, ","), s += *s == ',') {
		size_t n = strcspn(s, ",");

		if (listed(theirs, s, n))
			continue;
		request_security(r, "trespass", ",\"wall\":\"topic\"");
		refuse(r, PROBLEM_FORBIDDEN, "The topic %.*s is not yours.", (int)n, s);
		return NULL;
	}
	return asked;
}

static int hand_over(struct request *r, const char *where, const char *cursor)
{
	const struct rows *rows = db_query(r, &sql_stream_authorize);
	const char *topics;

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_TOKEN_REVOKED, NULL);
	topics = narrow(r, rows_get(rows, 0, "topics"));
	if (!topics)
		return -1;
	request_header(r, "X-Stream-Topics", "%s", topics);
	request_header(r, "X-Stream-User", "%s", r->user);
	request_header(r, "X-Stream-Session", "%s", r->session);
	request_header(r, "X-Stream-Expires", "%lld", (long long)r->expires);
	request_header(r, "X-Stream-As-Of", "%s", rows_get(rows, 0, "as_of"));
	request_header(r, "X-Stream-Since", "%s", rows_get(rows, 0, "since"));
	request_header(r, "X-Stream-Cursor", "%s", cursor ? cursor : "");
	request_header(r, "X-Stream-Named", "%d", request_true(r, "named"));
	request_header(r, "X-Stream-Wait", "%ld", request_number(r, "wait", WAIT_STANDARD));
	request_header(r, "X-Stream-Dialect", "%s",
		request_get(r, "dialect") ? request_get(r, "dialect") : "");
	request_header(r, "X-Accel-Redirect", "%s", where);
	r->status = 200;
	return 0;
}

int auth_stream(struct request *r)
{
	const char *cursor = request_param(r, "HTTP_LAST_EVENT_ID");

	return hand_over(r, "/internal/stream",
		cursor && *cursor ? cursor : request_get(r, "last_event_id"));
}

int auth_poll(struct request *r)
{
	return hand_over(r, "/internal/poll", request_get(r, "since"));
}

int auth_stream_stats(struct request *r)
{
	if (db_enter(r) < 0)
		return -1;
	request_header(r, "X-Accel-Redirect", "/internal/stats");
	r->status = 200;
	return 0;
}
