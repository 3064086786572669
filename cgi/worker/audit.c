/* audit: seals ranges of the audit and checks the seals.
 *
 * Each seal is the HMAC of its range's digest and of the seal before it, under AUDIT_KEY, which the
 * database does not know: whoever can write to the database can neither alter nor remove a sealed
 * row without breaking a seal, nor make a seal. The heads go to the log, so that cutting the
 * chain's end off shows too. (A chain inside each transaction would serialize all writers.) */
#include "worker.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "db.h"
#include "encode.h"
#include "log.h"
#include "request.h"
#include "setting.h"
#include "worker_sql.h"

static const char *mac_of(struct arena *a, const struct rows *rows, int row)
{
	const char *key = setting_text(AUDIT_KEY);
	const char *text = arena_printf(a, "%s %s %s %s %s", rows_get(rows, row, "previous"),
		rows_get(rows, row, "first"), rows_get(rows, row, "last"),
		rows_get(rows, row, "rows"), rows_get(rows, row, "digest"));
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), mac,
		&n);
	return hex_encode(a, mac, n);
}

static void seal(struct request *r, const struct rows *range)
{
	static const char *const copied[] = {"first", "last", "rows", "previous"};
	const struct rows *made;
	struct buf b;

	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		request_set(r, copied[i], rows_get(range, 0, copied[i]));
	request_set(r, "mac", mac_of(r->arena, range, 0));
	made = db_query(r, &sql_audit_seal);
	if (!made || rows_count(made) == 0)
		return; /* another relay was faster */
	buf_init(&b, r->arena);
	b.comma = true;
	put_string(&b, "last", request_get(r, "last"));
	put_string(&b, "mac", request_get(r, "mac"));
	log_event(LOG_INFO, "audit_seal", b.data);
}

void audit_seal(struct worker *w)
{
	struct request *r;
	const struct rows *range;

	if (!*setting_text(AUDIT_KEY))
		return;
	r = request_job(w->program, w->arena);
	range = db_query(r, &sql_audit_range);
	if (range && rows_count(range) > 0)
		seal(r, range);
	db_finish(r);
	arena_reset(w->arena);
}

static bool holds(struct arena *a, const struct rows *rows, int i, const char *previous)
{
	return strcmp(rows_get(rows, i, "rows"), rows_get(rows, i, "found")) == 0 &&
	       strcmp(rows_get(rows, i, "previous"), previous) == 0 &&
	       strcmp(rows_get(rows, i, "mac"), mac_of(a, rows, i)) == 0;
}

/* One page of seals after `last`; how many, or -1. Broken ones are told and counted. */
static int verify_page(struct worker *w, char last[32], char previous[80], int *broken)
{
	struct request *r = request_job(w->program, w->arena);
	const struct rows *rows;
	int n = -1;

	request_set(r, "after", last);
	rows = db_query(r, &sql_audit_seals_list);
	if (rows)
		n = rows_count(rows);
	for (int i = 0; i < n; i++) {
		if (!holds(r->arena, rows, i, previous)) {
			printf("broken: rows %s to %s (%s sealed, %s found)\n",
				rows_get(rows, i, "first"), rows_get(rows, i, "last"),
				rows_get(rows, i, "rows"), rows_get(rows, i, "found"));
			++*broken;
		}
		snprintf(previous, 80, "%s", rows_get(rows, i, "mac"));
		snprintf(last, 32, "%s", rows_get(rows, i, "first"));
	}
	db_finish(r);
	arena_reset(w->arena);
	return n;
}

int audit_verify(struct worker *w)
{
	char last[32] = "0", previous[80] = "none";
	int n, seals = 0, broken = 0;
	struct request *r;
	const struct rows *rows;

	if (!*setting_text(AUDIT_KEY)) {
		fprintf(stderr, "audit-verify: AUDIT_KEY is not set, so nothing is sealed\n");
		return 2;
	}
	while ((n = verify_page(w, last, previous, &broken)) > 0)
		seals += n;
	r = request_job(w->program, w->arena);
	rows = n < 0 ? NULL : db_query(r, &sql_audit_unsealed);
	if (!rows)
		fprintf(stderr, "audit-verify: the database is away\n");
	else
		printf("%d seals, %d broken; the last is %.16s; %ld newer rows are not sealed "
		       "yet\n",
			seals, broken, previous, rows_number(rows, 0, "rows"));
	db_finish(r);
	arena_reset(w->arena);
	return !rows ? 2 : broken > 0;
}
