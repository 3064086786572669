/* premises: the tree of places. Every handler is one statement; the exceptions are societies, which
 * need to know whose they become and in which time zone. */
#include "answer.h"
#include "db.h"
#include "premises.h"
#include "premises_sql.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "serve.h"

#define ID \
	{ \
		"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "which", NULL \
	}
#define NAME \
	{ \
		"name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 120, NULL, "what it is called", NULL \
	}
#define NUMBER \
	{ \
		"flat_number", IN_BODY, TYPE_TEXT, REQUIRED, 1, 20, NULL, "number on the door", \
			NULL \
	}
#define PARENT(name, needed) \
	{ \
		name, IN_BODY, TYPE_UUID, needed, 0, 0, NULL, "what it stands in", NULL \
	}
#define WITHIN(name) \
	{ \
		name, IN_QUERY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "those in it", NULL \
	}
#define KEY \
	{ \
		"idempotency_key", IN_BODY, TYPE_SECRET, OPTIONAL, 1, 255, NULL, \
			"as the Idempotency-Key header", NULL \
	}
#define SOCIETY \
	NAME, {"city", IN_BODY, TYPE_TEXT, REQUIRED, 1, 120, NULL, "the city it is in", NULL}, \
	{ \
		"time_zone", IN_BODY, TYPE_ZONE, OPTIONAL, 1, 60, NULL, \
			"IANA name (Asia/Kolkata)", NULL \
	}

static const struct field city_filter[] = {
	{"city", IN_QUERY, TYPE_TEXT, OPTIONAL, 1, 120, NULL, "those in this city", NULL},
	PAGE_FIELDS,
	{0},
};
static const struct field complex_filter[] = {WITHIN("society_id"), PAGE_FIELDS, {0}};
static const struct field block_filter[] = {WITHIN("complex_id"), PAGE_FIELDS, {0}};
static const struct field flat_filter[] = {WITHIN("block_id"), PAGE_FIELDS, {0}};

static const struct field society_input[] = {
	SOCIETY,
	{"organization_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL,
		"needed when the caller manages several", NULL},
	KEY,
	{0},
};
static const struct field complex_input[] = {PARENT("society_id", REQUIRED), NAME, KEY, {0}};
static const struct field block_input[] = {PARENT("complex_id", REQUIRED), NAME, KEY, {0}};
static const struct field flat_input[] = {PARENT("block_id", REQUIRED), NUMBER, KEY, {0}};

static const struct field society_change[] = {ID, SOCIETY, {0}};
static const struct field complex_change[] = {ID, PARENT("society_id", OPTIONAL), NAME, {0}};
static const struct field block_change[] = {ID, PARENT("complex_id", OPTIONAL), NAME, {0}};
static const struct field flat_change[] = {ID, PARENT("block_id", OPTIONAL), NUMBER, {0}};
static const struct field by_id[] = {ID, {0}};

static const struct field request_input[] = {
	{"flat_id", IN_BODY, TYPE_UUID, REQUIRED, 0, 0, NULL, "the flat one lives in", NULL},
	{"relation", IN_BODY, TYPE_CHOICE, REQUIRED, 0, 0, "owner tenant family", "as what", NULL},
	{"note", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 500, NULL, "a word to the manager", NULL},
	KEY,
	{0},
};
static const struct field request_filter[] = {
	{"status", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0, "pending approved rejected",
		"in this status", NULL},
	PAGE_FIELDS,
	{0},
};
static const struct field request_reason[] = {
	ID,
	{"reason", IN_BODY, TYPE_TEXT, REQUIRED, 1, 500, NULL, "why not", NULL},
	{0},
};

static int city_list(struct request *r)
{
	return answer_query(r, &sql_city_list);
}

static int society_list(struct request *r)
{
	return answer_page(r, &sql_society_list);
}

static int complex_list(struct request *r)
{
	return answer_page(r, &sql_complex_list);
}

static int block_list(struct request *r)
{
	return answer_page(r, &sql_block_list);
}

static int flat_list(struct request *r)
{
	return answer_page(r, &sql_flat_list);
}

static int check_zone(struct request *r)
{
	const struct rows *rows;

	if (!request_get(r, "time_zone"))
		return 0;
	rows = db_query(r, &sql_zone_check);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return refuse_field(r, "time_zone", "must be a time zone like Asia/Kolkata");
	return 0;
}

static int society_create(struct request *r)
{
	const struct rows *rows;

	if (check_zone(r) < 0)
		return -1;
	rows = db_query(r, &sql_organization_of_actor);
	if (!rows)
		return -1;
	if (rows_count(rows) == 0)
		return request_get(r, "organization_id")
			       ? refuse(r, PROBLEM_NOT_FOUND, "There is no such organization.")
			       : refuse(r, PROBLEM_FORBIDDEN,
					 "Only who manages an organization adds societies.");
	if (rows_number(rows, 0, "choices") > 1)
		return refuse_field(r, "organization_id", "is required: you manage several");
	request_set(r, "organization", rows_get(rows, 0, "id"));
	return answer_query(r, &sql_society_create);
}

static int society_put(struct request *r)
{
	return check_zone(r) < 0 ? -1 : answer_query(r, &sql_society_put);
}

static int complex_create(struct request *r)
{
	return answer_query(r, &sql_complex_create);
}

static int complex_put(struct request *r)
{
	return answer_query(r, &sql_complex_put);
}

static int block_create(struct request *r)
{
	return answer_query(r, &sql_block_create);
}

static int block_put(struct request *r)
{
	return answer_query(r, &sql_block_put);
}

static int flat_create(struct request *r)
{
	return answer_query(r, &sql_flat_create);
}

static int flat_put(struct request *r)
{
	return answer_query(r, &sql_flat_put);
}

static int society_delete(struct request *r)
{
	return answer_query(r, &sql_society_delete);
}

static int complex_delete(struct request *r)
{
	return answer_query(r, &sql_complex_delete);
}

static int block_delete(struct request *r)
{
	return answer_query(r, &sql_block_delete);
}

static int flat_delete(struct request *r)
{
	return answer_query(r, &sql_flat_delete);
}

static const struct route routes[] = {
	{GET, "/v1/cities", USER, LIMIT_USER, NULL, city_list,
		"Cities and how many societies they have", 0},
	{GET, "/v1/societies", USER, LIMIT_USER, city_filter, society_list, "Societies", 0},
	{GET, "/v1/complexes", USER, LIMIT_USER, complex_filter, complex_list, "Complexes", 0},
	{GET, "/v1/blocks", USER, LIMIT_USER, block_filter, block_list, "Blocks", 0},
	{GET, "/v1/flats", USER, LIMIT_USER, flat_filter, flat_list, "Flats", 0},
	{POST, "/v1/societies", MANAGER, LIMIT_USER, society_input, society_create, "Add a society",
		CREATES},
	{POST, "/v1/complexes", MANAGER, LIMIT_USER, complex_input, complex_create, "Add a complex",
		CREATES},
	{POST, "/v1/blocks", MANAGER, LIMIT_USER, block_input, block_create, "Add a block",
		CREATES},
	{POST, "/v1/flats", MANAGER, LIMIT_USER, flat_input, flat_create, "Add a flat", CREATES},
	{PUT, "/v1/societies/:id", MANAGER, LIMIT_USER, society_change, society_put,
		"Change a society", 0},
	{PUT, "/v1/complexes/:id", MANAGER, LIMIT_USER, complex_change, complex_put,
		"Change a complex", 0},
	{PUT, "/v1/blocks/:id", MANAGER, LIMIT_USER, block_change, block_put, "Change a block", 0},
	{PUT, "/v1/flats/:id", MANAGER, LIMIT_USER, flat_change, flat_put, "Change a flat", 0},
	{DELETE, "/v1/societies/:id", MANAGER, LIMIT_USER, by_id, society_delete,
		"Remove an unused society", EMPTIES},
	{DELETE, "/v1/complexes/:id", MANAGER, LIMIT_USER, by_id, complex_delete,
		"Remove an unused complex", EMPTIES},
	{DELETE, "/v1/blocks/:id", MANAGER, LIMIT_USER, by_id, block_delete,
		"Remove an unused block", EMPTIES},
	{DELETE, "/v1/flats/:id", MANAGER, LIMIT_USER, by_id, flat_delete, "Remove an unused flat",
		EMPTIES},
	{POST, "/v1/resident-requests", USER, LIMIT_USER, request_input, resident_request_create,
		"Ask to be known as living in a flat", CREATES},
	{GET, "/v1/resident-requests", USER, LIMIT_USER, request_filter, resident_request_list,
		"Requests: one's own, and for managers those of their societies", 0},
	{POST, "/v1/resident-requests/:id/approve", MANAGER, LIMIT_USER, by_id,
		resident_request_approve, "Approve: makes occupancy and role at once", 0},
	{POST, "/v1/resident-requests/:id/reject", MANAGER, LIMIT_USER, request_reason,
		resident_request_reject, "Reject, with a reason", 0},
	{0},
};

static const struct conflict conflicts[] = {
	{"societies_name", NULL, "The organization has a society of this name in this city."},
	{"complexes_name", NULL, "The society has a complex of this name."},
	{"blocks_name", NULL, "The complex has a block of this name."},
	{"resident_requests_open", NULL, "You have asked for this flat already."},
	{"flats_number", NULL, "The block has a flat of this number."},
	{0},
};

int main(int argc, char **argv)
{
	return serve_main(
		&(const struct program){"premises", routes, premises_statements, conflicts, NULL},
		argc, argv);
}
