/* limit: counts calls in fixed windows in Redis. */
#include "limit.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "problem.h"
#include "redis.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "token.h"

struct window {
	const char *name; /* of the policy, as clients see it */
	const char *key;
	long quota, seconds;
};

/* Whom an address stands for: with IPv6 every household has a whole /64 to call from. */
static const char *household(struct request *r)
{
	struct in6_addr ip;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, r->ip, &ip) != 1 || IN6_IS_ADDR_V4MAPPED(&ip))
		return r->ip;
	memset(&ip.s6_addr[8], 0, 8);
	return arena_strdup(r->arena, inet_ntop(AF_INET6, &ip, text, sizeof text));
}

/* Counts one more (or looks, with ARGV[2] = 0); answers the count and the milliseconds left. */
static const char script[] =
	"local n\n"
	"if ARGV[2] == '0' then n = tonumber(redis.call('GET', KEYS[1]) or 0)\n"
	"else n = redis.call('INCR', KEYS[1]) end\n"
	"local left = redis.call('PTTL', KEYS[1])\n"
	"if left < 0 then\n"
	"  if n > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end\n"
	"  left = tonumber(ARGV[1])\n"
	"end\n"
	"return {n, left}\n";

/* False when Redis is away: then nobody is refused. */
static bool count(struct request *r, const struct window *w, bool add, long *n, long *left)
{
	const char *ms = arena_printf(r->arena, "%ld", w->seconds * 1000);
	const char *argv[] = {w->key, ms, add ? "1" : "0"};
	redisReply *reply = redis_script(script, 1, 3, argv, NULL);
	bool ok = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;

	if (ok) {
		*n = (long)reply->element[0]->integer;
		*left = (long)(reply->element[1]->integer + 999) / 1000;
	}
	if (reply)
		freeReplyObject(reply);
	return ok;
}

static int over(struct request *r, const struct window *w, long left)
{
	struct buf b;

	buf_init(&b, r->arena);
	b.comma = true;
	put_string(&b, "limit", w->name);
	request_security(r, "limit", b.data);
	request_header(r, "RateLimit-Policy", "\"%s\";q=%ld;w=%ld", w->name, w->quota, w->seconds);
	request_header(r, "RateLimit", "\"%s\";r=0;t=%ld", w->name, left);
	return refuse_for(r, PROBLEM_RATE_LIMITED, left,
		"At most %ld calls in %ld s; try again in %ld s.", w->quota, w->seconds, left);
}

static int spend(struct request *r, const struct window *w)
{
	long n, left;

	if (w->quota <= 0 || !count(r, w, true, &n, &left))
		return 0;
	if (n > w->quota)
		return over(r, w, left);
	request_header(r, "RateLimit-Policy", "\"%s\";q=%ld;w=%ld", w->name, w->quota, w->seconds);
	request_header(r, "RateLimit", "\"%s\";r=%ld;t=%ld", w->name, w->quota - n, left);
	return 0;
}

int limit_check(struct request *r)
{
	struct window w = {0};

	switch (r->route->limit) {
	case LIMIT_NONE:
		return 0;
	case LIMIT_AUTH: /* counted by account once the body is read */
		w = (struct window){"auth", NULL, 0, 60};
		return 0;
	case LIMIT_GENERAL:
		w = (struct window){"general", arena_printf(r->arena, "gh:l:g:%s", household(r)),
			setting_number(GENERAL_RATE_LIMIT), 900};
		break;
	case LIMIT_USER:
		w = (struct window){"user", arena_printf(r->arena, "gh:l:u:%s", r->user),
			setting_number(DEVICE_RATE_LIMIT), 60};
		if (w.quota > 0)
			w.quota += setting_number(USER_RATE_BURST);
		break;
	case LIMIT_ANALYTICS:
		w = (struct window){"analytics", arena_printf(r->arena, "gh:l:a:%s", r->user),
			setting_number(ANALYTICS_RATE_LIMIT), 60};
		break;
	case LIMIT_EXPORT:
		w = (struct window){"export", arena_printf(r->arena, "gh:l:e:%s", r->user),
			setting_number(EXPORT_RATE_LIMIT), 3600};
		break;
	}
	if (*r->user == 0 && r->route->limit != LIMIT_GENERAL)
		return 0;
	return spend(r, &w);
}

static struct window failures(struct request *r)
{
	return (struct window){"auth-failures", arena_printf(r->arena, "gh:l:f:%s", household(r)),
		setting_number(AUTH_FAILURE_LIMIT), 60};
}

int limit_account(struct request *r, const char *account)
{
	struct window f = failures(r);
	struct window w = {"auth",
		arena_printf(r->arena, "gh:l:s:%s:%s", household(r), token_hash(r->arena, account)),
		setting_number(AUTH_RATE_LIMIT), 60};
	long n, left;

	if (f.quota > 0 && count(r, &f, false, &n, &left) && n >= f.quota)
		return over(r, &f, left);
	return spend(r, &w);
}

void limit_failed(struct request *r)
{
	struct window f = failures(r);
	long n, left;

	if (f.quota > 0)
		count(r, &f, true, &n, &left);
}
