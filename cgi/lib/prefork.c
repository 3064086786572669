/* prefork: the parent. It has no signal handlers at all: the signals are blocked, and one
 * sigtimedwait() waits for them and for the next thing that is due. Whatever woke it, each turn
 * looks at everything, so signals that merge and storms of deaths are the same to it as a quiet
 * day.
 *
 * A slot is one serving process and, while it is being rolled, the older one that is leaving. What
 * runs in the children is in prefork_child.c. */
#include "prefork.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "prefork_child.h"

enum { YOUNG = 1000, DELAY_FIRST = 10, DELAY_MOST = 1000, FORK_AGAIN = 100, LOOK = 5 }; /* ms */
#define NEVER INT64_MAX

struct process {
	pid_t pid; /* 0: none */
	int64_t born;
	int64_t asked; /* when it was asked to finish; 0: it was not */
	bool killed;
	unsigned generation;
};

struct slot {
	struct process serving, leaving;
	atomic_bool *ready; /* shared: the serving process can take requests */
	int young;	    /* deaths in a row of processes that did not live long */
	int64_t due;	    /* when an empty slot is filled */
};

static struct {
	const struct prefork *p;
	struct slot *slots;
	atomic_bool *ready; /* one for each slot */
	sigset_t before;    /* the signal mask of the caller, which the children get back */
	unsigned generation;
	int64_t roll_due;
	bool ending;
} parent;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct slot *slot_end(void)
{
	return parent.slots + parent.p->children;
}

/* A new serving process for a slot. 0, or -1 when the system has none to give. */
static int start(struct slot *s, int64_t now)
{
	pid_t self = getpid();
	*s->ready = false;
	fflush(NULL); /* what is buffered would be written by both */
	pid_t pid = fork();
	if (pid == 0)
		prefork_child(parent.p, self, &parent.before, s->ready);
	if (pid < 0) {
		log_say(LOG_ERROR, "cannot fork: %s", strerror(errno));
		return -1;
	}
	s->serving = (struct process){.pid = pid, .born = now, .generation = parent.generation};
	return 0;
}

static void ask(struct process *child, int64_t now)
{
	if (!child->pid || child->asked)
		return;
	kill(child->pid, SIGTERM);
	child->asked = now;
}

static void kill_overdue(struct process *child, int64_t now)
{
	if (!child->pid || !child->asked || child->killed ||
		now - child->asked < parent.p->grace_ms)
		return;
	log_say(LOG_WARN, "process %d did not finish in %d ms: killed", (int)child->pid,
		parent.p->grace_ms);
	kill(child->pid, SIGKILL);
	child->killed = true;
}

static void fill(struct slot *s, int64_t now)
{
	if (!s->serving.pid && now >= s->due && start(s, now) < 0)
		s->due = now + FORK_AGAIN;
}

/* A serving process is gone though nobody asked it to go. */
static void mourn(struct slot *s, int status, int64_t now)
{
	log_say(LOG_WARN, "process %d ended by itself, %s %d: replaced", (int)s->serving.pid,
		WIFSIGNALED(status) ? "signal" : "exit code",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (now - s->serving.born >= YOUNG)
		s->young = 0;
	int delay = 0;
	if (s->young > 0)
		delay = s->young < 8 ? DELAY_FIRST << (s->young - 1) : DELAY_MOST;
	s->due = now + (delay < DELAY_MOST ? delay : DELAY_MOST);
	s->young += s->young < 8;
}

static void reap(int64_t now)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct slot *s = parent.slots; s < slot_end(); s++) {
			if (s->leaving.pid == pid)
				s->leaving.pid = 0;
			if (s->serving.pid != pid)
				continue;
			if (!parent.ending)
				mourn(s, status, now);
			s->serving.pid = 0;
		}
	}
}

/* A process that has lived so long stays: it may be counted on while another leaves. */
static void settle(struct slot *s, int64_t now)
{
	if (s->serving.pid && now - s->serving.born >= YOUNG)
		s->young = 0;
}

/* Whether the successor of a slot's leaving process can take over. */
static bool succeeded(const struct slot *s, int64_t now)
{
	return s->serving.pid && (*s->ready || now - s->serving.born >= YOUNG);
}

/* One step of a roll: a process of an older generation gets a successor and is asked to finish when
 * that is ready. Nothing else happens while one is leaving or a slot is in trouble, so none is ever
 * missing. */
