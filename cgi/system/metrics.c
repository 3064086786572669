/* metrics: the counters of all programs as Prometheus text (exposition format 0.0.4) or, on
 * `Accept: application/json`, as a summary. */
#include "system.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "actor.h"
#include "answer.h"
#include "arena.h"
#include "metrics.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "setting.h"
#include "version.h"

/* Every fourth bucket, a doubling, is shown to Prometheus. */
#define BUCKET_STEP 4

static bool is_allowed(const struct request *r)
{
	const char *s = setting_text(METRICS_ALLOW);

	for (; *s; s += strcspn(s, ", "), s += strspn(s, ", "))
		if (strlen(r->ip) == strcspn(s, ", ") && strncmp(s, r->ip, strlen(r->ip)) == 0)
			return true;
	return false;
}

static uint64_t count_of(const struct metrics_row *row)
{
	uint64_t n = 0;

	for (int s = 0; s < METRICS_STATUSES; s++)
		n += row->status[s];
	return n;
}

static void head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP gatehouse_%s %s\n# TYPE gatehouse_%s %s\n", name, help, name, type);
}

static void put_requests(struct buf *b, const struct metrics_file *const *files)
{
	head(b, "http_requests_total", "counter", "Requests by route and status.");
	for (; *files; files++)
		for (uint32_t i = 0; i < (*files)->rows; i++)
			for (int s = 0; s < METRICS_STATUSES; s++)
				if ((*files)->row[i].status[s])
					buf_printf(b,
						"gatehouse_http_requests_total{program=\"%s\","
						"method=\"%s\","
						"route=\"%s\",status=\"%d\"} %" PRIu64 "\n",
						(*files)->program, (*files)->row[i].method,
						(*files)->row[i].path, metrics_statuses[s],
						(*files)->row[i].status[s]);
}

static void put_histogram(struct buf *b, const char *program, const struct metrics_row *row)
{
	const char *labels = arena_printf(b->arena, "program=\"%s\",method=\"%s\",route=\"%s\"",
		program, row->method, row->path);
	uint64_t n = 0;

	for (int k = 0; k < METRICS_BUCKETS - 1; k++) {
		n += row->bucket[k];
		if (k % BUCKET_STEP == BUCKET_STEP - 1)
			buf_printf(b,
				"gatehouse_http_request_duration_seconds_bucket{%s,le=\"%g\"} "
				"%" PRIu64 "\n",
				labels, (double)metrics_bound(k) / 1e6, n);
	}
	n += row->bucket[METRICS_BUCKETS - 1];
	buf_printf(b,
		"gatehouse_http_request_duration_seconds_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n"
		"gatehouse_http_request_duration_seconds_sum{%s} %.6f\n"
		"gatehouse_http_request_duration_seconds_count{%s} %" PRIu64 "\n",
		labels, n, labels, (double)row->sum_us / 1e6, labels, n);
}

static void put_durations(struct buf *b, const struct metrics_file *const *files)
{
	head(b, "http_request_duration_seconds", "histogram", "Time to serve a request.");
	for (; *files; files++)
		for (uint32_t i = 0; i < (*files)->rows; i++)
			if (count_of(&(*files)->row[i]) > 0)
				put_histogram(b, (*files)->program, &(*files)->row[i]);
}

static void put_pools(struct buf *b, const struct metrics_file *const *files)
{
	const struct metrics_file *const *f;

	head(b, "pool_processes", "gauge", "Serving processes a program keeps.");
	for (f = files; *f; f++)
		buf_printf(b, "gatehouse_pool_processes{program=\"%s\"} %u\n", (*f)->program,
			(*f)->children);
	head(b, "pool_starts_total", "counter", "Serving processes started, restarts included.");
	for (f = files; *f; f++)
		buf_printf(b, "gatehouse_pool_starts_total{program=\"%s\"} %" PRIu64 "\n",
			(*f)->program, (*f)->starts);
}

static void put_gauge(struct buf *b, const char *name, const char *help, double value)
{
	head(b, name, "gauge", help);
	buf_printf(b, "gatehouse_%s %.10g\n", name, value);
}

/* Each number of a JSON object as one sample with a label. */
static void put_members(
	struct buf *b, const char *name, const char *label, const char *json, double unit)
{
	json_t *object = json ? json_loads(json, 0, NULL) : NULL, *value;
	const char *key;

	json_object_foreach(object, key, value) if (json_is_number(value))
		buf_printf(b, "gatehouse_%s{%s=\"%s\"} %.10g\n", name, label, key,
			json_number_value(value) * unit);
	json_decref(object);
}

