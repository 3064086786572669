/* The routes of one area, as far as they go without a database. Made once for each area: AREA is
 * the file with its table and main(). */
#include "whole.h"

#define main area_main
#include AREA
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return whole_try(&(const struct program){"area", routes, NULL, NULL, NULL}, data, size);
}
