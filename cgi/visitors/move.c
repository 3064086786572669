/* move: says why a visitor could not make a move. The move itself is one conditional UPDATE; this
 * is asked only after it changed nothing. */
#include "visitors.h"

#include <stdio.h>
#include <string.h>

static struct refusal conflict(const char *detail)
{
	return (struct refusal){PROBLEM_CONFLICT, detail};
}

static struct refusal already(const struct visitor_state *s, char text[256])
{
	static const struct {
		const char *status, *what;
	} words[] = {{"accepted", "accepted"}, {"denied", "denied"}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(s->status, words[i].status) != 0 || !s->responded_at)
			continue;
		snprintf(text, 256, "%s %s this visitor at %s.",
			s->responder_name ? s->responder_name : "Somebody", words[i].what,
			s->responded_at);
		return conflict(text);
	}
	snprintf(text, 256, "The visitor is %s.",
		strcmp(s->status, "checked_in") == 0	? "inside"
		: strcmp(s->status, "checked_out") == 0 ? "gone"
							: s->status);
	return conflict(text);
}

struct refusal visitor_refusal(const struct visitor_state *s, enum move move, char text[256])
{
	bool may = move == MOVE_RESPOND	 ? s->own
		   : move == MOVE_CANCEL ? s->own || s->made
					 : s->guarded;

	if (!s->status)
		return (struct refusal){PROBLEM_NOT_FOUND, NULL};
	if (!may)
		return (struct refusal){PROBLEM_FORBIDDEN, "It is not yours to decide."};
	if (move == MOVE_RESPOND && strcmp(s->status, "pending") == 0 && s->late)
		return conflict("The time to answer is over.");
	if (move == MOVE_CHECK_IN && strcmp(s->status, "pending") == 0)
		return conflict("Nobody has answered for this visitor yet.");
	if (move == MOVE_CHECK_IN && strcmp(s->status, "accepted") == 0 && s->lapsed)
		return conflict("The invitation has expired.");
	if (strcmp(s->status, move == MOVE_CHECK_IN ? "accepted" : "pending") == 0)
		return conflict("It changed at the same moment; look again.");
	return already(s, text);
}
