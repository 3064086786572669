/* worker: what requests defer, a process for each kind of work: `worker relay`, `worker timers`. */
#include "worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "arena.h"
#include "db.h"
#include "log.h"
#include "redis.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "version.h"
#include "wake.h"
#include "worker_sql.h"

#define BEAT_MS 2000
#define REDIS_TIMEOUT_MS 1000

static const struct route routes[] = {{0}};
static const struct program program = {"worker", routes, worker_statements, NULL, NULL};

static const struct {
	const char *name;
	int (*run)(struct worker *w);
} workers[] = {{"relay", relay_run}, {"timers", timers_run}, {"audit-verify", audit_verify}};

static volatile sig_atomic_t ending;

static void on_end(int sig)
{
	(void)sig;
	ending = 1;
}

bool worker_ending(void)
{
	return ending;
}

long worker_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int worker_do(struct worker *w, const struct statement *s)
{
	struct request *r = request_job(w->program, w->arena);
	const struct rows *rows;
	int n = -1;

	request_set(r, "name", w->name);
	rows = db_query(r, s);
	if (rows)
		n = rows_count(rows);
	db_finish(r);
	arena_reset(w->arena);
	return n;
}

void worker_beat(struct worker *w)
{
	static long next;

	if (worker_now() < next)
		return;
	/* One that failed is made up for as soon as there is a database. */
	if (worker_do(w, &sql_heartbeat) >= 0)
		next = worker_now() + BEAT_MS;
}

static int start(void)
{
	const char *why = setting_load();

	if (!why && redis_setup(setting_text(REDIS_URL), REDIS_TIMEOUT_MS) < 0)
		why = "REDIS_URL: not a Redis URL";
	if (why) {
		fprintf(stderr, "worker: %s\n", why);
		return 2;
	}
	log_open("worker", setting_is(LOG_LEVEL, "debug") ? LOG_DEBUG : LOG_INFO);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_end}, NULL);
	sigaction(SIGINT, &(struct sigaction){.sa_handler = on_end}, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";
	int failed;

	if (strcmp(option, "--version") == 0)
		return puts(version_text()) < 0;
	if (strcmp(option, "--routes") == 0)
		return puts("[]") < 0;
	failed = start();
	if (failed)
		return failed;
	if (strcmp(option, "--check") == 0)
		return db_check(&program) > 0;
	for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
		if (strcmp(workers[i].name, option) != 0)
			continue;
		struct worker w = {&program, arena_new(65536), option,
			strcmp(option, "audit-verify") == 0 ? -1 : wake_listen(option)};

		failed = workers[i].run(&w);
		arena_free(w.arena);
		db_close();
		redis_close();
		return failed;
	}
	fprintf(stderr, "usage: worker relay|timers|audit-verify|--check|--version\n");
	return 2;
}
