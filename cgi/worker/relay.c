/* relay: numbers committed events and puts them on the tape.
 *
 * There is no leader: any number of relays may run. Numbering is serialized by the lock on the
 * counter row, taken by a statement of its own so that the next statement's snapshot is newer than
 * the lock. Publishing is guarded by the tape itself: each call carries the number it believes to
 * be the last; if the tape's real last number is another, nothing is written, and we read
 * PostgreSQL again from there. That covers a crash anywhere, several relays, an emptied Redis and a
 * replica that was behind. */
#include "worker.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "db.h"
#include "lib_sql.h"
#include "log.h"
#include "redis.h"
#include "request.h"
#include "wake.h"
#include "worker_sql.h"

#define LOOK_MS 200
#define PACE_MS 5 /* a storm goes in batches, and nobody sees 5 ms */
#define PAGE 500  /* as tape_read has it */
#define TICK_MS 1000
#define CANARY_MS 5000
#define FIRST_CANARIES 5
#define FORGET_MS 60000
#define SEAL_MS 10000

/* KEYS: tape, epoch. ARGV: epoch, believed last, then seq, type, topics, event of each. Answers the
 * tape's last number; without events it is the tick. */
static const char publish[] =
	"local epoch = redis.call('GET', KEYS[2])\n"
	"if epoch ~= ARGV[1] then\n"
	"  if epoch and tonumber(epoch) > tonumber(ARGV[1]) then return -1 end\n"
	"  redis.call('DEL', KEYS[1])\n"
	"  redis.call('SET', KEYS[2], ARGV[1])\n"
	"end\n"
	"local tail = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)\n"
	"local last = 0\n"
	"if tail[1] then last = tonumber(string.match(tail[1][1], '^%d+')) end\n"
	"if last == tonumber(ARGV[2]) then\n"
	"  for i = 3, #ARGV, 4 do\n"
	"    redis.call('XADD', KEYS[1], ARGV[i] .. '-0', 'y', ARGV[i + 1], 't', ARGV[i + 2],\n"
	"      'e', ARGV[i + 3])\n"
	"    redis.call('PUBLISH', 'gh:events', ARGV[1] .. '-' .. ARGV[i] .. ' ' .. ARGV[i + 1] .. "
	"' '\n"
	"      .. ARGV[i + 2] .. ' ' .. ARGV[i + 3])\n"
	"    last = tonumber(ARGV[i])\n"
	"  end\n"
	"end\n"
	"if #ARGV == 2 then\n"
	"  redis.call('PUBLISH', 'gh:events', ARGV[1] .. '-' .. string.format('%d', last) .. ' "
	"tick')\n"
	"end\n"
	"return string.format('%d', last)\n";

struct relay {
	struct worker *worker;
	char epoch[32];
	long long last; /* believed last number on the tape; -1 before it was asked */
	long tick, canary, forget, seal;
	int canaries; /* sent, until there were enough of the first ones */
};

/* Calls the script. 1: written; 0: the tape is elsewhere (relay->last is corrected); -1: no Redis.
 */
static int call_tape(struct relay *relay, int argc, const char **argv)
{
	redisReply *reply = redis_script(publish, 2, argc, argv, NULL);
	long long believed = relay->last, real = -1;

	if (!reply)
		return -1;
	if (reply->type == REDIS_REPLY_STRING)
		real = strtoll(reply->str, NULL, 10);
	freeReplyObject(reply);
	if (real < 0) {
		log_say(LOG_ERROR, "the tape is of a later epoch than the database");
		return -1;
	}
	relay->last = real;
	return real == believed || argc > 4 ? 1 : 0;
}

static bool number_events(struct relay *relay, struct request *r)
{
	const struct statement *lock[] = {&sql_counter_lock, &sql_events_number};
	const struct rows *waiting = db_query(r, &sql_events_waiting), *rows[2];

	(void)relay;
	if (!waiting)
		return false;
	if (strcmp(rows_text(waiting, 0, 0), "t") != 0)
		return true;
	/* One pipeline is one transaction: the lock holds until both are done. */
	return db_pipeline(r, 2, lock, rows) == 0;
}

