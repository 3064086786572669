/* db: binds, sends and reads pipelines, and says in problems what PostgreSQL refused. */
#include "db.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "connection.h"
#include "idempotency.h"
#include "lib_sql.h"
#include "log.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "verdict.h"

#define HELD_MOST 64
#define BATCH_MOST (DB_MOST + 3)
/* Longer than the statement_timeout of the roles (sql/roles.sql): who is silent then is hung. */
#define PATIENCE_MS 6000
#define PATIENCE_JOB_MS 31000

struct rows {
	PGresult *res;
};

struct batch {
	PGconn *conn;
	int patience, count;
	const struct statement *list[BATCH_MOST];
	bool prepares[BATCH_MOST];
	PGresult *res[BATCH_MOST];
};

static struct rows held[HELD_MOST];
static int held_count;

int rows_count(const struct rows *rows)
{
	return PQntuples(rows->res);
}

const char *rows_text(const struct rows *rows, int row, int column)
{
	if (row < 0 || row >= PQntuples(rows->res) || column < 0 || column >= PQnfields(rows->res))
		return NULL;
	return PQgetisnull(rows->res, row, column) ? NULL : PQgetvalue(rows->res, row, column);
}

const char *rows_get(const struct rows *rows, int row, const char *column)
{
	return rows_text(rows, row, PQfnumber(rows->res, column));
}

long rows_number(const struct rows *rows, int row, const char *column)
{
	const char *s = rows_get(rows, row, column);

	return s ? strtol(s, NULL, 10) : 0;
}

bool rows_true(const struct rows *rows, int row, const char *column)
{
	const char *s = rows_get(rows, row, column);

	return s && *s == 't';
}

static const char *bound(struct request *r, const char *name)
{
	const char *text = request_get(r, name);

	if (text)
		return text;
	if (isupper((unsigned char)*name)) {
		const char *v = setting_named(name);

		return v ? v : NULL;
	}
	if (strncmp(name, "new_", 4) == 0) {
		char *id = arena_alloc(r->arena, UUID_TEXT);

		uuid_new(id);
		request_set(r, name, id);
		return id;
	}
	if (strcmp(name, "actor") == 0)
		return *r->user ? r->user : NULL;
	if (strcmp(name, "session") == 0)
		return *r->session ? r->session : NULL;
	if (strcmp(name, "request_id") == 0)
		return r->id;
	if (strcmp(name, "ip") == 0)
		return r->ip;
	if (strcmp(name, "user_agent") == 0)
		return r->agent;
	return NULL;
}

static bool is_prepared(const struct batch *b, const struct statement *s)
{
	for (int i = 0; i < b->count; i++)
		if (b->list[i] == s)
			return true;
	return connection_prepared(s);
}

static bool queue(struct request *r, struct batch *b, const struct statement *s)
{
	const char *params[32];
	int i = b->count;

	if (i >= BATCH_MOST || s->count > (int)(sizeof params / sizeof *params))
		return false;
	for (int k = 0; k < s->count; k++)
		params[k] = bound(r, s->params[k]);
	b->prepares[i] = !is_prepared(b, s);
	if (b->prepares[i] && !PQsendPrepare(b->conn, s->name, s->sql, s->count, NULL))
		return false;
	if (!PQsendQueryPrepared(b->conn, s->name, s->count, params, NULL, NULL, 0))
		return false;
	b->list[b->count++] = s;
	return true;
}

/* One result of the pipeline and the NULL that ends it. */
static PGresult *next_result(const struct batch *b)
{
	PGresult *res = connection_result(b->patience), *end;

	while (res && (end = connection_result(b->patience)) != NULL)
		PQclear(end);
	return res;
}

static bool succeeded(const PGresult *res)
{
	ExecStatusType s = PQresultStatus(res);

	return s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK;
}

/* Reads all results up to the sync. The first failed one is kept in *failed (cleared by the
 * caller). */
static bool read_results(struct batch *b, PGresult **failed)
{
	PGresult *sync;

	for (int i = 0; i < b->count; i++) {
		if (b->prepares[i]) {
			PGresult *res = next_result(b);

			if (res && succeeded(res))
				connection_mark(b->list[i]);
			if (!*failed && (!res || !succeeded(res)))
				*failed = res;
			else
				PQclear(res);
		}
		b->res[i] = next_result(b);
		if (!b->res[i])
			return false;
		if (!*failed && !succeeded(b->res[i])) {
			*failed = b->res[i];
			b->res[i] = NULL;
		}
	}
	sync = connection_result(b->patience);
	if (!sync || PQresultStatus(sync) != PGRES_PIPELINE_SYNC) {
		PQclear(sync);
		return false;
	}
	PQclear(sync);
	return true;
}

static void hold(struct batch *b)
{
	for (int i = 0; i < b->count; i++) {
		if (!b->res[i])
			continue;
		if (held_count < HELD_MOST)
			held[held_count++].res = b->res[i];
		else
			abort(); /* a handler in a loop: a fault of ours */
	}
}

