/* problem: turns a refusal into an RFC 9457 answer. */
#include "problem.h"

#include <stdarg.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "request.h"

/* Bytes of `errors`: more than any table has fields for. The answer is made anew with each, so that
 * thousands of made-up fields in one body would cost seconds and a gigabyte. */
#define ERRORS_MOST 8192

const struct problem_row problems[PROBLEM_COUNT] = {
#define PROBLEM_ROW(name, status, code, title) [PROBLEM_##name] = {status, code, title},
	PROBLEMS(PROBLEM_ROW)
#undef PROBLEM_ROW
};

static void answer_problem(struct request *r, enum problem p, const char *detail)
{
	const struct problem_row *row = &problems[p];

	r->status = row->status;
	r->code = row->code;
	r->content_type = "application/problem+json";
	buf_init(&r->out, r->arena);
	put_open(&r->out, NULL, '{');
	put_string(&r->out, "type", "about:blank");
	put_string(&r->out, "title", row->title);
	put_number(&r->out, "status", row->status);
	put_string(&r->out, "code", row->code);
	if (detail)
		put_string(&r->out, "detail", detail);
	put_string(&r->out, "instance", r->id);
	if (p == PROBLEM_VALIDATION_FAILED && r->bad_fields.len > 0) {
		buf_puts(&r->out, ",\"errors\":[");
		buf_put(&r->out, r->bad_fields.data, r->bad_fields.len);
		buf_puts(&r->out, "]");
	}
	put_close(&r->out, '}');
	if (row->status == 401)
		request_header(r, "WWW-Authenticate", "Bearer realm=\"gatehouse\", error=\"%s\"",
			row->code);
}

int refuse(struct request *r, enum problem p, const char *format, ...)
{
	const char *detail = NULL;
	va_list ap;

	if (format) {
		va_start(ap, format);
		detail = arena_vprintf(r->arena, format, ap);
		va_end(ap);
	}
	answer_problem(r, p, detail);
	return -1;
}

int refuse_for(struct request *r, enum problem p, long seconds, const char *format, ...)
{
	const char *detail = NULL;
	va_list ap;

	if (format) {
		va_start(ap, format);
		detail = arena_vprintf(r->arena, format, ap);
		va_end(ap);
	}
	request_header(r, "Retry-After", "%ld", seconds < 1 ? 1 : seconds);
	answer_problem(r, p, detail);
	return -1;
}

int refuse_field(struct request *r, const char *field, const char *format, ...)
{
	struct buf one;
	va_list ap;

	if (r->bad_fields.len > ERRORS_MOST)
		return -1;
	buf_init(&one, r->arena);
	put_open(&one, NULL, '{');
	put_string(&one, "field", field);
	va_start(ap, format);
	put_string(&one, "message", arena_vprintf(r->arena, format, ap));
	va_end(ap);
	put_close(&one, '}');
	if (r->bad_fields.len > 0)
		buf_puts(&r->bad_fields, ",");
	buf_put(&r->bad_fields, one.data, one.len);
	answer_problem(
		r, PROBLEM_VALIDATION_FAILED, "See `errors` for every field that is not valid.");
	return -1;
}
