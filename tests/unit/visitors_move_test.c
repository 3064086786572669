/* What visitors.h promises of visitor_refusal(): why a move was not made, for every status, move
 * and person, without a clock or a database. */
#include "unit.h"

#include <string.h>

#include "visitors/visitors.h"

#define OWN .own = true
#define GUARDED .guarded = true
#define ANSWERED .responder_name = "Ravi Rao", .responded_at = "2026-01-31T09:15:00.000Z"

static const struct {
	const char *row;
	enum move move;
	struct visitor_state state;
	enum problem problem;
	const char *detail; /* NULL: none */
} rows[] = {
	{"nobody there: respond", MOVE_RESPOND, {0}, PROBLEM_NOT_FOUND, NULL},
	{"nobody there: cancel", MOVE_CANCEL, {0}, PROBLEM_NOT_FOUND, NULL},
	{"nobody there: check in", MOVE_CHECK_IN, {0}, PROBLEM_NOT_FOUND, NULL},

	{"a guard answers", MOVE_RESPOND, {.status = "pending", GUARDED, .made = true},
		PROBLEM_FORBIDDEN, "It is not yours to decide."},
	{"another guard cancels", MOVE_CANCEL, {.status = "pending", GUARDED}, PROBLEM_FORBIDDEN,
		"It is not yours to decide."},
	{"a resident checks in", MOVE_CHECK_IN, {.status = "accepted", OWN}, PROBLEM_FORBIDDEN,
		"It is not yours to decide."},
	{"not theirs, and decided: no more is told", MOVE_RESPOND,
		{.status = "denied", GUARDED, ANSWERED}, PROBLEM_FORBIDDEN,
		"It is not yours to decide."},

	{"too late to answer", MOVE_RESPOND, {.status = "pending", OWN, .late = true},
		PROBLEM_CONFLICT, "The time to answer is over."},
	{"answered: accepted", MOVE_RESPOND, {.status = "accepted", OWN, ANSWERED},
		PROBLEM_CONFLICT, "Ravi Rao accepted this visitor at 2026-01-31T09:15:00.000Z."},
	{"answered: denied", MOVE_RESPOND, {.status = "denied", OWN, ANSWERED}, PROBLEM_CONFLICT,
		"Ravi Rao denied this visitor at 2026-01-31T09:15:00.000Z."},
	{"answered by somebody without a name", MOVE_RESPOND,
		{.status = "denied", OWN, .responded_at = "2026-01-31T09:15:00.000Z"},
		PROBLEM_CONFLICT, "Somebody denied this visitor at 2026-01-31T09:15:00.000Z."},
	{"invited: nobody answered", MOVE_RESPOND, {.status = "accepted", OWN}, PROBLEM_CONFLICT,
		"The visitor is accepted."},
	{"inside", MOVE_RESPOND, {.status = "checked_in", OWN, ANSWERED}, PROBLEM_CONFLICT,
		"The visitor is inside."},
	{"gone", MOVE_RESPOND, {.status = "checked_out", OWN, ANSWERED}, PROBLEM_CONFLICT,
		"The visitor is gone."},
	{"expired", MOVE_RESPOND, {.status = "expired", OWN, .late = true}, PROBLEM_CONFLICT,
		"The visitor is expired."},
	{"cancelled", MOVE_RESPOND, {.status = "cancelled", OWN}, PROBLEM_CONFLICT,
		"The visitor is cancelled."},
	{"pending still: a race", MOVE_RESPOND, {.status = "pending", OWN}, PROBLEM_CONFLICT,
		"It changed at the same moment; look again."},

	{"cancelled by who made it: too late", MOVE_CANCEL, {.status = "checked_in", .made = true},
		PROBLEM_CONFLICT, "The visitor is inside."},
	{"cancelled by the flat: too late", MOVE_CANCEL, {.status = "denied", OWN, ANSWERED},
		PROBLEM_CONFLICT, "Ravi Rao denied this visitor at 2026-01-31T09:15:00.000Z."},
	{"cancelled twice", MOVE_CANCEL, {.status = "cancelled", OWN}, PROBLEM_CONFLICT,
		"The visitor is cancelled."},

	{"nobody has answered", MOVE_CHECK_IN, {.status = "pending", GUARDED}, PROBLEM_CONFLICT,
		"Nobody has answered for this visitor yet."},
	{"lapsed", MOVE_CHECK_IN, {.status = "accepted", GUARDED, .lapsed = true}, PROBLEM_CONFLICT,
		"The invitation has expired."},
	{"denied", MOVE_CHECK_IN, {.status = "denied", GUARDED, ANSWERED}, PROBLEM_CONFLICT,
		"Ravi Rao denied this visitor at 2026-01-31T09:15:00.000Z."},
	{"in already", MOVE_CHECK_IN, {.status = "checked_in", GUARDED, ANSWERED}, PROBLEM_CONFLICT,
		"The visitor is inside."},
	{"accepted still: a race", MOVE_CHECK_IN, {.status = "accepted", GUARDED}, PROBLEM_CONFLICT,
		"It changed at the same moment; look again."},
};

static void a_refused_move_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];
		struct refusal is = visitor_refusal(&rows[i].state, rows[i].move, text);

		row_holds(is.problem == rows[i].problem, rows[i].row);
		row_holds(!is.detail == !rows[i].detail, rows[i].row);
		row_holds(!is.detail || strcmp(is.detail, rows[i].detail) == 0, rows[i].row);
	}
}

static void a_very_long_name_does_not_overflow(void **state)
{
	char name[1000], text[256];
	struct visitor_state s = {.status = "denied", OWN, .responded_at = "now"};

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	s.responder_name = name;
	assert_true(strlen(visitor_refusal(&s, MOVE_RESPOND, text).detail) < sizeof text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_move_says_why),
		cmocka_unit_test(a_very_long_name_does_not_overflow),
	};

	return RUN_TESTS(tests);
}
