/* timers: what is to happen later. A row is leased with a fence and committed; then its effect and
 * its end are one statement that holds only while the fence does, so it happens once however many
 * workers there are and wherever one dies. */
#include "worker.h"

#include <string.h>

#include "arena.h"
#include "db.h"
#include "log.h"
#include "request.h"
#include "wake.h"
#include "worker_sql.h"

#define LOOK_MS 1000
#define TIDY_MS 600000
#define LEASE_MOST 100
#define TRIES 3

static const struct {
	const char *kind;
	const struct statement *perform; /* of :subject and :fence */
} kinds[] = {{"visitor_expire", &sql_visitor_expire}};

static const struct statement *const tidying[] = {&sql_partitions_make, &sql_idempotency_forget,
	&sql_refresh_forget, &sql_logins_forget, &sql_sessions_forget};

struct lease {
	char kind[64], subject[UUID_TEXT], fence[24];
};

/* Whether it must be tried again at once: it met a deadlock with a request that moved the visitor.
 */
static bool perform(struct worker *w, const struct lease *l)
{
	struct request *r = request_job(w->program, w->arena);
	bool again;
	const struct statement *s = &sql_timer_forget;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, l->kind) == 0)
			s = kinds[i].perform;
	if (s == &sql_timer_forget)
		log_say(LOG_ERROR, "a timer of unknown kind %s", l->kind);
	request_set(r, "kind", l->kind);
	request_set(r, "subject", l->subject);
	request_set(r, "fence", l->fence);
	db_query(r, s);
	again = r->retry;
	db_finish(r);
	arena_reset(w->arena);
	return again;
}

/* Leases what is due; how many. */
static int lease(struct worker *w, struct lease out[LEASE_MOST])
{
	struct request *r = request_job(w->program, w->arena);
	const struct rows *rows = db_query(r, &sql_timers_lease);
	int n = 0;

	for (; rows && n < rows_count(rows) && n < LEASE_MOST; n++) {
		strncpy(out[n].kind, rows_get(rows, n, "kind"), sizeof out[n].kind - 1);
		strncpy(out[n].subject, rows_get(rows, n, "subject"), sizeof out[n].subject - 1);
		strncpy(out[n].fence, rows_get(rows, n, "fence"), sizeof out[n].fence - 1);
	}
	db_finish(r);
	arena_reset(w->arena);
	return n;
}

static int until_next(struct worker *w)
{
	struct request *r = request_job(w->program, w->arena);
	const struct rows *rows = db_query(r, &sql_timers_next);
	long ms = rows && rows_get(rows, 0, "ms") ? rows_number(rows, 0, "ms") : LOOK_MS;

	db_finish(r);
	arena_reset(w->arena);
	return ms < LOOK_MS ? (int)ms + 1 : LOOK_MS;
}

int timers_run(struct worker *w)
{
	static struct lease leases[LEASE_MOST];
	long tidy = 0;

	log_say(LOG_INFO, "timers start");
	while (!worker_ending()) {
		worker_beat(w);
		if (worker_now() >= tidy) {
			tidy = worker_now() + TIDY_MS;
			for (size_t i = 0; i < sizeof tidying / sizeof *tidying; i++)
				worker_do(w, tidying[i]);
		}
		memset(leases, 0, sizeof leases);
		int n = lease(w, leases);

		for (int i = 0; i < n; i++)
			for (int tries = 0; tries < TRIES && perform(w, &leases[i]); tries++)
				;
		if (n > 0)
			wake_send("relay");
		else
			wake_wait(w->wake, until_next(w));
	}
	return 0;
}
