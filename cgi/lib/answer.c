/* answer: JSON that PostgreSQL made goes out as it is. */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "db.h"
#include "encode.h"
#include "problem.h"
#include "request.h"
#include "route.h"

#define PAGE_STANDARD 25

/* Where what was made can be got again: the route's path and its id, if such a route there is. */
static void locate(struct request *r, const char *id)
{
	const char *pattern = arena_printf(r->arena, "%s/:id", r->route->path);

	for (const struct route *t = r->program->routes; t->path; t++) {
		if (t->method != GET || strcmp(t->path, pattern) != 0)
			continue;
		const char *location = arena_printf(r->arena, "%s/%s", r->route->path, id);

		request_set(r, "answer_location", location);
		request_header(r, "Location", "%s", location);
	}
}

int answer_json(struct request *r, const char *json)
{
	const char *id;

	r->status = r->route->flags & ACCEPTS ? 202 : r->route->flags & CREATES ? 201 : 200;
	r->content_type = "application/json";
	buf_init(&r->out, r->arena);
	buf_puts(&r->out, json);
	id = request_get(r, "new_id");
	if (r->status == 201 && id)
		locate(r, id);
	return 0;
}

int answer_empty(struct request *r)
{
	r->status = 204;
	r->content_type = NULL;
	buf_init(&r->out, r->arena);
	return 0;
}

int answer_text(struct request *r, const char *content_type, const char *text)
{
	r->status = 200;
	r->content_type = content_type;
	buf_init(&r->out, r->arena);
	buf_puts(&r->out, text);
	return 0;
}

int answer_query(struct request *r, const struct statement *s)
{
	const struct rows *rows = db_query(r, s);
	const char *json;

	if (!rows)
		return -1;
	json = rows_text(rows, 0, 0);
	if (rows_count(rows) == 0 || !json)
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	return r->route->flags & EMPTIES ? answer_empty(r) : answer_json(r, json);
}

/* Part of an address as it came: what RFC 3986 does not allow in one (nginx does) would end the
 * Link header's <…>. */
static void put_uri(struct buf *b, const char *s, size_t n)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~:/?#[]@!$&'()*+,;=%";

	for (; n; s++, n--) {
		if (*s && strchr(allowed, *s))
			buf_put(b, s, 1);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
}

/* The same list from the next row on: every parameter but the cursor stays. */
static const char *next_link(struct request *r, const char *cursor)
{
	struct buf b;

	buf_init(&b, r->arena);
	put_uri(&b, r->path, strlen(r->path));
	buf_puts(&b, "?");
	for (const char *s = r->query; *s;) {
		size_t n = strcspn(s, "&");

		if (n > 0 && strncmp(s, "cursor=", 7) != 0) {
			put_uri(&b, s, n);
			buf_puts(&b, "&");
		}
		s += n + (s[n] == '&');
	}
	buf_printf(&b, "cursor=%s", cursor);
	return b.data;
}

int answer_page(struct request *r, const struct statement *s)
{
	long limit = request_number(r, "limit", PAGE_STANDARD);
	const struct rows *rows;
	struct buf b;
	int n;

	request_set(r, "limit_more", arena_printf(r->arena, "%ld", limit + 1));
	request_set(r, "after", request_get(r, "cursor"));
	rows = db_query(r, s);
	if (!rows)
		return -1;
	n = rows_count(rows) > limit ? (int)limit : rows_count(rows);
	buf_init(&b, r->arena);
	buf_puts(&b, "{\"data\":[");
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(&b, ",");
		buf_puts(&b, rows_text(rows, i, 1));
	}
	buf_puts(&b, "],\"next\":");
	if (rows_count(rows) > n) {
		const char *last = rows_text(rows, n - 1, 0);
		const char *cursor = base64url_encode(r->arena, last, strlen(last));

		buf_printf(&b, "\"%s\"}", cursor);
		request_header(r, "Link", "<%s>; rel=\"next\"", next_link(r, cursor));
	} else {
		buf_puts(&b, "null}");
	}
	return answer_json(r, b.data);
}
