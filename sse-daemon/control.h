/* control: what a control event on the tape revokes. */
#ifndef SSE_CONTROL_H
#define SSE_CONTROL_H

#include <stdbool.h>

#include "scan.h"

enum control_what { CONTROL_SESSION, CONTROL_USER, CONTROL_ROLES };

struct control {
	enum control_what what;
	char subject[37]; /* UUID of the session or user, lower case */
};

enum { CONTROL_TOPIC = 40 };

/* From the JSON of the event. False when it is none that is known. */
bool control_parse(struct scan_text json, struct control *out);

/* The hidden topic that every stream of a session or user listens to: it begins with a byte that no
 * topic of a request or event may hold. */
void control_topic(enum control_what what, const char *subject, char out[CONTROL_TOPIC]);

#endif
