/* control: one row per kind of revocation. */
#include "control.h"

#include <stdio.h>
#include <string.h>

#include "uuid.h"

static const struct {
	const char *revoke, *member;
	char mark;
} kinds[] = {
	[CONTROL_SESSION] = {"session", "session", 's'},
	[CONTROL_USER] = {"user", "user", 'u'},
	[CONTROL_ROLES] = {"roles", "user", 'u'},
};

bool control_parse(struct scan_text json, struct control *out)
{
	struct scan_text data;
	char revoke[16], subject[64];
	if (!scan_member(json, "data", &data) ||
		!scan_string(data, "revoke", revoke, sizeof revoke))
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].revoke, revoke))
			continue;
		out->what = (enum control_what)i;
		return scan_string(data, kinds[i].member, subject, sizeof subject) &&
		       uuid_parse(subject, out->subject);
	}
	return false;
}

void control_topic(enum control_what what, const char *subject, char out[CONTROL_TOPIC])
{
	snprintf(out, CONTROL_TOPIC, "\x01%c%s", kinds[what].mark, subject);
}
