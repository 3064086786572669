/* survey: what other programs leave for us to see: metrics files, the push daemon's figures. */
#include "system.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "arena.h"
#include "metrics.h"
#include "setting.h"

#define PUSH_WAIT_MS 300

static size_t size_of(const struct metrics_file *f)
{
	return sizeof *f + f->rows * sizeof f->row[0];
}

static const struct metrics_file *map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const struct metrics_file *f = MAP_FAILED;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && (size_t)st.st_size >= sizeof *f)
		f = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (f == MAP_FAILED)
		return NULL;
	if (f->magic == METRICS_MAGIC && size_of(f) == (size_t)st.st_size)
		return f;
	munmap((void *)(uintptr_t)f, (size_t)st.st_size);
	return NULL;
}

const struct metrics_file **survey_open(struct arena *a)
{
	const struct metrics_file **files;
	char pattern[256];
	glob_t found = {0};
	size_t n = 0;

	snprintf(pattern, sizeof pattern, "%s/metrics-*.shm", setting_text(GATEHOUSE_RUN));
	glob(pattern, 0, NULL, &found);
	files = arena_alloc(a, (found.gl_pathc + 1) * sizeof *files);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		files[n] = map(found.gl_pathv[i]);
		if (files[n])
			n++;
	}
	globfree(&found);
	return files;
}

void survey_close(const struct metrics_file **files)
{
	for (; *files; files++)
		munmap((void *)(uintptr_t)*files, size_of(*files));
}

const char *survey_push(struct arena *a)
{
	static const char ask[] = "GET /stats HTTP/1.1\r\nHost: push\r\nConnection: close\r\n\r\n";
	struct timeval wait = {0, PUSH_WAIT_MS * 1000};
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char *bytes = arena_alloc(a, 8192);
	const char *body;
	size_t got = 0;
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s/sse.sock", setting_text(GATEHOUSE_RUN));
	if (fd < 0)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
		send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == (ssize_t)(sizeof ask - 1))
		while (got < 8191 && (n = recv(fd, bytes + got, 8191 - got, 0)) > 0)
			got += (size_t)n;
	close(fd);
	body = strstr(bytes, "\r\n\r\n");
	return body && strncmp(bytes, "HTTP/1.1 200", 12) == 0 ? body + 4 : NULL;
}
