/* What version.h promises: some text, whatever the build knew. */
#include "unit.h"

#include <string.h>

#include "version.h"

static void a_build_has_a_name(void **state)
{
	(void)state;
	assert_true(strlen(version_text()) > 0);
	assert_null(strpbrk(version_text(), "\" \n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_build_has_a_name)};
	return RUN_TESTS(tests);
}
