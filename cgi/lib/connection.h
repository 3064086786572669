/* connection: the PostgreSQL connection of this process: made when needed, statements prepared on
 * first use, made again when it broke. db.h is what handlers use. */
#ifndef GH_CONNECTION_H
#define GH_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

struct statement;

/* A live connection in pipeline mode, or NULL with the reason in *why (static until the next call).
 * A connection that the server closed while idle is noticed here and replaced. */
PGconn *connection_get(const char *program, const char **why);
bool connection_prepared(const struct statement *s);
void connection_mark(const struct statement *s); /* its preparation succeeded */
void connection_drop(void);			 /* broken, or in an unknown state */

#endif
