/* version: which build this is, as git describes it. */
#ifndef GH_VERSION_H
#define GH_VERSION_H

const char *version_text(void); /* static */

#endif