static void roll(int64_t now)
{
	struct slot *old = NULL;
	bool wait = now < parent.roll_due;
	for (struct slot *s = parent.slots; s < slot_end(); s++) {
		if (s->leaving.pid && succeeded(s, now))
			ask(&s->leaving, now);
		wait = wait || s->leaving.pid || !s->serving.pid || s->young;
		if (!old && s->serving.generation != parent.generation)
			old = s;
	}
	if (wait || !old)
		return;
	old->leaving = old->serving;
	if (start(old, now) == 0)
		return;
	old->leaving.pid = 0;
	parent.roll_due = now + FORK_AGAIN;
}

static bool rolling(void)
{
	for (struct slot *s = parent.slots; s < slot_end(); s++)
		if (s->serving.generation != parent.generation)
			return true;
	return false;
}

static bool alive(void)
{
	for (struct slot *s = parent.slots; s < slot_end(); s++)
		if (s->serving.pid || s->leaving.pid)
			return true;
	return false;
}

/* One turn: everything that is due by now. */
static void tend(int64_t now)
{
	reap(now);
	for (struct slot *s = parent.slots; s < slot_end(); s++) {
		kill_overdue(&s->serving, now);
		kill_overdue(&s->leaving, now);
		settle(s, now);
		if (!parent.ending)
			fill(s, now);
	}
	if (!parent.ending)
		roll(now);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t process_due(const struct process *child)
{
	return child->pid && child->asked && !child->killed ? child->asked + parent.p->grace_ms
							    : NEVER;
}

/* When the next turn is needed though no signal comes. */
static int64_t next_due(int64_t now)
{
	int64_t due = NEVER;
	bool roll_on = !parent.ending && rolling();
	for (struct slot *s = parent.slots; s < slot_end(); s++) {
		due = sooner(due, process_due(&s->serving));
		due = sooner(due, process_due(&s->leaving));
		if (!parent.ending && !s->serving.pid)
			due = sooner(due, s->due);
		else if (roll_on && s->young)
			due = sooner(due, s->serving.born + YOUNG);
		if (!parent.ending && s->leaving.pid && !s->leaving.asked && s->serving.pid)
			due = sooner(due, now + LOOK);
	}
	if (roll_on && parent.roll_due > now)
		due = sooner(due, parent.roll_due);
	return due;
}

static void end_all(int64_t now)
{
	parent.ending = true;
	for (struct slot *s = parent.slots; s < slot_end(); s++) {
		ask(&s->serving, now);
		ask(&s->leaving, now);
	}
}

/* Waits for a signal or until `due`. */
static void wait_for(const sigset_t *signals, int64_t due, int64_t now)
{
	int64_t ms = due == NEVER ? 3600000 : due > now ? due - now : 0;
	struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	switch (sigtimedwait(signals, NULL, &t)) {
	case SIGTERM:
	case SIGINT:
		end_all(now_ms());
		break;
	case SIGUSR1:
		parent.generation++;
		break;
	}
}

/* Blocked signals that would be ignored may be lost: SIGCHLD needs a handler, though none runs. */
static void nothing(int sig)
{
	(void)sig;
}

static int slots_new(const struct prefork *p)
{
	size_t n = p->children < 1 ? 0 : (size_t)p->children;
	memset(&parent, 0, sizeof parent);
	parent.p = p;
	parent.slots = calloc(n ? n : 1, sizeof *parent.slots);
	parent.ready = mmap(NULL, n * sizeof *parent.ready, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!n || !parent.slots || parent.ready == MAP_FAILED) {
		free(parent.slots);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		parent.slots[i].ready = parent.ready + i;
	return 0;
}

static void slots_free(void)
{
	munmap(parent.ready, (size_t)parent.p->children * sizeof *parent.ready);
	free(parent.slots);
	parent.slots = NULL;
}

int prefork_run(const struct prefork *p)
{
	struct sigaction children = {.sa_handler = nothing}, children_before;
	static const int waited[] = {SIGCHLD, SIGTERM, SIGINT, SIGUSR1, SIGHUP};
	sigset_t signals;
	if (slots_new(p) < 0)
		return 1;
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof waited / sizeof *waited; i++)
		sigaddset(&signals, waited[i]);
	sigprocmask(SIG_BLOCK, &signals, &parent.before);
	sigaction(SIGCHLD, &children, &children_before);

	for (;;) {
		int64_t now = now_ms();
		tend(now);
		if (parent.ending && !alive())
			break;
		wait_for(&signals, next_due(now), now);
	}
	sigaction(SIGCHLD, &children_before, NULL);
	sigprocmask(SIG_SETMASK, &parent.before, NULL);
	slots_free();
	return 0;
}
