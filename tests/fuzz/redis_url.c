/* A Redis URL that is taken has a place to connect to, and put together again it is read as the
 * same. */
#include "fuzz.h"

#include "encode.h"
#include "redis_url.h"

static const char *anew(struct arena *a, const struct redis_url *u)
{
	if (*u->path)
		return arena_printf(a, "unix://%s", u->path);
	bool v6 = strchr(u->host, ':') != NULL;
	return arena_printf(a, "redis://%s:%s@%s%s%s:%d/%s", percent_encode(a, u->user),
		percent_encode(a, u->password), v6 ? "[" : "", u->host, v6 ? "]" : "", u->port,
		u->db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct redis_url nothing;
	struct arena *a = fuzz_arena(true);
	struct redis_url u, again;

	if (redis_url_parse(fuzz_text(a, data, size), &u) < 0) {
		HOLDS(!memcmp(&u, &nothing, sizeof u));
		return 0;
	}
	HOLDS(*u.path == '/' || (*u.host && u.port >= 1 && u.port <= 65535));
	HOLDS(!*u.path || (!*u.host && !*u.user && !*u.password && !*u.db));
	HOLDS(strspn(u.db, "0123456789") == strlen(u.db));
	HOLDS(redis_url_parse(anew(a, &u), &again) == 0);
	HOLDS(!memcmp(&u, &again, sizeof u));
	return 0;
}