static bool prologue(struct request *r, struct batch *b)
{
	bool ok = true;

	if (r->entered)
		return true;
	if (r->transaction || r->idempotency_key) {
		r->transaction = true;
		ok = queue(r, b, &sql_begin);
	}
	if (*r->user) {
		request_set(r, "who", arena_printf(r->arena, "%u", r->who & ROLES_MASK));
		ok = ok && queue(r, b, &sql_enter);
	}
	if (r->idempotency_key)
		ok = ok && queue(r, b, &sql_idempotency_begin);
	/* Without an explicit transaction the actor is gone at the end of the pipeline. */
	r->entered = r->transaction;
	return ok;
}

int db_pipeline(struct request *r, int count, const struct statement *const list[],
	const struct rows *out[])
{
	struct batch b = {0};
	PGresult *failed = NULL;
	const char *why = "connection lost";
	int first, start;

	b.conn = connection_get(r->program->name, &why);
	if (!b.conn)
		return verdict_away(r, why);
	b.patience = r->route ? PATIENCE_MS : PATIENCE_JOB_MS;
	bool ok = prologue(r, &b);
	first = b.count;
	for (int i = 0; ok && i < count; i++)
		ok = queue(r, &b, list[i]);
	if (!ok || !PQpipelineSync(b.conn) || !read_results(&b, &failed)) {
		for (int i = 0; i < b.count; i++)
			PQclear(b.res[i]);
		PQclear(failed);
		why = arena_strdup(r->arena, PQerrorMessage(b.conn));
		why = *why ? why : "no answer";
		connection_drop();
		/* A read may be asked again; whether a write was committed is not known. */
		r->retry = r->method == GET;
		return verdict_away(r, why);
	}
	start = held_count;
	hold(&b);
	if (failed) {
		const char *state = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
		bool known = state && strcmp(state, "GH409") == 0;

		if (!known)
			verdict_answer(r, failed);
		PQclear(failed);
		return known ? idempotency_replay(r) : -1;
	}
	for (int i = 0; i < count && out; i++)
		out[i] = &held[start + first + i];
	return 0;
}

const struct rows *db_query(struct request *r, const struct statement *s)
{
	const struct rows *rows;

	return db_pipeline(r, 1, &s, &rows) < 0 ? NULL : rows;
}

void db_begin(struct request *r)
{
	r->transaction = true;
}

int db_enter(struct request *r)
{
	return *r->user ? db_pipeline(r, 0, NULL, NULL) : 0;
}

int db_commit(struct request *r, const struct statement *last)
{
	const struct statement *list[] = {last ? last : &sql_commit, &sql_commit};

	if (!r->transaction || !r->entered)
		return 0;
	if (db_pipeline(r, last ? 2 : 1, list, NULL) < 0)
		return -1;
	r->transaction = r->entered = false;
	return 0;
}

void db_finish(struct request *r)
{
	const char *why;

	if (r->transaction && r->entered) {
		PGconn *conn = connection_get(r->program->name, &why);

		if (conn && PQtransactionStatus(conn) != PQTRANS_IDLE) {
			const struct statement *list[] = {&sql_rollback};
			int status = r->status;
			const char *code = r->code, *type = r->content_type;
			struct buf out = r->out;

			if (db_pipeline(r, 1, list, NULL) < 0)
				connection_drop();
			r->status = status;
			r->code = code;
			r->content_type = type;
			r->out = out;
		}
	}
	r->transaction = r->entered = false;
	while (held_count > 0)
		PQclear(held[--held_count].res);
}

static int check_statement(PGconn *conn, const struct program *p, const struct statement *s)
{
	PGresult *res = PQprepare(conn, s->name, s->sql, 0, NULL), *about;
	int bad = 0;

	if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		fprintf(stderr, "%s: %s: %s", p->name, s->name, PQresultErrorMessage(res));
		bad = 1;
	} else {
		about = PQdescribePrepared(conn, s->name);
		if (PQnparams(about) != s->count) {
			fprintf(stderr, "%s: %s: has %d parameters, the database sees %d\n",
				p->name, s->name, s->count, PQnparams(about));
			bad = 1;
		}
		PQclear(about);
	}
	PQclear(res);
	return bad;
}

int db_check(const struct program *p)
{
	const struct statement *const *const lists[] = {p->statements, lib_statements};
	const char *why = "";
	PGconn *conn = connection_get(p->name, &why);
	int bad = 0;

	if (!conn) {
		fprintf(stderr, "%s: no database: %s\n", p->name, why);
		return 1;
	}
	PQexitPipelineMode(conn);
	for (int l = 0; l < 2; l++)
		for (int i = 0; lists[l] && lists[l][i]; i++)
			if (l == 0 || strncmp(lists[l][i]->sql, "select", 6) == 0)
				bad += check_statement(conn, p, lists[l][i]);
	connection_drop();
	return bad;
}

void db_close(void)
{
	connection_drop();
}
