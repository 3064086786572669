/* field: the input tables of routes: what may come in, from where, of which shape.
 *
 * A handler sees only values that passed; all bad fields are reported at once; fields that no table
 * names are errors. Valid values are kept as canonical text under their name (request_get()) and
 * bound to statements by that name. JSON null and an absent optional field are both NULL. */
#ifndef GH_FIELD_H
#define GH_FIELD_H

#include <stdbool.h>

struct request;
struct buf;

enum field_in { IN_PATH = 1, IN_QUERY, IN_BODY };

enum field_type {
	TYPE_TEXT =
		1,   /* trimmed; length in characters; no control characters but newline and tab */
	TYPE_SECRET, /* a string as it is: passwords, tokens; never logged */
	TYPE_UUID,
	TYPE_INTEGER,
	TYPE_NUMBER,
	TYPE_BOOLEAN,
	TYPE_TIME,   /* RFC 3339 */
	TYPE_MOMENT, /* RFC 3339, or a date alone */
	TYPE_DATE,
	TYPE_EMAIL, /* lower-cased */
	TYPE_PHONE, /* E.164: digits with an optional +, separators dropped */
	TYPE_CHOICE,
	TYPE_CURSOR, /* of a list: see page.h */
	TYPE_ZONE,   /* an IANA time zone name; PostgreSQL has the last word */
	TYPE_UUIDS,  /* a JSON array of UUIDs, kept as a PostgreSQL array literal */
};

#define REQUIRED true
#define OPTIONAL false

struct field {
	const char *name;
	enum field_in in;
	enum field_type type;
	bool required;
	double least, most;  /* length of text, size of numbers and arrays */
	const char *choices; /* space-separated; "a=b" takes a and means b */
	const char *what;    /* a sentence for the documentation */
	const char *alias;   /* another name it may come under, or NULL */
};

/* Reads query and body of `r` by its route's table. 0, or -1 with the problem answered. */
int field_read(struct request *r);
/* Writes one table as the "input" array of --routes. */
void field_describe(struct buf *b, const struct field *table);

#endif
