/* version: alone in its file, since it is compiled anew at every commit. */
#include "version.h"

#ifndef GATEHOUSE_VERSION
#define GATEHOUSE_VERSION "unknown"
#endif

const char *version_text(void)
{
	return GATEHOUSE_VERSION;
}
