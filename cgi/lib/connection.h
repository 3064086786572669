/* connection: the PostgreSQL connection of this process: made when needed, statements prepared on
 * first use, made again when it broke. db.h is what handlers use. */
#ifndef GH_CONNECTION_H
#define GH_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

struct statement;

/* A live connection in pipeline mode, or NULL with the reason in *why (static until the next call).
 * A connection that the server closed while idle is noticed here and replaced. After an attempt
 * that found a hung server there is none for a moment, so that nobody queues for the next one. */
PGconn *connection_get(const char *program, const char **why);
/* The next result of the pipeline as PQgetResult() gives it. A server that says nothing for
 * longer than it may take over a statement is hung: NULL then, and the connection is to be dropped.
 */
PGresult *connection_result(int patience_ms);
bool connection_prepared(const struct statement *s);
void connection_mark(const struct statement *s); /* its preparation succeeded */
void connection_drop(void);			 /* broken, or in an unknown state */

#endif
