/* scan: steps over strings and nested values by counting brackets; no recursion. */
#include "scan.h"

#include <string.h>

struct place {
	const char *at, *end;
};

static void skip_blanks(struct place *p)
{
	while (p->at < p->end && strchr(" \t\r\n", *p->at) && *p->at)
		p->at++;
}

static bool take(struct place *p, char c)
{
	skip_blanks(p);
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

/* From behind the opening quote to behind the closing one. */
static bool skip_string(struct place *p)
{
	while (p->at < p->end && *p->at != '"')
		p->at += *p->at == '\\' && p->at + 1 < p->end ? 2 : 1;
	if (p->at >= p->end)
		return false;
	p->at++;
	return true;
}

static bool skip_value(struct place *p)
{
	size_t depth = 0;
	while (p->at < p->end) {
		char c = *p->at;
		if (!depth && (c == ',' || c == '}' || c == ']'))
			return true;
		p->at++;
		if (c == '"' && !skip_string(p))
			return false;
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
	}
	return !depth;
}

bool scan_member(struct scan_text json, const char *name, struct scan_text *value)
{
	size_t length = strlen(name);
	if (!json.length)
		return false;
	struct place p = {json.text, json.text + json.length};
	if (!take(&p, '{'))
		return false;
	do {
		if (!take(&p, '"'))
			return false;
		const char *key = p.at;
		if (!skip_string(&p))
			return false;
		bool found = (size_t)(p.at - key) == length + 1 && !memcmp(key, name, length);
		if (!take(&p, ':'))
			return false;
		skip_blanks(&p);
		const char *from = p.at;
		if (!skip_value(&p))
			return false;
		const char *to = p.at;
		while (to > from && strchr(" \t\r\n", to[-1]) && to[-1])
			to--;
		if (found) {
			*value = (struct scan_text){from, (size_t)(to - from)};
			return true;
		}
	} while (take(&p, ','));
	return false;
}

bool scan_string(struct scan_text json, const char *name, char *out, size_t size)
{
	struct scan_text value;
	if (!scan_member(json, name, &value) || value.length < 2 || value.text[0] != '"')
		return false;
	size_t n = value.length - 2;
	if (value.text[n + 1] != '"' || n >= size || memchr(value.text + 1, '\\', n))
		return false;
	memcpy(out, value.text + 1, n);
	out[n] = '\0';
	return true;
}
