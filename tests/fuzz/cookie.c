/* A cookie is found where it stands, and only under its own name. The first line is the name, the
 * rest the Cookie header. */
#include "every.h"

static const struct route route = {GET, "/", ANYONE, LIMIT_NONE, NULL, NULL, "", 0};

/* The value of the first of the pieces between semicolons that, without the blanks before it,
 * begins with the name and "=". */
static const char *slowly(struct arena *a, const char *header, const char *name)
{
	char *copy = arena_strdup(a, header), *piece;
	size_t n = strlen(name);

	while ((piece = strsep(&copy, ";"))) {
		while (*piece == ' ')
			piece++;
		if (strncmp(piece, name, n) == 0 && piece[n] == '=')
			return piece + n + 1;
	}
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = fuzz_arena(true);
	const char *name = fuzz_line(a, &data, &size), *header = fuzz_text(a, data, size);
	struct every_variable variables[] = {{"HTTP_COOKIE", header}, {NULL, NULL}};
	const char *found, *expected;

	if (!*name || strpbrk(name, "=; "))
		return 0; /* not a cookie's name */
	found = request_cookie(every_request(a, &route, variables), name);
	expected = slowly(a, header, name);
	HOLDS(!found == !expected && (!found || !strcmp(found, expected)));
	return 0;
}
