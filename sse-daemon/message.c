/* message: a counted copy. One thread, so the count is plain. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

struct message *message_new(const char *bytes, size_t n)
{
	struct message *m = malloc(sizeof *m + n);
	if (!m || n > UINT32_MAX)
		abort();
	m->references = 1;
	m->length = (uint32_t)n;
	memcpy(m->bytes, bytes, n);
	return m;
}

struct message *message_hold(struct message *m)
{
	m->references++;
	return m;
}

void message_drop(struct message *m)
{
	if (m && --m->references == 0)
		free(m);
}
