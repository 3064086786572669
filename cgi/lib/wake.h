/* wake: a datagram that tells a worker of this host to look now. Losing one loses nothing: workers
 * look by themselves a few times a second. */
#ifndef GH_WAKE_H
#define GH_WAKE_H

#include <stdbool.h>

/* Tells `worker <name>` that there is work. Never blocks, never fails. */
void wake_send(const char *name);
/* Listens as `name`: the descriptor, or -1 (logged); then wake_wait() only sleeps. */
int wake_listen(const char *name);
/* Waits at most `ms` for a datagram, takes all that are there. */
void wake_wait(int fd, int ms);

#endif
