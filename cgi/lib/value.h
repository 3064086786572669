/* value: what each type of input takes, and the canonical text it becomes. */
#ifndef GH_VALUE_H
#define GH_VALUE_H

#include <stdbool.h>
#include "field.h"

struct arena;
struct buf;
struct json_t;

/* RAW_TEXT comes from a path or a query and may mean any type; the others are JSON's. */
enum raw_kind { RAW_TEXT = 1, RAW_STRING, RAW_NUMBER, RAW_BOOLEAN, RAW_TREE };

struct raw {
	enum raw_kind kind;
	const char *text;    /* valid UTF-8 without NUL; borrowed */
	struct json_t *json; /* borrowed; NULL for RAW_TEXT */
};

/* The canonical text (arena), or NULL and in *why what is wrong with it (arena or static), as the
 * end of a sentence that begins with the field's name. */
const char *value_read(
	struct arena *a, const struct field *f, const struct raw *raw, const char **why);
const char *value_type_name(enum field_type t);
/* Whether the collected errors already name a field. */
bool field_reported(const struct buf *errors, const char *name);

#endif
