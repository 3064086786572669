/* link: level-triggered; writable is asked for only while something waits to go out. */
#include "link.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop.h"
#include "redis_url.h"

enum { READ_BYTES = 65536, READS_MOST = 8 };

struct link {
	struct loop_source source;
	struct loop *loop;
	const struct redis_url *address;
	const struct link_calls *calls;
	void *arg;
	bool connecting, waiting; /* waiting: for the socket to take more */
	unsigned skip;		  /* replies that are the link's own */
	redisReader *reader;
	char *out;
	size_t length, sent, room;
};

static void ready(struct loop_source *s, uint32_t events);

struct link *link_new(
	struct loop *l, const struct redis_url *a, const struct link_calls *calls, void *arg)
{
	struct link *k = calloc(1, sizeof *k);
	if (!k)
		abort();
	k->source = (struct loop_source){.fd = -1, .ready = ready};
	k->loop = l;
	k->address = a;
	k->calls = calls;
	k->arg = arg;
	return k;
}

bool link_is_open(const struct link *k)
{
	return k->source.fd >= 0;
}

void link_close(struct link *k)
{
	if (!link_is_open(k))
		return;
	close(loop_remove(k->loop, &k->source));
	redisReaderFree(k->reader);
	k->reader = NULL;
	free(k->out);
	k->out = NULL;
	k->length = k->sent = k->room = 0;
	k->skip = 0;
}

void link_free(struct link *k)
{
	link_close(k);
	free(k);
}

static void fail(struct link *k, const char *why)
{
	link_close(k);
	k->calls->down(k->arg, why);
}

static void want(struct link *k, bool writable)
{
	if (k->waiting != writable)
		loop_change(k->loop, &k->source, writable ? EPOLLIN | EPOLLOUT : EPOLLIN);
	k->waiting = writable;
}

/* False when the connection broke; its owner is told by whoever the loop called. */
static bool flush(struct link *k)
{
	while (k->sent < k->length) {
		ssize_t n = send(k->source.fd, k->out + k->sent, k->length - k->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return false;
		if (n < 0)
			break;
		k->sent += (size_t)n;
	}
	if (k->sent == k->length)
		k->sent = k->length = 0;
	want(k, k->length > 0);
	return true;
}

static void put(struct link *k, const char *bytes, size_t n)
{
	if (k->length + n > k->room) {
		k->room = (k->length + n) * 2;
		k->out = realloc(k->out, k->room);
		if (!k->out)
			abort();
	}
	memcpy(k->out + k->length, bytes, n);
	k->length += n;
}

void link_send(struct link *k, size_t count, const char *const *words)
{
	char head[32];
	if (!link_is_open(k))
		return;
	put(k, head, (size_t)snprintf(head, sizeof head, "*%zu\r\n", count));
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(words[i]);
		put(k, head, (size_t)snprintf(head, sizeof head, "$%zu\r\n", n));
		put(k, words[i], n);
		put(k, "\r\n", 2);
	}
	/* Sent when the socket says that it is writable, in the next turn: whoever calls this need
	 * not expect the link to break under it. */
	want(k, true);
}

static void connected(struct link *k)
{
	const struct redis_url *a = k->address;
	k->connecting = false;
	k->reader = redisReaderCreate();
	if (!k->reader)
		abort();
	if (*a->password || *a->user) {
		link_send(k, 3,
			(const char *const[]){"AUTH", *a->user ? a->user : "default", a->password});
		k->skip++;
	}
	if (*a->db) {
		link_send(k, 2, (const char *const[]){"SELECT", a->db});
		k->skip++;
	}
	k->calls->up(k->arg);
}

static int connect_path(const char *path)
{
	struct sockaddr_un u = {.sun_family = AF_UNIX};
	memcpy(u.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&u, sizeof u)) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int connect_host(const struct redis_url *a)
{
	struct addrinfo *list, hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
	char port[12];
	int fd = -1, on = 1;
	snprintf(port, sizeof port, "%d", a->port);
	if (getaddrinfo(a->host, port, &hints, &list)) {
		errno = EHOSTUNREACH; /* it says why in its own way */
		return -1;
	}
	for (struct addrinfo *i = list; i && fd < 0; i = i->ai_next) {
		fd = socket(i->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (connect(fd, i->ai_addr, i->ai_addrlen) && errno != EINPROGRESS) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

void link_open(struct link *k)
{
	const struct redis_url *a = k->address;
	k->source.fd = *a->path ? connect_path(a->path) : connect_host(a);
	k->connecting = k->waiting = true;
	if (k->source.fd < 0) {
		k->calls->down(k->arg, strerror(errno));
		return;
	}
	if (loop_add(k->loop, &k->source, EPOLLIN | EPOLLOUT)) {
		const char *why = strerror(errno);
		close(k->source.fd);
		k->source.fd = -1;
		k->calls->down(k->arg, why);
	}
}

/* Whether the link is still open after its owner was given what has come. */
static bool give(struct link *k)
{
	void *reply = NULL;
	while (link_is_open(k)) {
		if (redisReaderGetReply(k->reader, &reply) != REDIS_OK) {
			fail(k, "broken reply");
			return false;
		}
		if (!reply)
			return true;
		redisReply *r = reply;
		if (k->skip && r->type == REDIS_REPLY_ERROR)
			fail(k, "refused the password or the database");
		else if (k->skip)
			k->skip--;
		else
			k->calls->reply(k->arg, r);
		freeReplyObject(r);
	}
	return false;
}

static void receive(struct link *k)
{
	static char bytes[READ_BYTES];
	for (int i = 0; i < READS_MOST; i++) {
		ssize_t n = recv(k->source.fd, bytes, sizeof bytes, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			fail(k, n ? strerror(errno) : "closed by Redis");
			return;
		}
		if (redisReaderFeed(k->reader, bytes, (size_t)n) != REDIS_OK) {
			fail(k, "broken reply");
			return;
		}
		if (!give(k) || (size_t)n < sizeof bytes)
			return;
	}
}

static void ready(struct loop_source *s, uint32_t events)
{
	struct link *k = LOOP_OWNER(s, struct link, source);
	if (k->connecting) {
		int error = 0;
		socklen_t size = sizeof error;
		getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		if (error) {
			fail(k, strerror(error));
			return;
		}
		connected(k);
	}
	if (link_is_open(k) && events & EPOLLOUT && !flush(k)) {
		fail(k, strerror(errno));
		return;
	}
	if (link_is_open(k) && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		receive(k);
}
