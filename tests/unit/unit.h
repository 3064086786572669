/* unit: cmocka and what it wants included before it, and the one thing that table-driven tests need
 * besides: a failure that names its row. */
#ifndef GH_UNIT_H
#define GH_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline void row_holds(bool holds, const char *row)
{
	if (!holds)
		fail_msg("row: %s", row);
}

/* The program's main: `tests` is its array of struct CMUnitTest. */
#define RUN_TESTS(tests) \
	(cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, NULL, NULL))

#endif
