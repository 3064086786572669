/* What prefork.h promises, with real processes: they are always as many as asked for, a roll never
 * lets one be missing, the end is clean. Nothing here sleeps for luck: every wait is for a
 * condition. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "prefork.h"

enum { LOG = 4096, PATIENCE = 20000 };

/* What the processes tell each other, in shared memory. */
static struct board {
	atomic_int count;      /* entries of the log */
	atomic_int entry[LOG]; /* +pid: began to serve, -pid: ended by itself */
	atomic_int die;	       /* children end at once with exit code 3 */
	atomic_int deaf;       /* children ignore the wish to end */
	atomic_int hold;       /* children that should end wait until this is 0 */
	atomic_int slow;       /* new children are not ready until this is 0 */
	atomic_int doomed;     /* this child only is deaf */
} * board;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void breathe(void)
{
	nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static void note(int what)
{
	int i = atomic_fetch_add(&board->count, 1);
	if (i < LOG)
		atomic_store(&board->entry[i], what);
}

static int serve(void *arg)
{
	(void)arg;
	note(getpid());
	if (board->die)
		return 3;
	while (board->slow)
		breathe();
	prefork_child_signals();
	while (!prefork_ending() || board->deaf || board->doomed == getpid())
		breathe();
	while (board->hold)
		breathe();
	note(-getpid());
	return 0;
}

static bool runs(pid_t pid)
{
	waitpid(pid, NULL, WNOHANG); /* an orphan has become ours to collect */
	return !kill(pid, 0) || errno != ESRCH;
}

/* The pids that began, did not say they ended, and still run, in the order of their beginning. */
static int serving(pid_t pids[LOG])
{
	int n = 0, count = board->count;
	for (int i = 0; i < count && i < LOG; i++) {
		int pid = board->entry[i];
		if (pid > 0 && runs(pid))
			pids[n++] = pid;
		for (int k = 0; pid < 0 && k < n; k++)
			if (pids[k] == -pid)
				pids[k] = pids[--n];
	}
	return n;
}

/* Waits until exactly n serve; false if that does not come to pass. */
static bool become(int n)
{
	static pid_t pids[LOG];
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; breathe())
		if (serving(pids) == n)
			return true;
	return false;
}

static pid_t parent;

static void start(int children, int grace_ms)
{
	memset(board, 0, sizeof *board);
	parent = fork();
	if (parent)
		return;
	const struct prefork p = {.children = children, .grace_ms = grace_ms, .serve = serve};
	_exit(prefork_run(&p));
}

/* The exit status of the parent; -1 if it does not end. */
static int ended(void)
{
	int status;
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; breathe()) {
		pid_t pid = waitpid(parent, &status, WNOHANG);
		if (pid == parent) {
			parent = 0;
			return status;
		}
	}
	return -1;
}

static int teardown(void **state)
{
	(void)state;
	if (!parent)
		return 0;
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	parent = 0;
	pid_t pids[LOG];
	for (int i = serving(pids); i-- > 0;)
		kill(pids[i], SIGKILL);
	return 0;
}

static void as_many_serve_as_were_asked_for_and_all_end_on_sigterm(void **state)
{
	static const int counts[] = {1, 2, 7};
	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		start(counts[i], 5000);
		assert_true(become(counts[i]));
		kill(parent, SIGTERM);
		assert_int_equal(ended(), 0);
		pid_t pids[LOG];
		assert_int_equal(serving(pids), 0);
		assert_int_equal(board->count, 2 * counts[i]); /* each said that it ended */
	}
}

static void sigint_ends_like_sigterm_and_sighup_does_nothing(void **state)
{
	(void)state;
	start(2, 5000);
	assert_true(become(2));
	kill(parent, SIGHUP);
	kill(parent, SIGINT);
	assert_int_equal(ended(), 0);
	assert_int_equal(board->count, 4);
}

static void ctrl_c_at_a_terminal_reaches_the_children_through_the_parent_only(void **state)
{
	(void)state;
	pid_t pids[LOG];
	start(2, 5000);
	assert_true(become(2));
	serving(pids);
	for (int i = 0; i < 2; i++) {
		kill(pids[i], SIGINT);
		kill(pids[i], SIGHUP);
	}
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
	assert_int_equal(board->count, 4);
}

