/* route: a route is one row that holds all that can be known before the handler runs.
 *
 * From the same rows come dispatch, authorization, limits, nginx's locations, the OpenAPI file and
 * the tests' matrix. A row without `who` stops the program at start. */
#ifndef GH_ROUTE_H
#define GH_ROUTE_H

#include <stdbool.h>
#include "field.h"

struct request;
struct buf;

enum method { GET = 1, POST = 2, PUT = 4, PATCH = 8, DELETE = 16 };

/* The first seven are the bits of gh_enter(); ADMIN is implied wherever a role is named. */
enum who {
	ADMIN = 1,
	MANAGER = 2,
	OPERATOR = 4,
	TECHNICIAN = 8,
	CUSTOMER = 16,
	GUARD = 32,
	RESIDENT = 64,
	USER = 256,   /* anyone signed in */
	ANYONE = 512, /* no credentials needed */
};
#define ROLES_MASK 127

enum limit_class {
	LIMIT_NONE = 1,
	LIMIT_USER,
	LIMIT_GENERAL,
	LIMIT_AUTH,
	LIMIT_ANALYTICS,
	LIMIT_EXPORT
};

enum route_flags {
	CREATES = 1,	/* 201, and takes an Idempotency-Key */
	LOGIN_POOL = 2, /* hashes passwords: served by a small pool of its own */
	STREAMS = 4,	/* handed to the push daemon */
	ACCEPTS = 8,	/* 202 */
	EMPTIES = 16,	/* 204 */
	PAGE = 32,	/* answers HTML or SVG */
};

struct route {
	enum method method;
	const char *path; /* "/v1/visitors/:id" */
	unsigned who;
	enum limit_class limit;
	const struct field *input; /* ends with a row without a name; NULL for none */
	int (*handler)(struct request *r);
	const char *summary;
	unsigned flags;
};

/* NULL, or the sentence that says which row is wrong (static). */
const char *route_check(const struct route *table);
/* The row for method and path. Else NULL, and *allowed has the methods that the path does take (0:
 * there is no such path). Path parameters are set on `r`, percent-decoded. A HEAD is a GET. */
const struct route *route_find(const struct route *table, struct request *r, enum method method,
	const char *path, unsigned *allowed);
const char *method_name(enum method m);
enum method method_parse(const char *s); /* 0 when unknown */
/* The rows as the JSON array of --routes. */
void route_describe(struct buf *b, const char *area, const struct route *table);

#endif
