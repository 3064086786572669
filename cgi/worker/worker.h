/* worker: the loops of the worker's processes. Each runs until it is asked to end, and returns the
 * exit code. A loop survives the absence of PostgreSQL and Redis. */
#ifndef GH_WORKER_H
#define GH_WORKER_H

#include <stdbool.h>

struct arena;
struct program;
struct request;
struct statement;

struct worker {
	const struct program *program;
	struct arena *arena;
	const char *name;
	int wake; /* datagrams that say there is work */
};

int relay_run(struct worker *w);
int timers_run(struct worker *w);
/* Compares every seal with the rows it covers and says what it found; 0 when all hold. */
int audit_verify(struct worker *w);
/* Seals what is old enough. */
void audit_seal(struct worker *w);

bool worker_ending(void);
/* Writes the heartbeat of this worker, at most every two seconds. */
void worker_beat(struct worker *w);
/* Runs one statement in a request of its own. Rows changed or found, or -1. */
int worker_do(struct worker *w, const struct statement *s);
long worker_now(void); /* monotonic milliseconds */

#endif
