/* password: libscrypt's hashes, guarded against what that library does not guard against: it writes
 * into the hash it checks, and it believes any cost that the hash names. */
#include "password.h"

#include <libscrypt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "encode.h"

enum { BLOCK = 8, PARALLEL = 3, COST_LEAST = 10, COST_MOST = 20 };
enum { LENGTH_LEAST = 8, LENGTH_MOST = 128, COMMON_MOST = 32 };

/* Made by embed-lines from common-passwords.txt, sorted by strcmp. */
extern const char *const common_passwords[];
extern const size_t common_passwords_count;

static int within(int cost)
{
	return cost < COST_LEAST ? COST_LEAST : cost > COST_MOST ? COST_MOST : cost;
}

char *password_hash(struct arena *a, const char *password, int cost)
{
	char hash[SCRYPT_MCF_LEN] = "";
	if (libscrypt_hash(hash, password, UINT32_C(1) << within(cost), BLOCK, PARALLEL) <= 0)
		return NULL;
	return arena_strdup(a, hash);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether it is "$s1$NNrrpp$salt$hash" with a work order that this module makes; a corrupt row must
 * not make a process take gigabytes. */
static bool plausible(const char *hash)
{
	if (strlen(hash) >= SCRYPT_MCF_LEN || strncmp(hash, "$s1$", 4) || strlen(hash) < 11)
		return false;
	int order[3];
	for (int i = 0; i < 3; i++) {
		int high = hex_digit(hash[4 + 2 * i]), low = hex_digit(hash[5 + 2 * i]);
		if (high < 0 || low < 0)
			return false;
		order[i] = high * 16 + low;
	}
	return hash[10] == '$' && order[0] == within(order[0]) && order[1] == BLOCK &&
	       order[2] == PARALLEL;
}

bool password_verify(struct arena *a, const char *password, const char *hash, int cost)
{
	int answer = -1;
	if (hash && plausible(hash)) {
		char *copy = arena_strdup(a, hash);
		answer = libscrypt_check(copy, password);
	}
	/* Nothing was computed: do the work all the same. */
	if (answer < 0)
		password_hash(a, password, cost);
	return answer > 0;
}

static int compare(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

static bool common(const char *password)
{
	char lower[COMMON_MOST + 1];
	size_t n = strlen(password);
	if (n > COMMON_MOST)
		return false;
	for (size_t i = 0; i <= n; i++) {
		char c = password[i];
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	bool found = bsearch(lower, common_passwords, common_passwords_count,
			     sizeof *common_passwords, compare) != NULL;
	explicit_bzero(lower, sizeof lower);
	return found;
}

const char *password_refusal(const char *password)
{
	if (!utf8_valid(password, strlen(password)))
		return "must be valid UTF-8";
	size_t n = utf8_length(password);
	if (n < LENGTH_LEAST)
		return "must have at least 8 characters";
	if (n > LENGTH_MOST)
		return "must have at most 128 characters";
	if (common(password))
		return "is one of the 10,000 commonest passwords: choose another";
	return NULL;
}
