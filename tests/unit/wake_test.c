/* What wake.h promises: a datagram ends a wait, and nothing that is missing does any harm. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "setting.h"
#include "wake.h"

static char folder[] = "/tmp/gatehouse-wake-XXXXXX";

static void run_in(const char *path)
{
	setenv("JWT_SECRET", "a secret of at least thirty-two bytes", 1);
	setenv("GATEHOUSE_RUN", path, 1);
	assert_null(setting_load());
}

static int64_t waited_ms(int fd, int most)
{
	struct timespec from, to;
	clock_gettime(CLOCK_MONOTONIC, &from);
	wake_wait(fd, most);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
}

static void a_datagram_ends_a_wait(void **state)
{
	char path[64];
	(void)state;
	run_in(folder);
	int fd = wake_listen("relay");
	assert_true(fd >= 0);
	for (int i = 0; i < 5; i++)
		wake_send("relay");
	assert_true(waited_ms(fd, 30000) < 20000);
	assert_true(waited_ms(fd, 50) >= 49); /* all five were taken */
	close(fd);
	/* The socket that a worker left behind is in nobody's way. */
	fd = wake_listen("relay");
	assert_true(fd >= 0);
	wake_send("relay");
	assert_true(waited_ms(fd, 30000) < 20000);
	close(fd);
	snprintf(path, sizeof path, "%s/relay.wake", folder);
	unlink(path);
}

static void nobody_listening_is_no_harm(void **state)
{
	char *name = malloc(300);
	(void)state;
	run_in(folder);
	wake_send("nobody");
	memset(name, 'x', 299);
	name[299] = '\0';
	wake_send(name);
	assert_int_equal(wake_listen(name), -1);
	free(name);
	run_in("/nonexistent");
	wake_send("relay");
	assert_int_equal(wake_listen("relay"), -1);
	assert_true(waited_ms(-1, 50) >= 49); /* without a socket a worker only sleeps */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_ends_a_wait),
		cmocka_unit_test(nobody_listening_is_no_harm),
	};
	if (!mkdtemp(folder))
		return 1;
	log_open("wake_test", (enum log_level)(LOG_ERROR + 1));
	int failed = RUN_TESTS(tests);
	rmdir(folder);
	return failed;
}
