/* request: one request from its first byte to its log line.
 *
 * request_run() routes, authenticates, limits, parses, validates, deduplicates, calls the handler
 * and sends the answer. A handler reads values by name, runs statements (db.h) and answers
 * (answer.h). */
#ifndef GH_REQUEST_H
#define GH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"
#include "uuid.h"

struct arena;
struct route;
struct statement;

/* A row of what a violated constraint means to the person who caused it. */
struct conflict {
	const char *constraint;
	const char *field; /* NULL for a conflict of the whole */
	const char *detail;
};

struct program {
	const char *name;
	const struct route *routes;
	const struct statement *const *statements;
	const struct conflict *conflicts;      /* ends with a NULL constraint, or NULL */
	int (*command)(int argc, char **argv); /* more options (auth --hash), or NULL */
};

/* How bytes come and go: FastCGI, or plain CGI by hand. */
struct transport {
	void *state;
	const char *(*param)(void *state, const char *name); /* NULL when absent */
	size_t (*read)(void *state, char *bytes, size_t n);
	void (*write)(void *state, const char *bytes, size_t n);
};

enum credentials { CREDENTIALS_NONE, CREDENTIALS_BEARER, CREDENTIALS_COOKIE };

struct value {
	const char *name, *text;
};

struct request {
	struct arena *arena;
	const struct program *program;
	const struct transport *io;
	const struct route *route; /* NULL until found */

	char id[UUID_TEXT];
	int method;
	const char *path, *query, *ip, *agent;
	bool https;
	int64_t started; /* monotonic microseconds */

	unsigned who; /* of the route; a handler for ANYONE may ask for more with actor_need() */
	enum credentials via;
	char user[UUID_TEXT], session[UUID_TEXT]; /* "" when nobody */
	int64_t expires;			  /* Unix seconds of the access token */

	struct value values[64];
	int value_count;
	struct buf bad_fields;

	const char *body; /* as received; arena */
	size_t body_length;
	const char *idempotency_key, *body_hash;

	bool entered;	  /* the actor is set on the transaction in hand */
	bool transaction; /* an explicit transaction is open */
	bool retry;	  /* the handler is to run again */
	const char *
		retry_on; /* a unique constraint whose violation means: try again with new values */
	const char *code; /* of the problem answered, for the log */

	int status; /* 0 until answered */
	const char *content_type;
	struct buf headers; /* "Name: value\r\n"… */
	struct buf out;
};

/* Serves one request on `io`. */
void request_run(const struct program *p, const struct transport *io, struct arena *a);

/* A request of nobody's, without a route, for programs that run statements by themselves (workers).
 * Arena; db_finish() and arena_reset() end it. */
struct request *request_job(const struct program *p, struct arena *a);

/* Value of an input or of request_set(), or NULL. Arena. */
const char *request_get(const struct request *r, const char *name);
long request_number(const struct request *r, const char *name, long otherwise);
bool request_true(const struct request *r, const char *name);
void request_set(struct request *r, const char *name, const char *text); /* text: arena or static */
const char *request_param(const struct request *r, const char *name);	 /* CGI variable or NULL */
const char *request_cookie(const struct request *r, const char *name);	 /* arena, or NULL */
void request_header(struct request *r, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A marked line in the log: a refused sign-in, a limit, a trespass. `members` as log_event(). */
void request_security(const struct request *r, const char *kind, const char *members);

#endif
