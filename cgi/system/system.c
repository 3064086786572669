/* system: health, status and metrics; and the 404 of paths that no area has. */
#include "system.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "setting.h"
#include "system_sql.h"
#include "version.h"

static const struct field endpoint_input[] = {
	{"method", IN_PATH, TYPE_TEXT, REQUIRED, 1, 10, NULL, "GET, POST, …", NULL},
	{"endpoint", IN_PATH, TYPE_TEXT, REQUIRED, 1, 200, NULL,
		"percent-encoded path of the route", NULL},
	{0},
};

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

int status_get(struct request *r)
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
	{GET, "/health", ANYONE, LIMIT_NONE, NULL, health_get,
		"How the house is; 503 only without a database", 0},
	{GET, "/api/status", ANYONE, LIMIT_GENERAL, NULL, status_get,
		"Version, build, areas that are up", 0},
	{GET, "/metrics", ANYONE, LIMIT_NONE, NULL, metrics_get,
		"Prometheus text, or a summary in JSON; for METRICS_ALLOW addresses or an admin",
		PAGE},
	{GET, "/metrics/endpoint/:method/:endpoint", ANYONE, LIMIT_NONE, endpoint_input,
		metrics_endpoint,
		"Count and times (ms) of one route; for METRICS_ALLOW addresses or an admin", 0},
	{0},
};

int main(int argc, char **argv)
{
	return serve_main(&(const struct program){"system", routes, system_statements, NULL, NULL},
		argc, argv);
}
