/* verdict: what PostgreSQL's refusals mean to the person who asked.
 *
 * One table of SQLSTATEs (PostgreSQL's appendix A, and our own GHxxx of gh_enter() and
 * gh_refuse()); violated constraints are looked up in the program's conflicts. */
#ifndef GH_VERDICT_H
#define GH_VERDICT_H

#include <libpq-fe.h>

struct request;

/* Answers the problem that a failed result means; may set r->retry. Returns -1. */
int verdict_answer(struct request *r, const PGresult *res);
/* 503: there is no database, or it went away; `why` is for the log. Returns -1. */
int verdict_away(struct request *r, const char *why);

#endif
