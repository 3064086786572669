/* verdict: SQLSTATEs to problems. */
#include "verdict.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "connection.h"
#include "log.h"
#include "problem.h"
#include "request.h"
#include "setting.h"

struct fault {
	const char *state, *message, *constraint; /* borrowed; constraint may be NULL */
};

int verdict_away(struct request *r, const char *why)
{
	log_say(LOG_WARN, "database: %s", why);
	return refuse_for(
		r, PROBLEM_UNAVAILABLE, 1, "The database is away; try again in a moment.");
}

static int away(struct request *r, const struct fault *f)
{
	return verdict_away(r, f->message);
}

static int session_ended(struct request *r, const struct fault *f)
{
	(void)f;
	return refuse(r, PROBLEM_TOKEN_REVOKED, NULL);
}

static int role_missing(struct request *r, const struct fault *f)
{
	(void)f;
	request_security(r, "trespass", "");
	return refuse(r, PROBLEM_FORBIDDEN, "Your roles do not allow this.");
}

static int not_there(struct request *r, const struct fault *f)
{
	(void)f;
	return refuse(r, PROBLEM_NOT_FOUND, NULL);
}

static int bad_field(struct request *r, const struct fault *f)
{
	return refuse_field(r, f->message, "is not valid");
}

static int again(struct request *r, const struct fault *f)
{
	(void)f;
	r->retry = true;
	return refuse_for(
		r, PROBLEM_UNAVAILABLE, 1, "The database is busy; try again in a moment.");
}

/* A migration changed what a prepared statement answers, or a pooler lost it: prepare anew. */
static int prepare_again(struct request *r, const struct fault *f)
{
	connection_drop();
	return again(r, f);
}

static int locked(struct request *r, const struct fault *f)
{
	(void)f;
	if (r->idempotency_key)
		return refuse(r, PROBLEM_IDEMPOTENCY_IN_PROGRESS, NULL);
	return refuse_for(
		r, PROBLEM_UNAVAILABLE, 1, "The database is busy; try again in a moment.");
}

static int too_slow(struct request *r, const struct fault *f)
{
	(void)f;
	return refuse_for(
		r, PROBLEM_UNAVAILABLE, 1, "The database is busy; try again in a moment.");
}

static int unexpected(struct request *r, const struct fault *f)
{
	log_say(LOG_ERROR, "database: %s: %s", f->state, f->message);
	if (setting_is(APP_ENV, "development"))
		return refuse(r, PROBLEM_INTERNAL, "database: %s: %s", f->state, f->message);
	return refuse(r, PROBLEM_INTERNAL, NULL);
}

static const struct conflict *find_conflict(const struct request *r, const char *constraint)
{
	const struct conflict *c = r->program->conflicts;

	while (c && c->constraint && strcmp(c->constraint, constraint) != 0)
		c++;
	return c && c->constraint ? c : NULL;
}

static int violated(struct request *r, const struct fault *f)
{
	const struct conflict *c = f->constraint ? find_conflict(r, f->constraint) : NULL;

	if (!c)
		return unexpected(r, f);
	if (c->field)
		return refuse_field(r, c->field, "%s", c->detail);
	return refuse(r, PROBLEM_CONFLICT, "%s", c->detail);
}

static int taken(struct request *r, const struct fault *f)
{
	if (f->constraint && r->retry_on && strcmp(f->constraint, r->retry_on) == 0)
		return again(r, f);
	return violated(r, f);
}

static int used(struct request *r, const struct fault *f)
{
	if (f->constraint && find_conflict(r, f->constraint))
		return violated(r, f);
	return refuse(r, PROBLEM_CONFLICT, "It is in use.");
}

/* Row-level security or a grant said no where a handler did not: the last walls. */
static int walled(struct request *r, const struct fault *f)
{
	request_security(r, "trespass", ",\"wall\":\"database\"");
	log_say(LOG_ERROR, "database refused: %s", f->message);
	return refuse(r, PROBLEM_NOT_FOUND, NULL);
}

/* By prefix; the first that fits. */
static const struct {
	const char *state;
	int (*answer)(struct request *r, const struct fault *f);
} verdicts[] = {
	{"GH401", session_ended},
	{"GH403", role_missing},
	{"GH404", not_there},
	{"GH422", bad_field},
	{"08", away},		  /* connection exceptions */
	{"57P", away},		  /* shutdown, crash, cannot connect now */
	{"53", away},		  /* insufficient resources */
	{"40001", again},	  /* serialization_failure */
	{"40P01", again},	  /* deadlock_detected */
	{"0A000", prepare_again}, /* cached plan must not change result type */
	{"26000", prepare_again}, /* invalid_sql_statement_name */
	{"55P03", locked},	  /* lock_not_available */
	{"57014", too_slow},	  /* query_canceled: statement_timeout */
	{"23505", taken},	  /* unique_violation */
	{"23503", used},	  /* foreign_key_violation */
	{"23514", violated},	  /* check_violation */
	{"42501", walled},	  /* insufficient_privilege, row-level security */
	{"", unexpected},
};

int verdict_answer(struct request *r, const PGresult *res)
{
	struct fault f = {PQresultErrorField(res, PG_DIAG_SQLSTATE),
		PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY),
		PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME)};
	size_t i = 0;

	if (!f.message)
		f.message = "connection lost";
	if (!f.state)
		return verdict_away(r, f.message);
	while (strncmp(f.state, verdicts[i].state, strlen(verdicts[i].state)) != 0)
		i++;
	return verdicts[i].answer(r, &f);
}
