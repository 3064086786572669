/* idempotency: keys, stored answers, replays. */
#include "idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "db.h"
#include "lib_sql.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "token.h"

#define KEY_MOST 255

int idempotency_read(struct request *r)
{
	const char *key = request_param(r, "HTTP_IDEMPOTENCY_KEY");
	const char *in_body = request_get(r, "idempotency_key");

	if (!(r->route->flags & CREATES))
		return 0;
	if (!key)
		key = in_body;
	if (!key)
		return 0;
	if (in_body && strcmp(key, in_body) != 0)
		return refuse_field(
			r, "idempotency_key", "differs from the Idempotency-Key header");
	if (!*key || strlen(key) > KEY_MOST)
		return refuse_field(r, "Idempotency-Key", "must have 1 to %d characters", KEY_MOST);
	for (const char *c = key; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			return refuse_field(r, "Idempotency-Key", "must be printable ASCII");
	r->idempotency_key = key;
	r->body_hash = token_hash(
		r->arena, arena_printf(r->arena, "%s %s %s", method_name((enum method)r->method),
				  r->path, r->body_hash ? r->body_hash : ""));
	/* Keys of people who are not signed in are apart by address. */
	request_set(r, "idempotency_hash",
		token_hash(r->arena, *r->user ? key : arena_printf(r->arena, "%s %s", r->ip, key)));
	/* Sealed like the answer: a hash of a body with a password in it is a quick way to guess
	 * it. */
	request_set(
		r, "idempotency_body", token_seal(r->arena, "idempotency body", key, r->body_hash));
	return 0;
}

int idempotency_replay(struct request *r)
{
	const struct rows *rows;
	const char *key = r->idempotency_key, *hash, *sealed, *answer, *location;
	const char *gone =
		"This key was used, and its answer can no longer be read. See whether the "
		"work was done.";

	/* The transaction that met the key is over; what was answered is read in one of its own. */
	db_finish(r);
	r->idempotency_key = NULL;
	rows = db_query(r, &sql_idempotency_get);
	if (!rows)
		return -1;
	hash = rows_get(rows, 0, "body_hash");
	sealed = rows_get(rows, 0, "answer");
	if (!hash || !sealed)
		return refuse(r, PROBLEM_IDEMPOTENCY_IN_PROGRESS, NULL);
	hash = token_open(r->arena, "idempotency body", key, hash);
	if (!hash)
		return refuse(r, PROBLEM_CONFLICT, "%s", gone);
	if (strcmp(hash, r->body_hash) != 0)
		return refuse(r, PROBLEM_IDEMPOTENCY_KEY_REUSED,
			"Use a new key for a request that is not the same.");
	answer = token_open(r->arena, "idempotency", key, sealed);
	if (!answer)
		return refuse(r, PROBLEM_CONFLICT, "%s", gone);
	location = answer;
	answer += strcspn(answer, "\n");
	if (*answer)
		answer++;
	if (*location != '\n')
		request_header(r, "Location", "%.*s", (int)strcspn(location, "\n"), location);
	request_header(r, "Idempotent-Replay", "true");
	r->status = (int)rows_number(rows, 0, "status");
	r->content_type = "application/json";
	buf_init(&r->out, r->arena);
	buf_puts(&r->out, answer);
	return -1;
}

const struct statement *idempotency_store(struct request *r)
{
	const char *location = request_get(r, "answer_location");
	const char *text;

	if (!r->idempotency_key)
		return NULL;
	text = arena_printf(
		r->arena, "%s\n%s", location ? location : "", r->out.data ? r->out.data : "");
	request_set(r, "idempotency_status", arena_printf(r->arena, "%d", r->status));
	request_set(r, "idempotency_answer",
		token_seal(r->arena, "idempotency", r->idempotency_key, text));
	return &sql_idempotency_end;
}
