/* prefork: the parent of a program's serving processes.
 *
 * The listening socket is on fd 0. Keeps `children` processes running `serve`; starts another for
 * each that dies, at once the first time and then with growing delay (at most 1 s) while they die
 * young, and never gives up. SIGUSR1 rolls them one by one: a successor is started, and when it is
 * ready (it has called prefork_child_signals() or prefork_accept(), or has lived for a second) its
 * predecessor is asked to finish; SIGTERM and SIGINT finish all; SIGHUP re-executes nothing. A
 * child that has not finished `grace_ms` after being asked is killed. Children die with their
 * parent (PR_SET_PDEATHSIG SIGTERM: they end after the request in hand). No threads. */
#ifndef GH_PREFORK_H
#define GH_PREFORK_H

#include <stdbool.h>

struct prefork {
	int children;
	int grace_ms;
	int (*serve)(void *arg); /* runs in the child until prefork_ending(); its result is the exit
				    code */
	void *arg;		 /* borrowed */
};

/* Returns the exit code of the parent: 0 after a clean end. */
int prefork_run(const struct prefork *p);
/* In a child: the parent asked to finish (set by SIGTERM or SIGUSR1 without SA_RESTART, so that a
 * blocked accept() returns EINTR). Call prefork_child_signals() after FCGX_Init(), which installs
 * handlers of its own. */
bool prefork_ending(void);
void prefork_child_signals(void);
/* In a child: the next connection of a listening socket, which becomes non-blocking; caller closes.
 * -1 when the process should end. From the first call on, the wish to end interrupts this wait and
 * nothing else, and is never missed between two requests. FCGX_Accept_r() alone promises neither: a
 * signal during the first bytes breaks the request, one just before accept() goes unheard. libfcgi
 * takes the connection over, on a request initialized with the listening socket -1, by
 *
 *	request.ipcFd = fd;
 *	request.keepConnection = 1;
 *	FCGX_Accept_r(&request);
 *
 * and FCGX_Finish_r() closes it if keepConnection was set to 0 before. */
int prefork_accept(int listener);

#endif
