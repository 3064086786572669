/* What is taken as a value is canonical: read again it is the same, and it is what its type says.
 * The first byte of the input chooses the field, the rest is its text. */
#include "every.h"

#include <errno.h>
#include <math.h>

#include "times.h"
#include "value.h"

static const struct field fields[] = {EVERY(IN_QUERY)};
#define FIELDS (sizeof fields / sizeof *fields)

static void of_length(const struct field *f, const char *v)
{
	HOLDS(utf8_length(v) >= (size_t)f->least && utf8_length(v) <= (size_t)f->most);
}

static void is_what_its_type_says(const struct field *f, const char *v)
{
	char id[UUID_TEXT];
	int64_t ms;
	double number = strtod(v, NULL);

	switch (f->type) {
	case TYPE_TEXT:
	case TYPE_ZONE:
		for (const char *c = v; *c; c++)
			HOLDS((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
		HOLDS(!strchr(" \t\n", *v) && !strchr(" \t\n", v[strlen(v) - 1]));
		/* fall through */
	case TYPE_SECRET:
		of_length(f, v);
		break;
	case TYPE_UUID:
	case TYPE_CURSOR:
		HOLDS(uuid_parse(v, id) && !strcmp(v, id));
		break;
	case TYPE_INTEGER:
		HOLDS(strspn(v, "-0123456789") == strlen(v) && (v[0] != '0' || !v[1]));
		/* fall through */
	case TYPE_NUMBER:
		HOLDS(isfinite(number) && number >= f->least && number <= f->most);
		break;
	case TYPE_BOOLEAN:
		HOLDS(!strcmp(v, "true") || !strcmp(v, "false"));
		break;
	case TYPE_TIME:
		HOLDS(times_parse(v, &ms) && strlen(v) == TIMES_TEXT - 1);
		break;
	case TYPE_MOMENT:
		HOLDS(times_is_date(v) || (times_parse(v, &ms) && strlen(v) == TIMES_TEXT - 1));
		break;
	case TYPE_DATE:
		HOLDS(times_is_date(v));
		break;
	case TYPE_EMAIL:
		of_length(f, v);
		HOLDS(v[strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.@")] ==
			0);
		HOLDS(strchr(v, '@') == strrchr(v, '@') && strchr(strchr(v, '@'), '.'));
		break;
	case TYPE_PHONE:
		v += *v == '+';
		HOLDS(strspn(v, "0123456789") == strlen(v) && strlen(v) >= 5 && strlen(v) <= 15);
		break;
	case TYPE_CHOICE:
		HOLDS(!strcmp(v, "accept") || !strcmp(v, "deny"));
		break;
	case TYPE_UUIDS:
		HOLDS(false); /* never from text */
	}
}

static const char *read_text(const struct field *f, const char *s, const char **why)
{
	return value_read(fuzz_arena(false), f, &(struct raw){.kind = RAW_TEXT, .text = s}, why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	const struct field *f = &fields[size ? data[0] % FIELDS : 0];
	const char *s = fuzz_text(a, data, size), *v, *as_string, *why = NULL, *again;
	json_t *json;

	s += size > 0;
	if (!utf8_valid(s, strlen(s)))
		return 0;
	v = read_text(f, s, &why);
	HOLDS(v || (why && *why && utf8_valid(why, strlen(why))));
	json = json_string(s);
	as_string = value_read(a, f, &(struct raw){RAW_STRING, s, json}, &why);
	json_decref(json);
	if (f->type == TYPE_INTEGER || f->type == TYPE_NUMBER || f->type == TYPE_BOOLEAN)
		HOLDS(!as_string);
	else
		HOLDS(v ? as_string && !strcmp(v, as_string) : !as_string);
	if (!v)
		return 0;
	is_what_its_type_says(f, v);
	again = f->type == TYPE_CURSOR ? base64url_encode(a, v, strlen(v)) : v;
	again = read_text(f, again, &why);
	HOLDS(again && !strcmp(again, v));
	return 0;
}
