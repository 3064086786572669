/* visitors: the gate. Its routes and what they take. */
#include "visitors.h"

#include "answer.h"
#include "request.h"
#include "route.h"
#include "serve.h"
#include "visitors_sql.h"

#define STATUSES "pending accepted denied expired cancelled checked_in checked_out"
#define ID(what) \
	{ \
		"id", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, what, NULL \
	}
#define KEY \
	{ \
		"idempotency_key", IN_BODY, TYPE_SECRET, OPTIONAL, 1, 255, NULL, \
			"as the Idempotency-Key header", NULL \
	}
#define FILTER(name, what) \
	{ \
		name, IN_QUERY, TYPE_UUID, OPTIONAL, 0, 0, NULL, what, NULL \
	}
#define FROM_TO \
	{"from", IN_QUERY, TYPE_MOMENT, OPTIONAL, 0, 0, NULL, "not before", NULL}, \
	{ \
		"to", IN_QUERY, TYPE_MOMENT, OPTIONAL, 0, 0, NULL, "not after", NULL \
	}

static const struct field visitor_input[] = {
	{"flat_id", IN_BODY, TYPE_UUID, REQUIRED, 0, 0, NULL, "the flat to be visited", NULL},
	{"visitor_name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 120, NULL, "who comes", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "the visitor's phone number", NULL},
	{"purpose", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 120, NULL, "what for", NULL},
	{"vehicle_no", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 20, NULL, "number plate", NULL},
	{"id_type", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 40, NULL, "kind of identity document", NULL},
	{"id_number", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 40, NULL, "its number", NULL},
	{"party_size", IN_BODY, TYPE_INTEGER, OPTIONAL, 1, 50, NULL, "how many come (1)", NULL},
	{"expected_start", IN_BODY, TYPE_TIME, OPTIONAL, 0, 0, NULL,
		"when an invited guest comes (now)", NULL},
	{"expected_end", IN_BODY, TYPE_TIME, OPTIONAL, 0, 0, NULL,
		"until when the invitation holds (end of its day)", NULL},
	KEY,
	{0},
};

static const struct field visitor_filter[] = {
	FILTER("flat_id", "of this flat"),
	FILTER("society_id", "of this society"),
	{"status", IN_QUERY, TYPE_CHOICE, OPTIONAL, 0, 0, STATUSES, "in this status", NULL},
	FROM_TO,
	{"q", IN_QUERY, TYPE_TEXT, OPTIONAL, 0, 80, NULL, "part of name, phone, vehicle or flat",
		NULL},
	PAGE_FIELDS,
	{0},
};

static const struct field visitor_id[] = {ID("visitor"), {0}};
static const struct field cancel_input[] = {ID("visitor"), {0}};

static const struct field respond_input[] = {
	ID("visitor"),
	{"decision", IN_BODY, TYPE_CHOICE, REQUIRED, 0, 0, "accept deny approve=accept",
		"the answer", NULL},
	{"note", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 500, NULL, "a word to the guard", NULL},
	{0},
};

static const struct field expected_filter[] = {
	{"societyId", IN_PATH, TYPE_UUID, REQUIRED, 0, 0, NULL, "society", NULL},
	{"date", IN_QUERY, TYPE_DATE, OPTIONAL, 0, 0, NULL,
		"day in the society's time zone (today)", NULL},
	PAGE_FIELDS,
	{0},
};

static const struct field invitation_input[] = {
	{"token", IN_PATH, TYPE_SECRET, REQUIRED, 1, 100, NULL, "token of the invitation's link",
		NULL},
	{0},
};

static const struct field checkin_input[] = {
	{"visitor_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "the visitor", NULL},
	{"invite_code", IN_BODY, TYPE_TEXT, OPTIONAL, 1, 12, NULL, "or the code of the invitation",
		NULL},
	{"gate", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 60, NULL, "name of the gate", NULL},
	{"notes", IN_BODY, TYPE_TEXT, OPTIONAL, 0, 500, NULL, "anything to remember", NULL},
	KEY,
	{0},
};

static const struct field checkout_input[] = {
	{"visit_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "the visit", NULL},
	{"visitor_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL, "or the visitor", NULL},
	{0},
};

static const struct field visit_filter[] = {
	FILTER("flat_id", "to this flat"),
	FILTER("society_id", "in this society"),
	{"inside", IN_QUERY, TYPE_BOOLEAN, OPTIONAL, 0, 0, NULL, "true: only who is inside now",
		NULL},
	FROM_TO,
	PAGE_FIELDS,
	{0},
};

static const struct field guard_filter[] = {
	FILTER("society_id", "of this society"),
	PAGE_FIELDS,
	{0},
};

static const struct field guard_id[] = {ID("guard"), {0}};
static const struct field tablet_id[] = {ID("tablet"), {0}};

static const struct field guard_input[] = {
	{"name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 80, NULL, "the guard's name", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "phone number", NULL},
	{"pin", IN_BODY, TYPE_SECRET, REQUIRED, 4, 12, NULL, "4 to 12 digits; never shown again",
		NULL},
	{"society_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL,
		"needed when the caller has several", NULL},
	{"device_ids", IN_BODY, TYPE_UUIDS, OPTIONAL, 0, 50, NULL, "tablets to sign in on", NULL},
	KEY,
	{0},
};

static const struct field guard_change[] = {
	ID("guard"),
	{"name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 80, NULL, "the guard's name", NULL},
	{"phone", IN_BODY, TYPE_PHONE, OPTIONAL, 5, 20, NULL, "phone number", NULL},
	{"pin", IN_BODY, TYPE_SECRET, OPTIONAL, 4, 12, NULL, "a new PIN; ends the guard's sessions",
		NULL},
	{"is_active", IN_BODY, TYPE_BOOLEAN, OPTIONAL, 0, 0, NULL, "may sign in", NULL},
	{"device_ids", IN_BODY, TYPE_UUIDS, OPTIONAL, 0, 50, NULL, "tablets to sign in on", NULL},
	{0},
};

static const struct field tablet_input[] = {
	{"name", IN_BODY, TYPE_TEXT, REQUIRED, 1, 80, NULL, "what the tablet is called", NULL},
	{"platform", IN_BODY, TYPE_TEXT, REQUIRED, 1, 40, NULL, "web, android, ios", NULL},
	{"fcm_token", IN_BODY, TYPE_SECRET, OPTIONAL, 0, 4096, NULL, "push token of the app", NULL},
	{"society_id", IN_BODY, TYPE_UUID, OPTIONAL, 0, 0, NULL,
		"needed when the caller has several", NULL},
	KEY,
	{0},
};

static const struct route routes[] = {
	{POST, "/v1/visitors", GUARD | RESIDENT, LIMIT_USER, visitor_input, visitor_create,
		"Announce a visitor at the gate, or invite one", CREATES},
	{GET, "/v1/visitors", GUARD | RESIDENT | MANAGER, LIMIT_USER, visitor_filter, visitor_list,
		"Visitors, newest first", 0},
	{GET, "/v1/visitors/:id", GUARD | RESIDENT | MANAGER, LIMIT_USER, visitor_id, visitor_get,
		"A visitor", 0},
	{POST, "/v1/visitors/:id/respond", RESIDENT, LIMIT_USER, respond_input, visitor_respond,
		"Let a waiting visitor in, or not; the first answer wins", 0},
	{POST, "/v1/visitors/:id/cancel", GUARD | RESIDENT, LIMIT_USER, cancel_input,
		visitor_cancel, "Take an announcement or an invitation back", 0},
	{GET, "/v1/visitors/:id/qr.svg", RESIDENT, LIMIT_USER, visitor_id, invitation_qr,
		"QR code of an invitation's link", PAGE},
	{GET, "/i/:token", ANYONE, LIMIT_GENERAL, invitation_input, invitation_page,
		"The guest's own page: where, when, code", PAGE},
	{GET, "/v1/society/:societyId/expected-visitors", GUARD | MANAGER, LIMIT_USER,
		expected_filter, visitor_expected, "Accepted invitations of a day", 0},
	{POST, "/v1/visits/checkin", GUARD, LIMIT_USER, checkin_input, visit_checkin,
		"Check an accepted visitor in", CREATES},
	{POST, "/v1/visits/checkout", GUARD, LIMIT_USER, checkout_input, visit_checkout,
		"Check a visitor out", 0},
	{GET, "/v1/visits", GUARD | MANAGER | RESIDENT, LIMIT_USER, visit_filter, visit_list,
		"Visits, newest first", 0},
	{GET, "/v1/guards", MANAGER, LIMIT_USER, guard_filter, guard_list, "Guards", 0},
	{POST, "/v1/guards", MANAGER, LIMIT_USER, guard_input, guard_create, "Add a guard",
		CREATES | LOGIN_POOL},
	{POST, "/v1/guards/register-device", MANAGER | GUARD, LIMIT_USER, tablet_input,
		tablet_create, "Register a tablet; its token is shown once", CREATES},
	{GET, "/v1/guards/devices", MANAGER, LIMIT_USER, guard_filter, tablet_list, "Tablets", 0},
	{DELETE, "/v1/guards/devices/:id", MANAGER, LIMIT_USER, tablet_id, tablet_delete,
		"Revoke a tablet; its sessions end", EMPTIES},
	{GET, "/v1/guards/:id", MANAGER, LIMIT_USER, guard_id, guard_get, "A guard", 0},
	{PUT, "/v1/guards/:id", MANAGER, LIMIT_USER, guard_change, guard_update, "Change a guard",
		LOGIN_POOL},
	{DELETE, "/v1/guards/:id", MANAGER, LIMIT_USER, guard_id, guard_delete,
		"Let a guard go; sessions and role end", EMPTIES},
	{0},
};

static const struct conflict conflicts[] = {
	{"visitors_window", "expected_end", "must be after expected_start"},
	{0},
};

int main(int argc, char **argv)
{
	return serve_main(
		&(const struct program){"visitors", routes, visitors_statements, conflicts, NULL},
		argc, argv);
}
