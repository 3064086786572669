/* db: statements in pipelines on the one PostgreSQL connection of this process.
 *
 * A statement's parameters are bound by name: an input field or request_set() value; `new_…` a
 * fresh version 7 id (the same within the request); UPPER_CASE a setting; `actor`, `session`,
 * `request_id`, `ip`, `user_agent` of the request. An unbound name is NULL.
 *
 * The first pipeline of a signed-in request begins with gh_enter(), which refuses inside the
 * database what may not be; nothing after it happens then. One pipeline is one implicit
 * transaction; a request with an idempotency key, or after db_begin(), runs in an explicit one that
 * request_run() commits when the answer is good and rolls back when it is not. Serialization
 * failures, deadlocks and the violation that `retry_on` names make the handler run again, at most
 * three times. */
#ifndef GH_DB_H
#define GH_DB_H

#include <stdbool.h>

struct request;
struct statement;
struct program;

#define DB_MOST 8 /* statements in a pipeline */

/* Rows of one statement: text, borrowed until the request ends. */
struct rows;
int rows_count(const struct rows *rows);
/* NULL for SQL NULL, for a row or a column that is not there. */
const char *rows_text(const struct rows *rows, int row, int column);
/* By name of column. */
const char *rows_get(const struct rows *rows, int row, const char *column);
long rows_number(const struct rows *rows, int row, const char *column);
bool rows_true(const struct rows *rows, int row, const char *column);

/* One statement in a pipeline of its own. NULL: it failed and the problem is answered; return -1.
 */
const struct rows *db_query(struct request *r, const struct statement *s);
/* Several in one pipeline; out[i] belongs to list[i]. 0, or -1 with the problem answered. */
int db_pipeline(struct request *r, int count, const struct statement *const list[],
	const struct rows *out[]);
/* From here on one explicit transaction. Before the first statement. */
void db_begin(struct request *r);
/* Only checks the actor, for refusals that come before any statement. 0 or -1. */
int db_enter(struct request *r);
/* Ends an explicit transaction, if one is open, after `last` (or NULL) in the same trip. 0 or -1.
 */
int db_commit(struct request *r, const struct statement *last);
/* Ends what is open and lets go of all rows. */
void db_finish(struct request *r);

/* Prepares every statement of the program against the database; prints what is wrong; the count. */
int db_check(const struct program *p);
void db_close(void);

#endif
