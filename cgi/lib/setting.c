/* setting: the table of setting.h against the environment.
 *
 * A load builds a complete new set of values and only then replaces the old one, so a refused
 * environment leaves the values of before. */
#include "setting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"

enum { SECRET_FILE_MOST = 4096 };

static const struct row {
	const char *name, *aliases;
	enum setting_type type;
	const char *standard; /* NULL: must be given */
	long least, most;
	const char *choices, *what;
} rows[SETTING_COUNT] = {
#define SETTING_ROW(name, aliases, type, standard, least, most, choices, what) \
	[name] = {#name, aliases, SETTING_##type, standard, least, most, choices, what},
	SETTINGS(SETTING_ROW)
#undef SETTING_ROW
};

struct values {
	char *text[SETTING_COUNT];
	long number[SETTING_COUNT];
};

static struct values values;
static char sentence[512];

static const char *refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *refuse(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(sentence, sizeof sentence, format, ap);
	va_end(ap);
	return sentence;
}

static char *keep(const char *s)
{
	char *copy = strdup(s);
	if (!copy)
		abort();
	return copy;
}

/* The i-th word of a space-separated list in `word`; false when there are fewer. */
static bool word_at(const char *list, int i, char *word, size_t size)
{
	for (;; i--) {
		list += strspn(list, " ");
		size_t n = strcspn(list, " ");
		if (!n || n >= size)
			return false;
		if (i == 0) {
			memcpy(word, list, n);
			word[n] = '\0';
			return true;
		}
		list += n;
	}
}

/* An empty variable says nothing, but for a text, which may well be meant to be empty. */
static const char *given(const struct row *r, const char *name)
{
	const char *v = getenv(name);
	return v && (*v || r->type == SETTING_TEXT) ? v : NULL;
}

/* The value in the environment, NULL if there is none; `from` is the variable it was found in. */
static const char *find(const struct row *r, char *from, size_t size)
{
	snprintf(from, size, "%s", r->name);
	const char *v = given(r, from);
	for (int i = 0; !v && word_at(r->aliases, i, from, size); i++)
		v = given(r, from);
	return v;
}

/* Reads the file named by the variable `name` into out. NULL or the sentence. */
static const char *read_secret(const char *name, char **out)
{
	const char *path = getenv(name);
	char bytes[SECRET_FILE_MOST + 1];
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC); /* NOLINT: the caller found it set */
	if (fd < 0)
		return refuse("%s: %s: %s", name, path, strerror(errno));
	while ((n = read(fd, bytes + len, sizeof bytes - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		len += (size_t)n;
	}
	int failed = n < 0 ? errno : 0;
	close(fd);
	const char *bad = NULL;
	if (failed)
		bad = refuse("%s: %s: %s", name, path, strerror(failed));
	else if (len > SECRET_FILE_MOST || memchr(bytes, '\0', len))
		bad = refuse("%s: %s is no text of at most %d bytes", name, path, SECRET_FILE_MOST);
	if (!bad) {
		len -= len && bytes[len - 1] == '\n';
		len -= len && bytes[len - 1] == '\r';
		*out = strndup(bytes, len);
		if (!*out)
			abort();
	}
	explicit_bzero(bytes, sizeof bytes);
	return bad;
}

static const char *load_secret(const struct row *r, char **out)
{
	char from[64], file[64];
	const char *v = find(r, from, sizeof from), *bad = NULL;
	snprintf(file, sizeof file, "%s_FILE", r->name);
	const char *path = getenv(file);
	if (path && *path) {
		if (v)
			return refuse("%s and %s are both set: give one", from, file);
		bad = read_secret(file, out);
	} else if (v || r->standard) {
		*out = keep(v ? v : r->standard);
	}
	if (bad)
		return bad;
	if (!*out || (!**out && !r->standard))
		return refuse("%s must be given (or %s): %s", r->name, file, r->what);
	if (**out && strlen(*out) < (size_t)r->least)
		return refuse("%s must be at least %ld bytes long", r->name, r->least);
	return NULL;
}

static bool parse_number(const char *s, long *number)
{
	char *end;
	const char *digits = s + (*s == '-');
	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*number = strtol(s, &end, 10);
	return !errno && !*end;
}

static bool chosen(const char *choices, const char *v)
{
	char word[64];
	for (int i = 0; word_at(choices, i, word, sizeof word); i++)
		if (!strcmp(word, v))
			return true;
	return false;
}

static const char *load_one(const struct row *r, char **text, long *number)
{
	char from[64];
	if (r->type == SETTING_SECRET)
		return load_secret(r, text);
	const char *v = find(r, from, sizeof from);
	*text = keep(v ? v : r->standard);
	if (!v)
		snprintf(from, sizeof from, "%s", r->name);
	if (r->type == SETTING_NUMBER &&
		(!parse_number(*text, number) || *number < r->least || *number > r->most))
		return refuse("%s must be a number from %ld to %ld, not \"%.40s\"", from, r->least,
			r->most, *text);
	if (r->type == SETTING_CHOICE && !chosen(r->choices, *text))
		return refuse("%s must be one of: %s; not \"%.40s\"", from, r->choices, *text);
	return NULL;
}

static void drop(struct values *v)
{
	for (int i = 0; i < SETTING_COUNT; i++) {
		if (v->text[i])
			explicit_bzero(v->text[i], strlen(v->text[i]));
		free(v->text[i]);
	}
}

const char *setting_load(void)
{
	struct values fresh = {0};
	for (int i = 0; i < SETTING_COUNT; i++) {
		const char *bad = load_one(&rows[i], &fresh.text[i], &fresh.number[i]);
		if (bad) {
			drop(&fresh);
			return bad;
		}
	}
	drop(&values);
	values = fresh;
	return NULL;
}

const char *setting_text(enum setting s)
{
	return values.text[s] ? values.text[s] : "";
}

long setting_number(enum setting s)
{
	return values.number[s];
}

bool setting_is(enum setting s, const char *value)
{
	return !strcmp(setting_text(s), value);
}

static void print_words(struct buf *b, const char *key, const char *list)
{
	char word[64];
	put_open(b, key, '[');
	for (int i = 0; word_at(list, i, word, sizeof word); i++)
		put_string(b, NULL, word);
	put_close(b, ']');
}

void setting_print(void)
{
	static const char *const types[] = {"text", "secret", "number", "choice"};
	struct arena *a = arena_new(32768);
	struct buf b;
	buf_init(&b, a);
	put_open(&b, NULL, '[');
	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct row *r = &rows[i];
		put_open(&b, NULL, '{');
		put_string(&b, "name", r->name);
		print_words(&b, "aliases", r->aliases);
		put_string(&b, "type", types[r->type]);
		put_string(&b, "default", r->standard);
		if (r->type == SETTING_NUMBER) {
			put_number(&b, "least", r->least);
			put_number(&b, "most", r->most);
		}
		if (r->type == SETTING_CHOICE)
			print_words(&b, "choices", r->choices);
		put_string(&b, "what", r->what);
		put_close(&b, '}');
	}
	put_close(&b, ']');
	printf("%s\n", b.data);
	fflush(stdout);
	arena_free(a);
}

const char *setting_named(const char *name)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0 && rows[i].type != SETTING_SECRET)
			return setting_text((enum setting)i);
	return NULL;
}
