/* prefork_child: what prefork.c calls in a new child; nothing for anybody else. */
#ifndef GH_PREFORK_CHILD_H
#define GH_PREFORK_CHILD_H

#include <signal.h>
#include <stdatomic.h>
#include <sys/types.h>

struct prefork;

/* Serves and exits. `parent` is the process that forked, `mask` the signal mask to restore; *ready
 * (shared) is set as soon as requests can be taken. */
_Noreturn void prefork_child(
	const struct prefork *p, pid_t parent, const sigset_t *mask, atomic_bool *ready);

#endif
