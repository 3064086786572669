/* prefork_child: a serving process: how it learns that it should end, and how it takes connections.
 *
 * A request must not be broken by the wish that its process end: libfcgi takes an interrupted read
 * for a lost client. prefork_accept() therefore waits for connections and for the wish as two
 * descriptors, under handlers that let every other call go on (SA_RESTART). */
#include "prefork_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "prefork.h"

enum { LOOK_AGAIN = 1000 }; /* ms */

static volatile sig_atomic_t ending;
static volatile sig_atomic_t grace_seconds;
static atomic_bool *ready;
static int wish = -1; /* an eventfd: readable when the process should end */

static void on_end(int sig)
{
	int saved = errno;
	(void)sig;
	ending = 1;
	/* The parent kills who is late, but it may be dead itself. */
	if (grace_seconds)
		alarm((unsigned)grace_seconds);
	if (wish >= 0 && eventfd_write(wish, 1) < 0) {
		/* The counter is full of earlier wishes. */
	}
	errno = saved;
}

static void install(int flags)
{
	struct sigaction end = {.sa_handler = on_end, .sa_flags = flags};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGUSR1, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

bool prefork_ending(void)
{
	return ending;
}

static void be_ready(void)
{
	if (ready)
		*ready = true;
}

void prefork_child_signals(void)
{
	install(0);
	be_ready();
}

_Noreturn void prefork_child(
	const struct prefork *p, pid_t parent, const sigset_t *mask, atomic_bool *shared)
{
	sigset_t open = *mask;
	/* Ctrl-C and a lost terminal reach the whole process group; the parent sees to the
	 * children. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	ending = 0;
	ready = shared;
	grace_seconds = (p->grace_ms + 999) / 1000 + 1;
	install(0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0); /* it died before it could be watched */
	sigdelset(&open, SIGTERM);
	sigdelset(&open, SIGUSR1);
	sigdelset(&open, SIGALRM);
	sigprocmask(SIG_SETMASK, &open, NULL);
	exit(p->serve(p->arg));
}

/* An epoll of the process's own, where a new connection wakes one of the processes, not all. -1 if
 * there is none to be had. */
static int waiter_new(int listener)
{
	struct epoll_event connection = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = listener};
	struct epoll_event end = {.events = EPOLLIN, .data.fd = -1};
	int flags = fcntl(listener, F_GETFL), waiter = epoll_create1(EPOLL_CLOEXEC);
	wish = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	/* A sibling may be faster to accept: a listener that blocks would hold this process. */
	if (waiter < 0 || wish < 0 || flags < 0 ||
		fcntl(listener, F_SETFL, flags | O_NONBLOCK) < 0 ||
		epoll_ctl(waiter, EPOLL_CTL_ADD, listener, &connection) < 0 ||
		epoll_ctl(waiter, EPOLL_CTL_ADD, wish, &end) < 0) {
		log_say(LOG_ERROR, "cannot wait for connections: %s", strerror(errno));
		return -1;
	}
	install(SA_RESTART);
	return waiter;
}

/* Whether accept() failed for a reason that passes. */
static bool passing(int error)
{
	switch (error) {
	case EBADF:
	case EFAULT:
	case EINVAL:
	case ENOTSOCK:
	case EOPNOTSUPP:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		poll(NULL, 0, 10); /* the connection stays in the queue: do not spin on it */
		return true;
	default:
		return true; /* nobody there any more, or a client that gave up */
	}
}

int prefork_accept(int listener)
{
	static int waiter = -1;
	static pid_t owner;
	if (owner != getpid()) {
		waiter = waiter_new(listener);
		owner = getpid();
		be_ready();
	}
	if (waiter < 0)
		return -1;
	/* Only one process is woken for a connection. One that was, and is asked to finish at the
	 * same moment, takes it all the same; for one that was killed at that moment the others
	 * look again after a while. */
	for (bool waited = false; waited || !ending; waited = true) {
		struct epoll_event events[2];
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (!passing(errno)) {
			log_say(LOG_ERROR, "cannot accept connections: %s", strerror(errno));
			return -1;
		}
		if (ending)
			break;
		epoll_wait(waiter, events, 2, LOOK_AGAIN);
	}
	return -1;
}
