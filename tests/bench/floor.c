/* floor: the least that a FastCGI program can do, to measure Gatehouse against: nothing (/nothing),
 * one prepared SELECT whose JSON PostgreSQL makes (/read), one INSERT (/write). Eight processes on
 * fd 0, a connection each. No sessions, no limits, no row-level security: what those cost is the
 * difference. */
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#define PROCESSES 8

static PGconn *connect_database(const char *url)
{
	PGconn *db = PQconnectdb(url);
	PGresult *made;

	if (PQstatus(db) != CONNECTION_OK) {
		fprintf(stderr, "floor: %s", PQerrorMessage(db));
		exit(1);
	}
	made = PQprepare(db, "read",
		"select json_build_object('id', id, 'name', name, 'at', at) from bench_floor where "
		"id = $1",
		1, NULL);
	PQclear(made);
	made = PQprepare(db, "write",
		"insert into bench_floor_rows (name) values ($1) returning json_build_object('id', "
		"id)",
		1, NULL);
	PQclear(made);
	return db;
}

static void answer(FCGX_Request *r, PGconn *db)
{
	static unsigned turn;
	const char *uri = FCGX_GetParam("REQUEST_URI", r->envp);
	char text[32];
	const char *values[] = {text};
	PGresult *rows;

	FCGX_PutS("Content-Type: application/json\r\n\r\n", r->out);
	if (!uri || !strcmp(uri, "/nothing")) {
		FCGX_PutS("{}", r->out);
		return;
	}
	snprintf(text, sizeof text, "%u", turn++ % 1000 + 1);
	rows = PQexecPrepared(
		db, strcmp(uri, "/write") ? "read" : "write", 1, values, NULL, NULL, 0);
	FCGX_PutS(PQntuples(rows) ? PQgetvalue(rows, 0, 0) : "{\"error\":true}", r->out);
	PQclear(rows);
}

static void serve(const char *url)
{
	PGconn *db = connect_database(url);
	FCGX_Request r;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	FCGX_Init();
	FCGX_InitRequest(&r, 0, 0);
	while (FCGX_Accept_r(&r) == 0) {
		answer(&r, db);
		FCGX_Finish_r(&r);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: floor DATABASE-URL < listening-socket\n");
		return 2;
	}
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			serve(argv[1]);
			return 0;
		}
	}
	pause();
	return 0;
}
