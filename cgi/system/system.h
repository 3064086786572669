/* system: handlers of the area and what they learn of the house. */
#ifndef GH_SYSTEM_H
#define GH_SYSTEM_H

#include <stddef.h>

struct arena;
struct metrics_file;
struct request;
struct rows;

enum state { DOWN, LATE, ACTIVE, CONNECTED };
enum part { POSTGRES, REDIS, QUEUE, PUSH, WORKER, CANARY, PARTITIONS, PARTS };

/* What was found when it was looked at. Milliseconds. */
struct health {
	enum state part[PARTS];
	long outbox_depth, outbox_ms, timers_late, timers_ms;
	long canary_age_ms, canary_latency_ms; /* -1: none was seen */
	const char *workers; /* JSON {"relay":age in ms,…}; NULL without PostgreSQL */
};

extern const char *const health_parts[PARTS];
const char *health_state(enum state s);
void health_look(struct request *r, struct health *h);

int health_get(struct request *r);
int status_get(struct request *r);
int metrics_get(struct request *r);
int metrics_endpoint(struct request *r);

/* The metrics files of all programs, mapped; NULL-terminated. Arena; unmap with survey_close(). */
const struct metrics_file **survey_open(struct arena *a);
void survey_close(const struct metrics_file **files);
/* The push daemon's figures (a JSON object), or NULL when it does not answer within 300 ms. Arena.
 */
const char *survey_push(struct arena *a);

#endif
