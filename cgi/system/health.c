/* health: looks at everything the house stands on. It answers when all of it is away. */
#include "system.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "arena.h"
#include "db.h"
#include "problem.h"
#include "redis.h"
#include "request.h"
#include "system_sql.h"
#include "times.h"
#include "version.h"

#include <time.h>

/* Milliseconds after which a dependency is late, and down. */
#define OUTBOX_LATE 2000
#define TIMERS_LATE 5000
#define WORKER_LATE 6000
#define WORKER_DOWN 20000
#define CANARY_LATE 15000
#define CANARY_DOWN 60000
#define WORKERS 2 /* relay and timers */

const char *const health_parts[PARTS] = {
	"postgres", "redis", "queue", "push", "worker", "canary", "partitions"};

const char *health_state(enum state s)
{
	static const char *const states[] = {"down", "late", "active", "connected"};

	return states[s];
}

static enum state by_age(long ms, long late, long down)
{
	return ms < late ? ACTIVE : ms < down ? LATE : DOWN;
}

static const char *read_key(struct request *r, const char *key)
{
	const char *argv[] = {"GET", key}, *text = NULL;
	redisReply *reply = redis_command(2, argv, NULL);

	if (reply && reply->type == REDIS_REPLY_STRING)
		text = arena_strdup(r->arena, reply->str);
	if (reply)
		freeReplyObject(reply);
	return text;
}

/* "<received ms>:<latency ms>", as the daemon writes it. */
static void read_canary(struct health *h, const char *canary)
{
	char *end;

	h->part[CANARY] = DOWN;
	if (!canary)
		return;
	h->canary_age_ms = (long)(times_now() - strtoll(canary, &end, 10));
	h->canary_latency_ms = *end == ':' ? strtol(end + 1, NULL, 10) : -1;
	h->part[CANARY] = by_age(h->canary_age_ms, CANARY_LATE, CANARY_DOWN);
}

static void ask_redis(struct request *r, struct health *h)
{
	const char *ping[] = {"PING"};
	redisReply *reply = redis_command(1, ping, NULL);

	h->canary_age_ms = h->canary_latency_ms = -1;
	h->part[CANARY] = LATE;
	if (!reply)
		return;
	freeReplyObject(reply);
	h->part[REDIS] = CONNECTED;
	h->part[PUSH] = read_key(r, "gh:push") ? ACTIVE : DOWN;
	read_canary(h, read_key(r, "gh:canary"));
}

static void ask_postgres(struct request *r, struct health *h)
{
	const struct rows *rows = db_query(r, &sql_health);

	if (!rows)
		return;
	h->part[POSTGRES] = CONNECTED;
	h->outbox_depth = rows_number(rows, 0, "outbox_depth");
	h->outbox_ms = rows_number(rows, 0, "outbox_ms");
	h->timers_late = rows_number(rows, 0, "timers_late");
	h->timers_ms = rows_number(rows, 0, "timers_ms");
	h->workers = rows_get(rows, 0, "ages");
	h->part[QUEUE] = h->outbox_ms < OUTBOX_LATE ? ACTIVE : LATE;
	h->part[WORKER] = by_age(rows_number(rows, 0, "worker_ms"), WORKER_LATE, WORKER_DOWN);
	if (h->part[WORKER] == ACTIVE && h->timers_ms > TIMERS_LATE)
		h->part[WORKER] = LATE;
	if (rows_number(rows, 0, "workers") < WORKERS)
		h->part[WORKER] = DOWN;
	h->part[PARTITIONS] = rows_true(rows, 0, "misplaced") ? LATE : ACTIVE;
}

void health_look(struct request *r, struct health *h)
{
	memset(h, 0, sizeof *h);
	ask_postgres(r, h);
	ask_redis(r, h);
}

static const char *status_of(const struct health *h)
{
	if (h->part[POSTGRES] == DOWN)
		return "unhealthy";
	for (int i = 0; i < PARTS; i++)
		if (h->part[i] < ACTIVE)
			return "degraded";
	return "healthy";
}

int health_get(struct request *r)
{
	static time_t started;
	struct health h;
	char now[TIMES_TEXT];
	struct buf b;

	if (!started)
		started = time(NULL);
	health_look(r, &h);
	times_format(times_now(), now);
	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_string(&b, "status", status_of(&h));
	put_open(&b, "dependencies", '{');
	for (int i = 0; i < PARTS; i++)
		put_string(&b, health_parts[i], health_state(h.part[i]));
	put_close(&b, '}');
	put_number(&b, "uptime", time(NULL) - started);
	put_string(&b, "version", version_text());
	put_string(&b, "timestamp", now);
	put_close(&b, '}');
	answer_json(r, b.data);
	r->code = NULL;
	if (h.part[POSTGRES] == DOWN)
		r->status = problems[PROBLEM_UNAVAILABLE].status;
	return 0;
}
