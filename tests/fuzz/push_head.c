/* Whatever is sent as a request to the push daemon is read within its bytes, and what is accepted
 * holds what the rest of the daemon relies on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../sse-daemon/ask.h"
#include "../../sse-daemon/head.h"

static void within(const char *s, const char *bytes, size_t size)
{
	if (s < bytes || s + strlen(s) >= bytes + size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	struct head head;
	struct ask ask;

	if (!bytes)
		abort();
	if (size)
		memcpy(bytes, data, size);
	if (head_parse(bytes, size, &head) == HEAD_OK) {
		within(head.method, bytes, size);
		within(head.target, bytes, size);
		for (size_t i = 0; i < head.count; i++) {
			within(head.fields[i].name, bytes, size);
			within(head.fields[i].value, bytes, size);
			if (strpbrk(head.fields[i].value, "\r\n"))
				abort();
		}
		if (ask_parse(&head, &ask) == 0 && strpbrk(ask.topics, "\"\\ \r\n"))
			abort();
	}
	free(bytes);
	return 0;
}
