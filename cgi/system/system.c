/* system: health and status. It must answer when everything else is away. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "arena.h"
#include "db.h"
#include "problem.h"
#include "redis.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "setting.h"
#include "system_sql.h"
#include "times.h"
#include "version.h"

/* Milliseconds after which a dependency is late, and down. */
#define OUTBOX_LATE 2000
#define TIMERS_LATE 5000
#define WORKER_LATE 6000
#define WORKER_DOWN 20000
#define CANARY_LATE 15000
#define CANARY_DOWN 60000
#define WORKERS 2 /* relay and timers */

static time_t started;

enum state { DOWN, LATE, ACTIVE, CONNECTED };
static const char *const states[] = {"down", "late", "active", "connected"};

enum part { POSTGRES, REDIS, QUEUE, PUSH, WORKER, CANARY, PARTITIONS, PARTS };
static const char *const parts[PARTS] = {
	"postgres", "redis", "queue", "push", "worker", "canary", "partitions"};

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

static void ask_redis(struct request *r, enum state h[PARTS])
{
	const char *ping[] = {"PING"}, *canary;
	redisReply *reply = redis_command(1, ping, NULL);

	h[CANARY] = LATE;
	if (!reply)
		return;
	freeReplyObject(reply);
	h[REDIS] = CONNECTED;
	h[PUSH] = read_key(r, "gh:push") ? ACTIVE : DOWN;
	canary = read_key(r, "gh:canary");
	h[CANARY] = canary ? by_age((long)(times_now() - strtoll(canary, NULL, 10)), CANARY_LATE,
				     CANARY_DOWN)
			   : DOWN;
}

static void ask_postgres(struct request *r, enum state h[PARTS])
{
	const struct rows *rows = db_query(r, &sql_health);

	if (!rows)
		return;
	h[POSTGRES] = CONNECTED;
	h[QUEUE] = rows_number(rows, 0, "outbox_ms") < OUTBOX_LATE ? ACTIVE : LATE;
	h[WORKER] = by_age(rows_number(rows, 0, "worker_ms"), WORKER_LATE, WORKER_DOWN);
	if (h[WORKER] == ACTIVE && rows_number(rows, 0, "timers_ms") > TIMERS_LATE)
		h[WORKER] = LATE;
	if (rows_number(rows, 0, "workers") < WORKERS)
		h[WORKER] = DOWN;
	h[PARTITIONS] = rows_true(rows, 0, "misplaced") ? LATE : ACTIVE;
}

static const char *status_of(const enum state h[PARTS])
{
	if (h[POSTGRES] == DOWN)
		return "unhealthy";
	for (int i = 0; i < PARTS; i++)
		if (h[i] < ACTIVE)
			return "degraded";
	return "healthy";
}

static int health(struct request *r)
{
	enum state h[PARTS] = {DOWN};
	char now[TIMES_TEXT];
	struct buf b;

	ask_postgres(r, h);
	ask_redis(r, h);
	times_format(times_now(), now);
	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_string(&b, "status", status_of(h));
	put_open(&b, "dependencies", '{');
	for (int i = 0; i < PARTS; i++)
		put_string(&b, parts[i], states[h[i]]);
	put_close(&b, '}');
	put_number(&b, "uptime", time(NULL) - started);
	put_string(&b, "version", version_text());
	put_string(&b, "timestamp", now);
	put_close(&b, '}');
	answer_json(r, b.data);
	if (h[POSTGRES] == DOWN)
		r->status = problems[PROBLEM_UNAVAILABLE].status;
	return 0;
}

static bool is_up(const char *name)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int n = snprintf(
		to.sun_path, sizeof to.sun_path, "%s/%s.sock", setting_text(GATEHOUSE_RUN), name);
	bool up = fd >= 0 && n > 0 && (size_t)n < sizeof to.sun_path &&
		  connect(fd, (struct sockaddr *)&to, sizeof to) == 0;

	if (fd >= 0)
		close(fd);
	return up;
}

static int status(struct request *r)
{
	static const char *const areas[] = {"auth", "users", "premises", "visitors", "system"};
	struct buf b;

	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_string(&b, "name", "Gatehouse");
	put_string(&b, "version", version_text());
	put_string(&b, "build", __DATE__);
	put_open(&b, "areas", '{');
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		put_string(&b, areas[i], is_up(areas[i]) ? "up" : "down");
	put_close(&b, '}');
	put_close(&b, '}');
	return answer_json(r, b.data);
}

static const struct route routes[] = {
	{GET, "/health", ANYONE, LIMIT_NONE, NULL, health,
		"How the house is; 503 only without a database", 0},
	{GET, "/api/status", ANYONE, LIMIT_GENERAL, NULL, status,
		"Version, build, areas that are up", 0},
	{0},
};

int main(int argc, char **argv)
{
	started = time(NULL);
	return serve_main(&(const struct program){"system", routes, system_statements, NULL, NULL},
		argc, argv);
}
