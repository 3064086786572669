/* reply: a whole HTTP answer in one message, then the end of the connection. */
#ifndef SSE_REPLY_H
#define SSE_REPLY_H

#include <stddef.h>

struct buf;
struct conn;

struct reply {
	const char *status;	/* "200 OK" */
	const char *type;	/* media type of the body */
	const char *request_id; /* "" for none */
	const char *fields;	/* further field lines, each with its CRLF; "" for none */
	const char *body;
	size_t length;
};

/* The head of any answer up to the empty line, without Content-Length. */
void reply_head(struct buf *b, const struct reply *r);
void reply_send(struct conn *c, const struct reply *r);
/* A problem (RFC 9457) for a status that this daemon refuses with: 400, 404, 405, 431 or 503. */
void reply_problem(struct conn *c, int status, const char *request_id);

#endif
