/* wake: AF_UNIX datagrams in GATEHOUSE_RUN, named <worker>.wake. */
#include "wake.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "setting.h"

static bool address(const char *name, struct sockaddr_un *to)
{
	int n;

	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	n = snprintf(
		to->sun_path, sizeof to->sun_path, "%s/%s.wake", setting_text(GATEHOUSE_RUN), name);
	return n > 0 && (size_t)n < sizeof to->sun_path;
}

void wake_send(const char *name)
{
	static int fd = -1;
	struct sockaddr_un to;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && address(name, &to))
		(void)!sendto(fd, "w", 1, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
}

int wake_listen(const char *name)
{
	struct sockaddr_un at;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || !address(name, &at)) {
		log_say(LOG_WARN, "wake %s: the path is too long or there are no sockets left",
			name);
		return -1;
	}
	unlink(at.sun_path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		log_say(LOG_WARN, "wake %s: %s", at.sun_path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

void wake_wait(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char drop[64];

	if (poll(&p, 1, ms) > 0)
		while (recv(fd, drop, sizeof drop, 0) > 0)
			;
}
