/* reply: every answer is not to be stored and ends its connection, which nginx opened for it alone.
 */
#include "reply.h"

#include <string.h>

#include "arena.h"
#include "buf.h"
#include "conn.h"
#include "hub.h"
#include "message.h"

static const struct problem {
	int status;
	const char *line, *fields, *body;
} problems[] = {
	{400, "400 Bad Request", "", "\"title\":\"Bad Request\",\"code\":\"malformed_request\""},
	{404, "404 Not Found", "", "\"title\":\"Not Found\",\"code\":\"not_found\""},
	{405, "405 Method Not Allowed", "Allow: GET\r\n",
		"\"title\":\"Method Not Allowed\",\"code\":\"method_not_allowed\""},
	{431, "431 Request Header Fields Too Large", "",
		"\"title\":\"Request Header Fields Too Large\",\"code\":\"head_too_large\""},
	{503, "503 Service Unavailable", "Retry-After: 5\r\n",
		"\"title\":\"Service Unavailable\",\"code\":\"unavailable\""},
};

void reply_head(struct buf *b, const struct reply *r)
{
	buf_printf(b, "HTTP/1.1 %s\r\nContent-Type: %s\r\nCache-Control: no-store\r\n", r->status,
		r->type);
	if (*r->request_id)
		buf_printf(b, "X-Request-Id: %s\r\n", r->request_id);
	buf_printf(b, "%sConnection: close\r\n", r->fields);
}

void reply_send(struct conn *c, const struct reply *r)
{
	struct buf b;
	buf_init(&b, c->hub->scratch);
	reply_head(&b, r);
	buf_printf(&b, "Content-Length: %zu\r\n\r\n", r->length);
	buf_put(&b, r->body, r->length);
	conn_push(c, message_new(b.data, b.len));
	arena_reset(c->hub->scratch);
	conn_finish(c);
}

void reply_problem(struct conn *c, int status, const char *request_id)
{
	const struct problem *p = problems;
	while (p->status != status)
		p++;
	char *body = arena_printf(
		c->hub->scratch, "{\"type\":\"about:blank\",\"status\":%d,%s}\n", status, p->body);
	reply_send(c, &(struct reply){
			      .status = p->line,
			      .type = "application/problem+json",
			      .request_id = request_id,
			      .fields = p->fields,
			      .body = body,
			      .length = strlen(body),
		      });
}