static void put_health(struct buf *b, const struct health *h, const char *push)
{
	head(b, "dependency_state", "gauge", "0 down, 1 late, 2 active, 3 connected.");
	for (int i = 0; i < PARTS; i++)
		buf_printf(b, "gatehouse_dependency_state{dependency=\"%s\"} %d\n", health_parts[i],
			(int)h->part[i]);
	put_gauge(b, "outbox_depth", "Committed events without a number.", (double)h->outbox_depth);
	put_gauge(
		b, "outbox_age_seconds", "Age of the oldest of them.", (double)h->outbox_ms / 1e3);
	put_gauge(
		b, "timers_late", "Timers overdue by more than a second.", (double)h->timers_late);
	put_gauge(b, "timers_late_seconds", "How late the latest is.", (double)h->timers_ms / 1e3);
	if (h->canary_age_ms >= 0) {
		put_gauge(b, "canary_age_seconds", "Since a canary event arrived.",
			(double)h->canary_age_ms / 1e3);
		put_gauge(b, "canary_latency_seconds", "From its commit to the push daemon.",
			(double)h->canary_latency_ms / 1e3);
	}
	head(b, "worker_heartbeat_age_seconds", "gauge", "Since each worker was last seen.");
	put_members(b, "worker_heartbeat_age_seconds", "worker", h->workers, 1e-3);
	head(b, "push", "gauge", "Figures of the push daemon.");
	put_members(b, "push", "figure", push, 1);
}

static void put_build(struct buf *b)
{
	head(b, "build_info", "gauge", "The version that runs.");
	buf_printf(b, "gatehouse_build_info{version=\"%s\"} 1\n", version_text());
}

static void add_row(struct metrics_row *sum, const struct metrics_row *row)
{
	for (int s = 0; s < METRICS_STATUSES; s++)
		sum->status[s] += row->status[s];
	for (int k = 0; k < METRICS_BUCKETS; k++)
		sum->bucket[k] += row->bucket[k];
	sum->sum_us += row->sum_us;
}

static void put_times(struct buf *b, const struct metrics_row *row)
{
	uint64_t n = count_of(row);

	put_raw(b, "avg",
		arena_printf(b->arena, "%.3f", n ? (double)row->sum_us / (double)n / 1e3 : 0));
	put_raw(b, "p95",
		arena_printf(b->arena, "%.3f", metrics_quantile(row->bucket, 0.95) / 1e3));
	put_raw(b, "p99",
		arena_printf(b->arena, "%.3f", metrics_quantile(row->bucket, 0.99) / 1e3));
}

/* S2's document: times in milliseconds. */
static int answer_summary(struct request *r, const struct metrics_file *const *files)
{
	struct metrics_row sum = {0};
	uint64_t unmodified = 0, reads = 0;
	struct buf b;

	for (; *files; files++) {
		for (uint32_t i = 0; i < (*files)->rows; i++) {
			const struct metrics_row *row = &(*files)->row[i];

			add_row(&sum, row);
			if (strcmp(row->method, "GET") == 0) {
				reads += row->status[0] + row->status[4];
				unmodified += row->status[4];
			}
		}
	}
	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_open(&b, "requests", '{');
	put_number(&b, "total", (long long)count_of(&sum));
	put_close(&b, '}');
	put_open(&b, "responseTime", '{');
	put_times(&b, &sum);
	put_close(&b, '}');
	put_open(&b, "cache", '{');
	put_raw(&b, "hitRate",
		arena_printf(r->arena, "%.4f", reads ? (double)unmodified / (double)reads : 0));
	put_raw(&b, "missRate",
		arena_printf(r->arena, "%.4f", reads ? 1 - (double)unmodified / (double)reads : 0));
	put_close(&b, '}');
	put_close(&b, '}');
	return answer_json(r, b.data);
}

int metrics_get(struct request *r)
{
	const char *accept = request_param(r, "HTTP_ACCEPT");
	const struct metrics_file **files;
	struct health h;
	struct buf b;

	if (!is_allowed(r) && actor_need(r, ADMIN) < 0)
		return -1;
	files = survey_open(r->arena);
	if (accept && strstr(accept, "application/json")) {
		answer_summary(r, files);
	} else {
		health_look(r, &h);
		r->status = 0;
		buf_init(&b, r->arena);
		put_build(&b);
		put_requests(&b, files);
		put_durations(&b, files);
		put_pools(&b, files);
		put_health(&b, &h, survey_push(r->arena));
		answer_text(r, "text/plain; version=0.0.4", b.data);
	}
	survey_close(files);
	return 0;
}

int metrics_endpoint(struct request *r)
{
	const char *method = request_get(r, "method"), *path = request_get(r, "endpoint");
	const struct metrics_file **files;
	struct metrics_row sum = {0};
	bool found = false;
	struct buf b;

	if (!is_allowed(r) && actor_need(r, ADMIN) < 0)
		return -1;
	files = survey_open(r->arena);
	for (const struct metrics_file *const *f = files; *f; f++) {
		for (uint32_t i = 0; i < (*f)->rows; i++) {
			if (strcasecmp((*f)->row[i].method, method) != 0 ||
				strcmp((*f)->row[i].path, path) != 0)
				continue;
			found = true;
			add_row(&sum, &(*f)->row[i]);
		}
	}
	survey_close(files);
	if (!found)
		return refuse(r, PROBLEM_NOT_FOUND, "No route %s %s; percent-encode the path.",
			method, path);
	buf_init(&b, r->arena);
	put_open(&b, NULL, '{');
	put_string(&b, "method", method);
	put_string(&b, "endpoint", path);
	put_number(&b, "count", (long long)count_of(&sum));
	put_times(&b, &sum);
	put_close(&b, '}');
	return answer_json(r, b.data);
}
