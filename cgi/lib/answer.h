/* answer: what goes back. */
#ifndef GH_ANSWER_H
#define GH_ANSWER_H

struct request;
struct rows;
struct statement;

/* JSON text as the whole body, with the status of the route's flags (200, 201, 202). Returns 0. */
int answer_json(struct request *r, const char *json);
int answer_empty(struct request *r); /* 204 */
/* Runs a statement whose first column of its first row is the answer; no row is 404. */
int answer_query(struct request *r, const struct statement *s);
/* Runs a statement whose rows are (id, json), newest first, at most `:limit_more` of them, and
 * answers
 * {"data":[…],"next":…} with Link. The statement reads `:after` (NULL or the last id seen). */
int answer_page(struct request *r, const struct statement *s);
/* Another representation: HTML, SVG. */
int answer_text(struct request *r, const char *content_type, const char *text);

/* For input tables of lists. */
#define PAGE_FIELDS \
	{"limit", IN_QUERY, TYPE_INTEGER, OPTIONAL, 1, 100, NULL, "how many at most (25)", NULL}, \
	{ \
		"cursor", IN_QUERY, TYPE_CURSOR, OPTIONAL, 1, 200, NULL, \
			"`next` of the page before", NULL \
	}

#endif