static void a_killed_child_is_replaced(void **state)
{
	static const int how[] = {SIGKILL, SIGABRT, SIGTERM};
	(void)state;
	pid_t pids[LOG];
	start(3, 5000);
	for (size_t i = 0; i < COUNT(how); i++) {
		assert_true(become(3));
		int before = board->count;
		serving(pids);
		kill(pids[1], how[i]);
		while (runs(pids[1]) || board->count == before)
			breathe();
	}
	assert_true(become(3));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_storm_of_deaths_is_survived(void **state)
{
	enum { CHILDREN = 5 };
	(void)state;
	pid_t pids[LOG];
	int killed = 0;
	start(CHILDREN, 5000);
	assert_true(become(CHILDREN));
	for (int64_t end = now_ms() + 3000; now_ms() < end; breathe())
		for (int i = serving(pids); i-- > 0; killed++)
			kill(pids[i], SIGKILL);
	assert_true(killed > 3 * CHILDREN);
	assert_true(become(CHILDREN));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void children_that_cannot_live_are_tried_again_ever_more_slowly_but_for_ever(void **state)
{
	(void)state;
	start(1, 5000);
	assert_true(become(1));
	pid_t pids[LOG];
	board->die = 1;
	int before = board->count;
	serving(pids);
	int64_t begin = now_ms();
	kill(pids[0], SIGKILL);
	/* 0, 10, 20, 40 … 640, 1000, 1000 ms: the eleventh comes after about 3.3 s */
	while (board->count < before + 11 && now_ms() - begin < PATIENCE)
		breathe();
	int64_t took = now_ms() - begin;
	assert_in_range(took, 2200, PATIENCE - 1);
	board->die = 0;
	begin = now_ms();
	assert_true(become(1));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void who_does_not_finish_in_time_is_killed(void **state)
{
	(void)state;
	start(3, 300);
	assert_true(become(3));
	board->deaf = 1;
	int64_t begin = now_ms();
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
	assert_in_range(now_ms() - begin, 290, PATIENCE);
	pid_t pids[LOG];
	assert_int_equal(serving(pids), 0);
}

static void who_finishes_in_time_is_not(void **state)
{
	(void)state;
	start(3, 10000);
	assert_true(become(3));
	board->hold = 1;
	kill(parent, SIGTERM);
	kill(parent, SIGTERM); /* asking twice changes nothing */
	assert_int_equal(waitpid(parent, NULL, WNOHANG), 0);
	board->hold = 0;
	assert_int_equal(ended(), 0);
	assert_int_equal(board->count, 6);
}

/* Waits until none of the given pids serves and exactly n others do. */
static bool rolled(const pid_t *old, int n)
{
	pid_t pids[LOG];
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end; breathe()) {
		int left = 0, now = serving(pids);
		for (int i = 0; i < now; i++)
			for (int k = 0; k < n; k++)
				left += pids[i] == old[k];
		if (now == n && !left)
			return true;
	}
	return false;
}

static void a_roll_replaces_each_before_it_asks_the_next(void **state)
{
	enum { CHILDREN = 4 };
	(void)state;
	pid_t old[LOG];
	start(CHILDREN, 5000);
	assert_true(become(CHILDREN));
	serving(old);
	int first = board->count;
	kill(parent, SIGUSR1);
	assert_true(rolled(old, CHILDREN));
	assert_int_equal(board->count, first + 2 * CHILDREN);
	for (int i = first; i < board->count; i += 2)
		assert_true(board->entry[i] > 0 && board->entry[i + 1] < 0);
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

/* "Ready" is said by prefork_child_signals(); who does not say it gets a second. */
static void nobody_is_asked_to_finish_before_its_successor_is_ready(void **state)
{
	(void)state;
	pid_t old[LOG], pids[LOG];
	start(2, 5000);
	assert_true(become(2));
	serving(old);
	board->slow = 1;
	int64_t begin = now_ms();
	kill(parent, SIGUSR1);
	assert_true(become(3));
	while (board->slow && now_ms() - begin < 700) {
		assert_int_equal(serving(pids), 3);
		breathe();
	}
	board->slow = 0;
	assert_true(rolled(old, 2));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_successor_that_never_says_it_is_ready_does_not_stop_a_roll(void **state)
{
	(void)state;
	pid_t old[LOG];
	start(2, 500);
	assert_true(become(2));
	serving(old);
	board->slow = 1;
	kill(parent, SIGUSR1);
	assert_true(rolled(old, 2));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_roll_into_children_that_cannot_live_costs_one_process_none_of_its_places(void **state)
{
	(void)state;
	pid_t pids[LOG];
	start(3, 5000);
	assert_true(become(3));
	int before = board->count;
	board->die = 1;
	kill(parent, SIGUSR1);
	while (board->count < before + 6)
		breathe();
	assert_true(serving(pids) >= 3);
	board->die = 0;
	assert_true(rolled(pids, 3));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_roll_waits_for_one_that_takes_its_time(void **state)
{
	(void)state;
	pid_t old[LOG];
	start(3, 10000);
	assert_true(become(3));
	serving(old);
	board->hold = 1;
	kill(parent, SIGUSR1);
	assert_true(become(4)); /* one successor; its predecessor is held */
	for (int64_t end = now_ms() + 300; now_ms() < end; breathe()) {
		pid_t pids[LOG];
		assert_int_equal(serving(pids), 4);
	}
	board->hold = 0;
	assert_true(rolled(old, 3));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_roll_kills_the_one_that_is_deaf_and_goes_on(void **state)
{
	(void)state;
	pid_t old[LOG];
	start(3, 200);
	assert_true(become(3));
	serving(old);
	board->doomed = old[1];
	kill(parent, SIGUSR1);
	assert_true(rolled(old, 3));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void rolls_that_come_thick_and_fast_all_end_in_new_processes(void **state)
{
	(void)state;
	pid_t old[LOG];
	start(3, 5000);
	assert_true(become(3));
	for (int i = 0; i < 20; i++) {
		serving(old);
		kill(parent, SIGUSR1);
		breathe();
	}
	assert_true(rolled(old, 3));
	assert_true(become(3));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_death_in_the_middle_of_a_roll_does_not_stop_it(void **state)
{
	(void)state;
	pid_t old[LOG];
	start(4, 5000);
	assert_true(become(4));
	serving(old);
	board->hold = 1;
	kill(parent, SIGUSR1);
	assert_true(become(5));
	kill(old[3], SIGKILL);
	board->hold = 0;
	assert_true(rolled(old, 4));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void the_end_may_come_in_the_middle_of_a_roll(void **state)
{
	(void)state;
	start(3, 300);
	assert_true(become(3));
	board->deaf = 1;
	kill(parent, SIGUSR1);
	assert_true(become(4));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
	pid_t pids[LOG];
	assert_int_equal(serving(pids), 0);
}

static void the_end_may_come_before_anything_began(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		start(3, 2000);
		kill(parent, SIGTERM);
		int status = ended();
		/* before prefork_run() was reached SIGTERM does what it always does */
		assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
		assert_true(become(0));
	}
}

static void children_end_when_their_parent_is_killed(void **state)
{
	(void)state;
	start(4, 5000);
	assert_true(become(4));
	kill(parent, SIGKILL);
	assert_true(ended() != -1);
	assert_true(become(0));
	assert_int_equal(board->count, 8); /* by themselves, after the request in hand */
}

static void a_deaf_child_dies_though_its_parent_cannot_kill_it(void **state)
{
	(void)state;
	start(2, 100);
	assert_true(become(2));
	board->deaf = 1;
	kill(parent, SIGKILL);
	assert_true(ended() != -1);
	assert_true(become(0));
}

static void no_children_is_no_way_to_run(void **state)
{
	(void)state;
	const struct prefork p = {.children = 0, .grace_ms = 100, .serve = serve};
	assert_int_equal(prefork_run(&p), 1);
}

/* Under whatever signal mask and dispositions the program was started. */
static void inherited_signal_settings_do_not_matter(void **state)
{
	(void)state;
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	signal(SIGCHLD, SIG_IGN);
	start(2, 5000);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_true(become(2));
	pid_t pids[LOG];
	serving(pids);
	kill(pids[0], SIGKILL);
	while (runs(pids[0]))
		breathe();
	assert_true(become(2));
	kill(parent, SIGTERM);
	assert_int_equal(ended(), 0);
}

int main(void)
{
#define PREFORK_TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		PREFORK_TEST(as_many_serve_as_were_asked_for_and_all_end_on_sigterm),
		PREFORK_TEST(sigint_ends_like_sigterm_and_sighup_does_nothing),
		PREFORK_TEST(ctrl_c_at_a_terminal_reaches_the_children_through_the_parent_only),
		PREFORK_TEST(a_killed_child_is_replaced),
		PREFORK_TEST(a_storm_of_deaths_is_survived),
		PREFORK_TEST(
			children_that_cannot_live_are_tried_again_ever_more_slowly_but_for_ever),
		PREFORK_TEST(who_does_not_finish_in_time_is_killed),
		PREFORK_TEST(who_finishes_in_time_is_not),
		PREFORK_TEST(a_roll_replaces_each_before_it_asks_the_next),
		PREFORK_TEST(nobody_is_asked_to_finish_before_its_successor_is_ready),
		PREFORK_TEST(a_successor_that_never_says_it_is_ready_does_not_stop_a_roll),
		PREFORK_TEST(
			a_roll_into_children_that_cannot_live_costs_one_process_none_of_its_places),
		PREFORK_TEST(a_roll_waits_for_one_that_takes_its_time),
		PREFORK_TEST(a_roll_kills_the_one_that_is_deaf_and_goes_on),
		PREFORK_TEST(rolls_that_come_thick_and_fast_all_end_in_new_processes),
		PREFORK_TEST(a_death_in_the_middle_of_a_roll_does_not_stop_it),
		PREFORK_TEST(the_end_may_come_in_the_middle_of_a_roll),
		PREFORK_TEST(the_end_may_come_before_anything_began),
		PREFORK_TEST(children_end_when_their_parent_is_killed),
		PREFORK_TEST(a_deaf_child_dies_though_its_parent_cannot_kill_it),
		PREFORK_TEST(no_children_is_no_way_to_run),
		PREFORK_TEST(inherited_signal_settings_do_not_matter),
	};
	board = mmap(
		NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return 1;
	/* Orphans must go away: init may be slow to collect them, the test is quick. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	log_open("prefork_test", (enum log_level)(LOG_ERROR + 1));
	return RUN_TESTS(tests);
}
