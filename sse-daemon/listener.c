/* listener: accepts in batches; out of files it waits a little instead of spinning. */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "hub.h"
#include "log.h"
#include "loop.h"

enum { BATCH = 64, PAUSE_MS = 100 };

struct listener {
	struct loop_source source;
	struct loop_timer pause;
	struct hub *hub;
};

static void ready(struct loop_source *source, uint32_t events)
{
	struct listener *s = LOOP_OWNER(source, struct listener, source);
	struct loop *l = s->hub->loop;
	(void)events;
	for (int i = 0; i < BATCH; i++) {
		int fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			conn_accept(s->hub, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			log_say(LOG_ERROR, "accept: %s", strerror(errno));
			loop_change(l, source, 0);
			loop_set(l, &s->pause, loop_now(l) + PAUSE_MS);
		}
		if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}

static void resume(struct loop_timer *t)
{
	struct listener *s = LOOP_OWNER(t, struct listener, pause);
	loop_change(s->hub->loop, &s->source, EPOLLIN);
}

struct listener *listener_new(struct hub *hub, int fd)
{
	int listening = 0;
	socklen_t size = sizeof listening;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size))
		return NULL;
	if (!listening) {
		errno = EINVAL;
		return NULL;
	}
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return NULL;
	struct listener *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->hub = hub;
	s->source = (struct loop_source){.fd = fd, .ready = ready};
	s->pause.expire = resume;
	if (loop_add(hub->loop, &s->source, EPOLLIN)) {
		free(s);
		return NULL;
	}
	return s;
}

void listener_stop(struct listener *s)
{
	loop_unset(s->hub->loop, &s->pause);
	if (s->source.fd >= 0)
		loop_remove(s->hub->loop, &s->source);
}

void listener_free(struct listener *s)
{
	listener_stop(s);
	free(s);
}
