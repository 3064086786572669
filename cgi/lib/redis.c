/* redis: a blocking hiredis connection behind a circuit breaker.
 *
 * A connection that failed once is never used again: after a time-out its next reply would be the
 * answer to an older question. Nothing is sent twice either, since not every command may be
 * repeated; the caller's answer for NULL is the retry. */
#include "redis.h"

#include <hiredis/hiredis.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "redis_url.h"

enum { DELAY_FIRST = 100, DELAY_MOST = 2000, SCRIPTS = 32, SHA_TEXT = 41 };

static struct redis_url where;
static struct timeval timeout;

static struct {
	redisContext *connection;
	pid_t owner;   /* a connection shared with the parent would mix up two streams of replies */
	int64_t until; /* the breaker is open till then */
	int delay;     /* 0: the last call worked */
} state;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int redis_setup(const char *url, int timeout_ms)
{
	struct sigaction pipe;
	redis_close();
	state.until = state.delay = 0;
	/* A bad URL is nowhere: every call is NULL. */
	if (redis_url_parse(url, &where) < 0 || timeout_ms <= 0) {
		where = (struct redis_url){0};
		return -1;
	}
	timeout.tv_sec = timeout_ms / 1000;
	timeout.tv_usec = timeout_ms % 1000 * 1000;
	/* hiredis writes without MSG_NOSIGNAL: a Redis that went away must not end the process. */
	if (!sigaction(SIGPIPE, NULL, &pipe) && pipe.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	return 0;
}

void redis_close(void)
{
	if (state.connection)
		redisFree(state.connection);
	state.connection = NULL;
}

static void breaker_open(const char *why)
{
	if (!state.delay)
		log_say(LOG_WARN, "redis is away: %s", why);
	state.delay = !state.delay		     ? DELAY_FIRST
		      : state.delay * 2 < DELAY_MOST ? state.delay * 2
						     : DELAY_MOST;
	state.until = now_ms() + state.delay;
	redis_close();
}

static void breaker_close(void)
{
	if (state.delay)
		log_say(LOG_INFO, "redis is back");
	state.delay = 0;
}

bool redis_available(void)
{
	return (*where.path || *where.host) && (!state.delay || now_ms() >= state.until);
}

/* A command that only has to succeed. */
static bool greet(int argc, const char **argv)
{
	redisReply *r = redisCommandArgv(state.connection, argc, argv, NULL);
	bool good = r && r->type != REDIS_REPLY_ERROR;
	if (!good)
		breaker_open(r ? r->str : state.connection->errstr);
	if (r)
		freeReplyObject(r);
	return good;
}

static bool log_in(void)
{
	const char *with_user[] = {"AUTH", where.user, where.password};
	const char *without[] = {"AUTH", where.password};
	if (*where.user)
		return greet(3, with_user);
	return !*where.password || greet(2, without);
}

static bool choose_db(void)
{
	const char *argv[] = {"SELECT", where.db};
	return !*where.db || greet(2, argv);
}

static bool reach(void)
{
	redisContext *c = *where.path ? redisConnectUnixWithTimeout(where.path, timeout)
				      : redisConnectWithTimeout(where.host, where.port, timeout);
	state.connection = c;
	state.owner = getpid();
	if (!c || c->err || redisSetTimeout(c, timeout) != REDIS_OK) {
		breaker_open(c ? c->errstr : "no memory");
		return false;
	}
	return log_in() && choose_db();
}

/* The reply, an error reply included; NULL when Redis is away. */
static redisReply *call(int argc, const char **argv, const size_t *lengths)
{
	if (state.connection && state.owner != getpid())
		redis_close();
	if (!redis_available() || (!state.connection && !reach()))
		return NULL;
	redisReply *r = redisCommandArgv(state.connection, argc, argv, lengths);
	if (r)
		breaker_close();
	else
		breaker_open(state.connection->errstr);
	return r;
}

static redisReply *without_error(redisReply *r, const char *command)
{
	if (!r || r->type != REDIS_REPLY_ERROR)
		return r;
	log_say(LOG_ERROR, "redis refused %s: %s", command, r->str);
	freeReplyObject(r);
	return NULL;
}

redisReply *redis_command(int argc, const char **argv, const size_t *lengths)
{
	return without_error(call(argc, argv, lengths), argv[0]);
}

static void script_hash(const char *script, char out[SHA_TEXT])
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	SHA1((const unsigned char *)script, strlen(script), digest);
	for (int i = 0; i < SHA_DIGEST_LENGTH; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* The script's SHA-1, remembered by its address. */
static const char *script_sha(const char *script)
{
	static struct {
		const char *script;
		char sha[SHA_TEXT];
	} known[SCRIPTS], spare;
	for (int i = 0; i < SCRIPTS; i++) {
		if (!known[i].script) {
			script_hash(script, known[i].sha);
			known[i].script = script;
		}
		if (known[i].script == script)
			return known[i].sha;
	}
	script_hash(script, spare.sha);
	return spare.sha;
}

redisReply *redis_script(
	const char *script, int keys, int argc, const char **argv, const size_t *lengths)
{
	char count[12];
	size_t n = (size_t)argc + 3;
	const char **all = calloc(n, sizeof *all);
	size_t *sizes = calloc(n, sizeof *sizes);
	if (!all || !sizes)
		abort();
	snprintf(count, sizeof count, "%d", keys);
	all[0] = "EVALSHA";
	all[1] = script_sha(script);
	all[2] = count;
	for (int i = 0; i < argc; i++) {
		all[3 + i] = argv[i];
		sizes[3 + i] = lengths ? lengths[i] : strlen(argv[i]);
	}
	for (int i = 0; i < 3; i++)
		sizes[i] = strlen(all[i]);
	redisReply *r = call((int)n, all, sizes);
	if (r && r->type == REDIS_REPLY_ERROR && !strncmp(r->str, "NOSCRIPT", 8)) {
		freeReplyObject(r);
		all[0] = "EVAL";
		all[1] = script;
		sizes[0] = strlen(all[0]);
		sizes[1] = strlen(all[1]);
		r = call((int)n, all, sizes);
	}
	free(all);
	free(sizes);
	return without_error(r, "a script");
}
