/* metrics: counters in a shared memory map. */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "route.h"
#include "setting.h"

const int metrics_statuses[METRICS_STATUSES] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405,
	408, 409, 413, 414, 415, 422, 423, 429, 431, 500, 502, 503, 504, 0};

static struct metrics_file *file;
static const struct route *routes;

static uint32_t count_routes(const struct route *table)
{
	uint32_t n = 0;

	while (table[n].path)
		n++;
	return n;
}

/* Whether the rows are those of this route table, so that their counters go on. */
static bool is_ours(const struct metrics_file *f, const struct route *table, uint32_t n)
{
	if (f->magic != METRICS_MAGIC || f->rows != n + 1)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(f->row[i].path, table[i].path) != 0 ||
			strcmp(f->row[i].method, method_name(table[i].method)) != 0)
			return false;
	return true;
}

static void fill(struct metrics_file *f, const char *name, const struct route *table, uint32_t n)
{
	memset(f, 0, sizeof *f + (n + 1) * sizeof f->row[0]);
	snprintf(f->program, sizeof f->program, "%s", name);
	f->rows = n + 1;
	f->started_at = (uint64_t)time(NULL);
	for (uint32_t i = 0; i < n; i++) {
		snprintf(f->row[i].method, sizeof f->row[i].method, "%s",
			method_name(table[i].method));
		snprintf(f->row[i].path, sizeof f->row[i].path, "%s", table[i].path);
	}
	snprintf(f->row[n].method, sizeof f->row[n].method, "any");
	snprintf(f->row[n].path, sizeof f->row[n].path, "none");
	f->magic = METRICS_MAGIC;
}

void metrics_open(const char *name, const struct route *table, int children)
{
	uint32_t n = count_routes(table);
	size_t size = sizeof(struct metrics_file) + (n + 1) * sizeof(struct metrics_row);
	char path[256];
	struct stat st;
	void *map = MAP_FAILED;
	int fd;

	snprintf(path, sizeof path, "%s/metrics-%s.shm", setting_text(GATEHOUSE_RUN), name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd >= 0 && fstat(fd, &st) == 0 && (size_t)st.st_size != size && ftruncate(fd, 0) == 0)
		(void)!ftruncate(fd, (off_t)size);
	if (fd >= 0 && fstat(fd, &st) == 0 && (size_t)st.st_size == size)
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || map == MAP_FAILED)
		log_say(LOG_WARN, "metrics: %s: %s; nothing is counted", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return;
	file = map;
	routes = table;
	if (!is_ours(file, table, n))
		fill(file, name, table, n);
	file->children = (uint32_t)children;
}

static void add(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

void metrics_started(void)
{
	if (file)
		add(&file->starts, 1);
}

uint64_t metrics_bound(int bucket)
{
	return bucket >= METRICS_BUCKETS - 1 ? UINT64_MAX
					     : (uint64_t)(64 * exp2((bucket + 1) / 4.0));
}

static int bucket_of(int64_t us)
{
	int low = 0, high = METRICS_BUCKETS - 1;

	while (low < high) {
		int middle = (low + high) / 2;

		if ((uint64_t)us < metrics_bound(middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void metrics_count(const struct route *route, int status, int64_t us)
{
	struct metrics_row *row;
	int s = 0;

	if (!file)
		return;
	row = &file->row[route ? (uint32_t)(route - routes) : file->rows - 1];
	while (metrics_statuses[s] && metrics_statuses[s] != status)
		s++;
	if (!metrics_statuses[s])
		s = METRICS_STATUSES - 1;
	add(&row->status[s], 1);
	add(&row->bucket[bucket_of(us < 0 ? 0 : us)], 1);
	add(&row->sum_us, us < 0 ? 0 : (uint64_t)us);
}

double metrics_quantile(const uint64_t bucket[METRICS_BUCKETS], double share)
{
	double all = 0, seen = 0, below;

	for (int i = 0; i < METRICS_BUCKETS; i++)
		all += (double)bucket[i];
	if (all <= 0)
		return 0;
	for (int i = 0; i < METRICS_BUCKETS; i++) {
		if (bucket[i] == 0 || seen + (double)bucket[i] < share * all) {
			seen += (double)bucket[i];
			continue;
		}
		below = i > 0 ? (double)metrics_bound(i - 1) : 0;
		if (i == METRICS_BUCKETS - 1)
			return below;
		return below + ((double)metrics_bound(i) - below) * (share * all - seen) /
				       (double)bucket[i];
	}
	return (double)metrics_bound(METRICS_BUCKETS - 2);
}
