/* statement: one named SQL statement, embedded from an area's .sql file at build.
 *
 * The text uses $1…; params[i] is the name that $i+1 is bound to at run time (db.h). Static. */
#ifndef GH_STATEMENT_H
#define GH_STATEMENT_H

struct statement {
	const char *name;
	const char *sql;
	int count;
	const char *const *params; /* NULL-terminated */
};

#endif