/* Puts on the tape what comes after `last`. How many; -1: try again later. */
static int publish_events(struct relay *relay, struct request *r)
{
	const struct rows *rows;
	const char **argv;
	int n, argc = 4;

	request_set(r, "last", arena_printf(r->arena, "%lld", relay->last));
	rows = db_query(r, &sql_tape_read);
	if (!rows)
		return -1;
	n = rows_count(rows);
	if (n == 0)
		return 0;
	argv = arena_alloc(r->arena, (size_t)(4 + 4 * n) * sizeof *argv);
	argv[0] = "gh:tape";
	argv[1] = "gh:epoch";
	argv[2] = relay->epoch;
	argv[3] = arena_printf(r->arena, "%lld", relay->last);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < 4; k++)
			argv[argc++] = rows_text(rows, i, k);
	return call_tape(relay, argc, argv) < 0 ? -1 : n;
}

static void tick(struct relay *relay, struct request *r)
{
	const char *argv[] = {
		"gh:tape", "gh:epoch", relay->epoch, arena_printf(r->arena, "%lld", relay->last)};
	long long before = relay->last;

	if (call_tape(relay, 4, argv) == 0 && before >= 0)
		log_say(LOG_WARN, "tape: last is %lld, not %lld: reading again from there",
			relay->last, before);
}

static bool read_epoch(struct relay *relay, struct request *r)
{
	const struct statement *list[] = {&sql_epoch_keep, &sql_epoch_get};
	const struct rows *rows[2];

	if (db_pipeline(r, 2, list, rows) < 0)
		return false;
	/* The tape was read before the counter, which only grows: a tape that is ahead of it has
	 * seen events of a history that a restore undid. */
	if (relay->last > rows_number(rows[1], 0, "seq")) {
		log_say(LOG_ERROR, "the tape is ahead of the database: a new epoch begins");
		relay->last = -1;
		return db_query(r, &sql_epoch_raise) != NULL;
	}
	if (strcmp(relay->epoch, rows_text(rows[1], 0, 0)) != 0) {
		strncpy(relay->epoch, rows_text(rows[1], 0, 0), sizeof relay->epoch - 1);
		relay->last = -1;
		log_say(LOG_INFO, "epoch %s", relay->epoch);
	}
	return true;
}

static void forget_events(struct request *r)
{
	const struct rows *rows = db_query(r, &sql_events_forget);
	redisReply *reply;

	if (!rows || rows_count(rows) == 0)
		return;
	const char *argv[] = {"XTRIM", "gh:tape", "MINID", "~",
		arena_printf(r->arena, "%ld-0", rows_number(rows, 0, "seq") + 1)};
	reply = redis_command(5, argv, NULL);
	if (reply)
		freeReplyObject(reply);
}

static bool is_due(long *next, long every)
{
	if (worker_now() < *next)
		return false;
	*next = worker_now() + every;
	return true;
}

/* One round in a request of its own; how many events were published, 0 or less for none. */
static int look(struct relay *relay)
{
	struct request *r = request_job(relay->worker->program, relay->worker->arena);
	bool ticking = is_due(&relay->tick, TICK_MS), ok = true;
	int n = 0;

	if (ticking)
		ok = read_epoch(relay, r);
	/* What fails is due again at once: after an absence nothing waits for its next turn. */
	if (!ok)
		relay->tick = 0;
	/* The first ones go every second: a daemon counts none that was on the tape when it came.
	 */
	if (ok && is_due(&relay->canary, relay->canaries < FIRST_CANARIES ? TICK_MS : CANARY_MS)) {
		ok = db_query(r, &sql_canary_send) != NULL;
		if (!ok)
			relay->canary = 0;
		relay->canaries += relay->canaries < FIRST_CANARIES;
	}
	if (ok && is_due(&relay->forget, FORGET_MS))
		forget_events(r);
	ok = ok && *relay->epoch && number_events(relay, r);
	if (ok && (ticking || relay->last < 0))
		tick(relay, r);
	if (ok && relay->last >= 0)
		n = publish_events(relay, r);
	db_finish(r);
	arena_reset(relay->worker->arena);
	return n;
}

int relay_run(struct worker *w)
{
	struct relay relay = {.worker = w, .last = -1};

	log_say(LOG_INFO, "relay starts");
	while (!worker_ending()) {
		worker_beat(w);
		if (is_due(&relay.seal, SEAL_MS))
			audit_seal(w);
		int n = look(&relay);

		if (n <= 0)
			wake_wait(w->wake, LOOK_MS);
		else if (n < PAGE)
			poll(NULL, 0, PACE_MS); /* a full page is a backlog: on with it */
	}
	return 0;
}
