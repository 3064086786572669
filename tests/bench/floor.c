/* floor: the least that an answer from PostgreSQL over FastCGI can cost: no routing, no actor, no
 * limits, no log. `/read/ID` is one prepared SELECT by key, `/write` one INSERT; the JSON is made
 *by PostgreSQL in both. Serves on fd 0 with as many processes as it is told:
 *
 *	floor CONNINFO PROCESSES */
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char read_sql[] =
	"select json_build_object('id', id, 'name', name, 'phone', phone, 'purpose', purpose, "
	"'status', status, 'created_at', created_at) from things where id = $1::uuid";
static const char write_sql[] =
	"insert into written (name, purpose) values ($1, $2) "
	"returning json_build_object('id', id, 'name', name, 'created_at', created_at)";

static void die(const char *why)
{
	fprintf(stderr, "floor: %s\n", why);
	exit(1);
}

static PGconn *reach(const char *conninfo)
{
	PGconn *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) != CONNECTION_OK)
		die(PQerrorMessage(conn));
	PQclear(PQprepare(conn, "read", read_sql, 1, NULL));
	PQclear(PQprepare(conn, "write", write_sql, 2, NULL));
	return conn;
}

static void answer(FCGX_Request *r, PGconn *conn)
{
	const char *path = FCGX_GetParam("DOCUMENT_URI", r->envp);
	bool reads = path && strncmp(path, "/read/", 6) == 0;
	const char *with[] = {reads ? path + 6 : "Asha", "delivery"};
	PGresult *res;
	char head[128];

	if (path && strcmp(path, "/nothing") == 0) {
		FCGX_PutS("Content-Type: application/json\r\n\r\n{}", r->out);
		return;
	}
	res = PQexecPrepared(conn, reads ? "read" : "write", reads ? 1 : 2, with, NULL, NULL, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK || PQntuples(res) != 1) {
		fprintf(stderr, "floor: %s\n", PQerrorMessage(conn));
		FCGX_PutS("Status: 500\r\n\r\n", r->out);
	} else {
		int n = snprintf(head, sizeof head,
			"Status: %d\r\nContent-Type: application/json\r\nContent-Length: "
			"%d\r\n\r\n",
			reads ? 200 : 201, PQgetlength(res, 0, 0));

		FCGX_PutStr(head, n, r->out);
		FCGX_PutStr(PQgetvalue(res, 0, 0), PQgetlength(res, 0, 0), r->out);
	}
	PQclear(res);
}

static void serve(const char *conninfo)
{
	PGconn *conn = reach(conninfo);
	FCGX_Request request;

	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) == 0) {
		answer(&request, conn);
		FCGX_Finish_r(&request);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		die("usage: floor CONNINFO PROCESSES");
	FCGX_Init();
	signal(SIGTERM, SIG_DFL);
	for (int i = atoi(argv[2]); i > 0; i--) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(argv[1]);
		}
	}
	while (wait(NULL) > 0)
		continue;
	return 0;
}
