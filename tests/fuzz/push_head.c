/* Whatever is sent as a request to the push daemon is read within its bytes, in one way however it
 * arrives, and what is accepted holds what the rest of the daemon relies on. */
#include "fuzz.h"

#include "uuid.h"
#include "../../sse-daemon/ask.h"
#include "../../sse-daemon/head.h"

static void within(const char *s, const char *bytes, size_t size)
{
	HOLDS(s >= bytes && s + strlen(s) < bytes + size);
}

static void strings_lie_in_the_bytes(const struct head *h, const char *bytes, size_t size)
{
	within(h->method, bytes, size);
	within(h->target, bytes, size);
	HOLDS(*h->method && *h->target == '/' && h->count <= HEAD_FIELDS);
	for (size_t i = 0; i < h->count; i++) {
		const char *value = h->fields[i].value;

		within(h->fields[i].name, bytes, size);
		within(value, bytes, size);
		HOLDS(*h->fields[i].name && !strpbrk(value, "\r\n"));
		HOLDS(!*value ||
			(!strchr(" \t", *value) && !strchr(" \t", value[strlen(value) - 1])));
	}
}

static void ask_holds(const struct ask *ask)
{
	char id[UUID_TEXT];

	if (ask->what == ASK_STATS)
		return;
	HOLDS(!strpbrk(ask->topics, "\"\\ \r\n"));
	HOLDS(*ask->topics != ',' && !strstr(ask->topics, ",,"));
	HOLDS(uuid_parse(ask->user, id) && uuid_parse(ask->session, id));
	HOLDS(ask->wish.as_of.epoch > 0 && ask->expires >= 0);
	HOLDS(ask->wait >= 0 && ask->wait <= 60 && strlen(ask->request_id) <= 64);
}

/* In two pieces it comes to the same as in one; what is not accepted is left as it was. */
static void pieces_are_the_whole(struct arena *a, const uint8_t *data, size_t size)
{
	char *part = fuzz_text(a, data, size), *whole = fuzz_text(a, data, size);
	size_t cut = size ? (data[size / 2] * 31u + data[0]) % (size + 1) : 0;
	struct head first, all;
	enum head_result before = head_parse(part, cut, &first), after;

	after = head_parse(whole, size, &all);
	HOLDS(before == HEAD_MORE || before == after);
	HOLDS(before == HEAD_OK || !cut || !memcmp(part, data, cut));
	HOLDS(after == HEAD_OK || !size || !memcmp(whole, data, size));
	HOLDS(before != HEAD_OK || (!strcmp(first.target, all.target) && first.count == all.count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	char *bytes = arena_alloc(a, size); /* no NUL behind them */
	struct head head;
	struct ask ask;

	if (size)
		memcpy(bytes, data, size);
	if (head_parse(bytes, size, &head) == HEAD_OK) {
		strings_lie_in_the_bytes(&head, bytes, size);
		if (ask_parse(&head, &ask) == 0)
			ask_holds(&ask);
	}
	pieces_are_the_whole(a, data, size);
	return 0;
}
