/* value: one function a type of input; see field.h for what each takes. */
#include "value.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "encode.h"
#include "times.h"
#include "uuid.h"

struct input {
	struct arena *arena;
	const struct field *field;
	const struct raw *raw;
	const char *why;
};

static const char *bad(struct input *in, const char *why)
{
	in->why = why;
	return NULL;
}

static bool is_text(const struct input *in)
{
	return in->raw->kind == RAW_TEXT || in->raw->kind == RAW_STRING;
}

static const char *fits_length(struct input *in, const char *s)
{
	double n = (double)utf8_length(s);

	if (n < in->field->least)
		return bad(in, n == 0 ? "must not be empty"
				      : arena_printf(in->arena, "must have at least %g characters",
						in->field->least));
	if (in->field->most > 0 && n > in->field->most)
		return bad(in, arena_printf(in->arena, "must have at most %g characters",
				       in->field->most));
	return s;
}

static const char *read_text(struct input *in)
{
	const char *s = in->raw->text, *end;

	if (!is_text(in))
		return bad(in, "must be a string");
	s += strspn(s, " \t\r\n");
	end = s + strlen(s);
	while (end > s && strchr(" \t\r\n", end[-1]))
		end--;
	s = arena_strndup(in->arena, s, (size_t)(end - s));
	for (const char *c = s; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n' && *c != '\t')
			return bad(in, "must not contain control characters");
	return fits_length(in, s);
}

static const char *read_secret(struct input *in)
{
	if (!is_text(in))
		return bad(in, "must be a string");
	return fits_length(in, arena_strdup(in->arena, in->raw->text));
}

static const char *read_uuid(struct input *in)
{
	char *id = arena_alloc(in->arena, UUID_TEXT);

	if (!is_text(in) || !uuid_parse(in->raw->text, id))
		return bad(in, "must be a UUID");
	return id;
}

/* With no more digits than it takes to read the same number again: 0.1, not 0.10000000000000001. */
static const char *shortest(struct arena *a, double v)
{
	const char *s = NULL;

	for (int digits = 15; digits <= 17 && (!s || strtod(s, NULL) != v); digits++)
		s = arena_printf(a, "%.*g", digits, v);
	return s;
}

static const char *read_number(struct input *in)
{
	const char *s = in->raw->text;
	char *end;
	double v;

	if (in->raw->kind != RAW_TEXT && in->raw->kind != RAW_NUMBER)
		return bad(in, "must be a number");
	errno = 0;
	v = strtod(s, &end);
	if (*s == 0 || *end || strspn(s, "+-.0123456789eE") != strlen(s) || errno == ERANGE ||
		!isfinite(v))
		return bad(in, "must be a number");
	if (in->field->type == TYPE_INTEGER &&
		(strspn(s, "-0123456789") != strlen(s) || strlen(s) > 15))
		return bad(in, "must be a whole number");
	if (v < in->field->least || v > in->field->most)
		return bad(in, arena_printf(in->arena, "must be from %g to %.15g", in->field->least,
				       in->field->most));
	if (in->field->type == TYPE_INTEGER)
		return arena_printf(in->arena, "%lld", strtoll(s, NULL, 10));
	return shortest(in->arena, v == 0 ? 0 : v);
}

static const char *read_boolean(struct input *in)
{
	const char *s = in->raw->text;

	if (in->raw->kind == RAW_BOOLEAN)
		return s;
	if (in->raw->kind == RAW_TEXT && (strcmp(s, "true") == 0 || strcmp(s, "1") == 0))
		return "true";
	if (in->raw->kind == RAW_TEXT && (strcmp(s, "false") == 0 || strcmp(s, "0") == 0))
		return "false";
	return bad(in, "must be true or false");
}

static const char *read_time(struct input *in)
{
	char *text = arena_alloc(in->arena, TIMES_TEXT);
	int64_t ms;

	if (is_text(in) && in->field->type != TYPE_TIME && times_is_date(in->raw->text))
		return arena_strdup(in->arena, in->raw->text);
	if (in->field->type == TYPE_DATE)
		return bad(in, "must be a date like 2026-01-31");
	if (!is_text(in) || !times_parse(in->raw->text, &ms))
		return bad(in, in->field->type == TYPE_TIME
				       ? "must be a time like 2026-01-31T09:15:00Z"
				       : "must be a time like 2026-01-31T09:15:00Z or a date like "
					 "2026-01-31");
	times_format(ms, text);
	return text;
}

static const char *read_email(struct input *in)
{
	const char *s = read_text(in), *at;
	char *lower;

	if (!s)
		return NULL;
	at = strchr(s, '@');
	if (!at || at == s || strchr(at + 1, '@') || !strchr(at + 1, '.') || at[1] == '.' ||
		s[strlen(s) - 1] == '.' || strpbrk(s, " \t\r\n<>()[],;:\\\"") || at - s > 64)
		return bad(in, "must be an e-mail address");
	lower = arena_strdup(in->arena, s);
	for (char *c = lower; *c; c++) {
		if ((unsigned char)*c >= 0x80)
			return bad(in, "must be an e-mail address of plain ASCII letters");
		*c = (char)tolower((unsigned char)*c);
	}
	return lower;
}

static const char *read_phone(struct input *in)
{
	char *out = arena_alloc(in->arena, 20), *o = out;
	const char *s = in->raw->text;
	size_t digits = 0;

	if (!is_text(in))
		return bad(in, "must be a string");
	s += strspn(s, " ");
	if (*s == '+')
		*o++ = *s++;
	for (; *s; s++) {
		if (isdigit((unsigned char)*s)) {
			if (++digits > 15)
				break;
			*o++ = *s;
		} else if (!strchr(" -().", *s)) {
			break;
		}
	}
	if (*s || digits < 5 || digits > 15)
		return bad(in, "must be a phone number of 5 to 15 digits");
	return out;
}

static const char *read_choice(struct input *in)
{
	size_t n = strlen(in->raw->text);

	for (const char *s = in->field->choices; is_text(in) && *s; s += strspn(s, " ")) {
		size_t word = strcspn(s, " "), name = strcspn(s, " =");

		if (name == n && memcmp(s, in->raw->text, n) == 0)
			return name < word ? arena_strndup(in->arena, s + name + 1, word - name - 1)
					   : arena_strndup(in->arena, s, n);
		s += word;
	}
	return bad(in, arena_printf(in->arena, "must be one of: %s", in->field->choices));
}

static const char *read_cursor(struct input *in)
{
	size_t n = 0;
	unsigned char *id =
		is_text(in) ? base64url_decode(in->arena, in->raw->text, strlen(in->raw->text), &n)
			    : NULL;

	if (!id || n != UUID_TEXT - 1 || !uuid_parse((const char *)id, (char *)id))
		return bad(in, "must be the `next` of a page of this list");
	return (const char *)id;
}

static const char *read_zone(struct input *in)
{
	const char *s = read_text(in);

	if (s && (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
				 strlen(s) ||
			 (!strchr(s, '/') && strcmp(s, "UTC") != 0)))
		return bad(in, "must be a time zone like Asia/Kolkata");
	return s;
}

static const char *read_uuids(struct input *in)
{
	struct buf out;
	size_t i;
	json_t *v;

	if (in->raw->kind != RAW_TREE || !json_is_array(in->raw->json))
		return bad(in, "must be an array of UUIDs");
	if ((double)json_array_size(in->raw->json) > in->field->most)
		return bad(in,
			arena_printf(in->arena, "must have at most %g entries", in->field->most));
	buf_init(&out, in->arena);
	buf_puts(&out, "{");
	json_array_foreach(in->raw->json, i, v)
	{
		char id[UUID_TEXT];

		if (!json_is_string(v) || !uuid_parse(json_string_value(v), id))
			return bad(in, "must be an array of UUIDs");
		buf_printf(&out, "%s%s", i ? "," : "", id);
	}
	buf_puts(&out, "}");
	return out.data;
}

static const struct {
	const char *name;
	const char *(*read)(struct input *in);
} types[] = {
	[TYPE_TEXT] = {"text", read_text},
	[TYPE_SECRET] = {"secret", read_secret},
	[TYPE_UUID] = {"uuid", read_uuid},
	[TYPE_INTEGER] = {"int", read_number},
	[TYPE_NUMBER] = {"number", read_number},
	[TYPE_BOOLEAN] = {"bool", read_boolean},
	[TYPE_TIME] = {"time", read_time},
	[TYPE_MOMENT] = {"moment", read_time},
	[TYPE_DATE] = {"date", read_time},
	[TYPE_EMAIL] = {"email", read_email},
	[TYPE_PHONE] = {"phone", read_phone},
	[TYPE_CHOICE] = {"choice", read_choice},
	[TYPE_CURSOR] = {"cursor", read_cursor},
	[TYPE_ZONE] = {"zone", read_zone},
	[TYPE_UUIDS] = {"uuids", read_uuids},
};

const char *value_read(
	struct arena *a, const struct field *f, const struct raw *raw, const char **why)
{
	struct input in = {.arena = a, .field = f, .raw = raw, .why = "is not valid"};
	const char *text = types[f->type].read(&in);

	*why = in.why;
	return text;
}

const char *value_type_name(enum field_type t)
{
	return types[t].name;
}

bool field_reported(const struct buf *errors, const char *name)
{
	char *needle = arena_printf(errors->arena, "{\"field\":\"%s\",", name);

	return errors->len > 0 && strstr(errors->data, needle) != NULL;
}
