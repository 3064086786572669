/* metrics: what was served how fast, counted by all processes of a program in one shared file.
 *
 * GATEHOUSE_RUN/metrics-<program>.shm is a memory map: a struct metrics_file with one row a route
 * and a last one for what no route took. Counters only grow, are changed by atomic additions (no
 * locks, and a killed process spoils nothing), and outlive restarts as long as the route table is
 * the same. Reading is the system area's business. Times are microseconds. */
#ifndef GH_METRICS_H
#define GH_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct route;

#define METRICS_MAGIC 0x4748304d45545232ULL
#define METRICS_STATUSES 32
/* Bucket k holds durations below 64 us * 2^((k + 1) / 4): a quarter octave each, up to 23 s; the
 * last one holds the rest. */
#define METRICS_BUCKETS 74

struct metrics_row {
	char method[8], path[104];
	uint64_t status[METRICS_STATUSES]; /* by metrics_statuses[] */
	uint64_t bucket[METRICS_BUCKETS];
	uint64_t sum_us;
};

struct metrics_file {
	uint64_t magic;
	char program[32];
	uint32_t rows, children; /* children: as configured */
	uint64_t starts;	 /* processes started */
	uint64_t started_at;	 /* Unix seconds of the first */
	struct metrics_row row[];
};

/* The statuses that are told apart; 0 ends the list; the last slot counts all others. */
extern const int metrics_statuses[METRICS_STATUSES];

/* In the parent, before it forks. Without a file nothing is counted. */
void metrics_open(const char *name, const struct route *table, int children);
void metrics_started(void); /* in a child */
/* `route` may be NULL: nothing took the request. */
void metrics_count(const struct route *route, int status, int64_t us);

/* Upper bound of a bucket in microseconds; UINT64_MAX for the last. */
uint64_t metrics_bound(int bucket);
/* The duration below which `share` (0 to 1) of what the buckets counted lie, interpolated. */
double metrics_quantile(const uint64_t bucket[METRICS_BUCKETS], double share);

#endif
