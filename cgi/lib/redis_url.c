/* redis_url: cut from both ends: what is before the last @ of the authority are credentials, what
 * is behind its first slash the database. */
#include "redis_url.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "encode.h"

enum { PORT_STANDARD = 6379 };

/* n bytes into a field of `size`; false if they do not fit. */
static bool put(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool put_decoded(char *to, size_t size, const char *from, size_t n)
{
	struct arena *a = arena_new(1024);
	const char *text = percent_decode(a, from, n, false);
	bool fits = text && put(to, size, text, strlen(text));
	arena_free(a);
	return fits;
}

/* A decimal number from least to most that is all of the n bytes; -1 if it is not. */
static int number(const char *s, size_t n, int least, int most)
{
	int v = 0;
	if (!n || n > 5)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v >= least && v <= most ? v : -1;
}

/* "[user]:password" */
static bool parse_user(const char *s, size_t n, struct redis_url *out)
{
	const char *colon = memchr(s, ':', n);
	size_t user = colon ? (size_t)(colon - s) : n;
	return colon && put_decoded(out->user, sizeof out->user, s, user) &&
	       put_decoded(out->password, sizeof out->password, colon + 1, n - user - 1);
}

/* "host", "host:port" or "[v6]:port" */
static bool parse_host(const char *s, size_t n, struct redis_url *out)
{
	bool bracketed = n && *s == '[';
	const char *end = bracketed ? memchr(s, ']', n) : memchr(s, ':', n);
	if (bracketed && !end)
		return false;
	size_t host = end ? (size_t)(end - s) : n;
	const char *rest = s + host + bracketed;
	size_t left = n - host - bracketed;
	out->port = left ? number(rest + 1, left - 1, 1, 65535) : PORT_STANDARD;
	return (!left || *rest == ':') && out->port > 0 && host > bracketed &&
	       put(out->host, sizeof out->host, s + bracketed, host - bracketed);
}

static bool parse_tcp(const char *s, struct redis_url *out)
{
	size_t n = strcspn(s, "/?#");
	const char *db = s[n] == '/' ? s + n + 1 : s + n;
	const char *at = memrchr(s, '@', n);
	if (at && !parse_user(s, (size_t)(at - s), out))
		return false;
	const char *host = at ? at + 1 : s;
	return parse_host(host, n - (size_t)(host - s), out) &&
	       (!*db || number(db, strlen(db), 0, 65535) >= 0) &&
	       put(out->db, sizeof out->db, db, strlen(db));
}

static bool parse(const char *url, struct redis_url *out)
{
	if (!strncmp(url, "redis://", 8))
		return parse_tcp(url + 8, out);
	if (strncmp(url, "unix:", 5) != 0)
		return false;
	const char *path = url + (strncmp(url, "unix://", 7) ? 5 : 7);
	return *path == '/' && put(out->path, sizeof out->path, path, strlen(path));
}

int redis_url_parse(const char *url, struct redis_url *out)
{
	*out = (struct redis_url){0};
	if (parse(url, out))
		return 0;
	*out = (struct redis_url){0};
	return -1;
}
