/* connection: one libpq connection a process, kept in pipeline mode for good. */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "setting.h"
#include "statement.h"

#define PREPARED_MOST 256
#define CONNECT_TIMEOUT "2" /* seconds */
#define SLOW_MS 1000	    /* an attempt that failed after so long met a hung server */
#define REST_MS 1000

static PGconn *conn;
static pid_t owner;
static const struct statement *prepared[PREPARED_MOST];
static size_t prepared_count;
static char reason[512];
static int64_t again; /* no attempt before: the last one met a hung server */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void connection_drop(void)
{
	if (conn)
		PQfinish(conn);
	conn = NULL;
	prepared_count = 0;
}

static void ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

/* The server said something, or hung up, while nothing was asked: after a restart this is how the
 * broken connection shows before a statement is lost on it. */
static bool is_stale(void)
{
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};

	if (PQstatus(conn) != CONNECTION_OK)
		return true;
	if (poll(&p, 1, 0) <= 0)
		return false;
	return (p.revents & (POLLHUP | POLLERR)) || !PQconsumeInput(conn) ||
	       PQstatus(conn) != CONNECTION_OK;
}

static PGconn *open_as(const char *program)
{
	char role[64], name[64];
	const char *url = setting_text(DATABASE_URL);
	PQconninfoOption *given = PQconninfoParse(url, NULL), *o;
	bool named = false;

	for (o = given; o && o->keyword; o++)
		if (strcmp(o->keyword, "user") == 0 && o->val)
			named = true;
	PQconninfoFree(given);
	snprintf(role, sizeof role, "gh_%s", program);
	snprintf(name, sizeof name, "gatehouse %s", program);
	/* Later keywords win over the URL's, so the role stands before it when the URL names a
	 * user. */
	const char *keys[] = {named ? "fallback_application_name" : "user", "dbname",
		named ? "fallback_application_name" : "user", "application_name", "connect_timeout",
		"client_encoding", NULL};
	const char *vals[] = {
		named ? name : role, url, named ? name : role, name, CONNECT_TIMEOUT, "UTF8", NULL};

	return PQconnectdbParams(keys, vals, 1);
}

PGconn *connection_get(const char *program, const char **why)
{
	int64_t began = now_ms();

	if (conn && owner != getpid())
		conn = NULL; /* the parent's: closing it here would end it there */
	if (conn && is_stale())
		connection_drop();
	if (conn)
		return conn;
	*why = reason;
	if (began < again)
		return NULL;
	prepared_count = 0;
	owner = getpid();
	conn = open_as(program);
	if (PQstatus(conn) != CONNECTION_OK || !PQenterPipelineMode(conn)) {
		snprintf(reason, sizeof reason, "%s", PQerrorMessage(conn));
		reason[strcspn(reason, "\n")] = 0;
		connection_drop();
		if (now_ms() - began >= SLOW_MS)
			again = now_ms() + REST_MS;
		return NULL;
	}
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	return conn;
}

PGresult *connection_result(int patience_ms)
{
	struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};

	while (PQisBusy(conn)) {
		int n = poll(&p, 1, patience_ms);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || !PQconsumeInput(conn))
			return NULL;
	}
	return PQgetResult(conn);
}

bool connection_prepared(const struct statement *s)
{
	for (size_t i = 0; i < prepared_count; i++)
		if (prepared[i] == s)
			return true;
	return false;
}

void connection_mark(const struct statement *s)
{
	if (prepared_count < PREPARED_MOST)
		prepared[prepared_count++] = s;
}
