/* Whatever is given as an access token is judged without harm, and nothing unsigned passes. */
#include <stdint.h>
#include <stdlib.h>

#include "token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;
	struct claims claims;

	if (!ready) {
		token_keys("a secret of at least thirty-two bytes", NULL);
		ready = 1;
	}
	if (token_verify((const char *)data, size, 1800000000, &claims) != TOKEN_FORGED)
		abort();
	return 0;
}
