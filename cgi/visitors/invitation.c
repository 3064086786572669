/* invitation: what a guest gets: a page that needs no account, and a QR code of its link. */
#include "visitors.h"

#include <qrencode.h>
#include <string.h>

#include "answer.h"
#include "arena.h"
#include "db.h"
#include "request.h"
#include "visitors_sql.h"

/* The modules of a QR code (ISO/IEC 18004) as one SVG path, with the quiet zone of four modules. */
static void draw_qr(struct buf *b, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	int n = code ? code->width : 0;

	buf_printf(b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"QR code of the invitation\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
		n + 8, n + 8, n + 8, n + 8);
	for (int y = 0; y < n; y++)
		for (int x = 0; x < n; x++)
			if (code->data[y * n + x] & 1)
				buf_printf(b, "M%d %dh1v1h-1z", x + 4, y + 4);
	buf_puts(b, "\"/></svg>");
	QRcode_free(code);
}

static void put_html(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		switch (*s) {
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		default:
			buf_put(b, s, 1);
		}
	}
}

int invitation_qr(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_invitation_link);
	struct buf b;

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_NOT_FOUND, NULL);
	visitor_base_url(r);
	buf_init(&b, r->arena);
	draw_qr(&b, arena_printf(r->arena, "%s/i/%s", request_get(r, "base_url"),
			    rows_text(rows, 0, 0)));
	return answer_text(r, "image/svg+xml", b.data);
}

static void put_line(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "<dt>%s</dt><dd>", name);
	put_html(b, value);
	buf_puts(b, "</dd>");
}

static void put_invitation(struct buf *b, struct request *r, const struct rows *rows)
{
	const char *code = rows_get(rows, 0, "invite_code");

	buf_puts(b, "<h1>");
	put_html(b, rows_get(rows, 0, "visitor_name"));
	buf_puts(b, ", you are expected</h1><dl>");
	put_line(b, "Where",
		arena_printf(r->arena, "%s, flat %s, %s, %s", rows_get(rows, 0, "society_name"),
			rows_get(rows, 0, "flat_number"), rows_get(rows, 0, "block_name"),
			rows_get(rows, 0, "city")));
	put_line(b, "From", rows_get(rows, 0, "starts"));
	put_line(b, "Until", rows_get(rows, 0, "ends"));
	buf_puts(b, "</dl>");
	if (!code) {
		buf_puts(b, "<p class=\"closed\">This invitation is no longer open.</p>");
		return;
	}
	buf_printf(b,
		"<p>Show this code at the gate:</p><p class=\"code\">%s</p><div class=\"qr\">",
		code);
	visitor_base_url(r);
	draw_qr(b, arena_printf(r->arena, "%s/i/%s", request_get(r, "base_url"),
			   request_get(r, "token")));
	buf_puts(b, "</div>");
}

int invitation_page(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_invitation_get);
	struct buf b;

	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse(r, PROBLEM_NOT_FOUND, "This invitation does not exist.");
	buf_init(&b, r->arena);
	buf_puts(&b, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		     "<meta name=\"robots\" content=\"noindex\"><title>Your invitation</title>"
		     "<link rel=\"stylesheet\" href=\"/css/guest.css\"></head><body><main>");
	put_invitation(&b, r, rows);
	buf_puts(&b, "</main></body></html>");
	return answer_text(r, "text/html", b.data);
}
