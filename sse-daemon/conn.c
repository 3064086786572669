/* conn: edge-triggered: a socket is read until the head is whole, and written until it blocks. */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ask.h"
#include "control.h"
#include "dispatch.h"
#include "head.h"
#include "hub.h"
#include "message.h"
#include "ring.h"
#include "topics.h"

enum { HEAD_MS = 10000, LINGER_MS = 500 };

struct conn_head {
	size_t length;
	char bytes[HEAD_MOST];
};

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

static void unlink_from_state(struct conn *c)
{
	if (c->next)
		c->next->prev = c->prev;
	if (c->prev)
		c->prev->next = c->next;
	else
		c->hub->states[c->state] = c->next;
	c->hub->counts[c->state]--;
}

static void link_to_state(struct conn *c)
{
	struct conn **list = &c->hub->states[c->state];
	c->prev = NULL;
	c->next = *list;
	if (*list)
		(*list)->prev = c;
	*list = c;
	c->hub->counts[c->state]++;
}

void conn_move(struct conn *c, enum conn_state to)
{
	unlink_from_state(c);
	c->state = (uint8_t)to;
	link_to_state(c);
}

bool conn_serves(const struct conn *c)
{
	return c->state == CONN_WAIT || c->state == CONN_REPLAY || c->state == CONN_LIVE;
}

static void bury(struct loop_task *t)
{
	struct conn *c = LOOP_OWNER(t, struct conn, task);
	for (size_t i = 0; i < c->link_count; i++)
		topics_leave(c->hub->topics, &c->links[i]);
	unlink_from_state(c);
	queue_clear(&c->out);
	free(c->links);
	free(c->head);
	free(c->request_id);
	free(c);
}

void conn_close(struct conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	char rest[4096];
	struct loop *l = c->hub->loop;
	int fd = loop_remove(l, &c->source);
	/* Closing a socket with something unread in it would cost the peer what it has not read. */
	while (recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
		continue;
	close(fd);
	loop_unset(l, &c->timer);
	loop_forget(l, &c->task);
	conn_move(c, CONN_CLOSED);
	c->task.run = bury;
	loop_bury(l, &c->task);
}

void conn_flush(struct conn *c)
{
	bool moved = false;
	if (c->state == CONN_CLOSED || c->blocked)
		return;
	switch (queue_send(&c->out, c->source.fd, &moved)) {
	case QUEUE_BROKEN:
		conn_close(c);
		break;
	case QUEUE_BLOCKED:
		c->blocked = true;
		break;
	case QUEUE_EMPTY:
		if (c->state == CONN_CLOSING)
			conn_close(c);
		break;
	}
	if (moved)
		c->stalls = 0;
}

void conn_push(struct conn *c, struct message *m)
{
	queue_push(&c->out, m);
	loop_soon(c->hub->loop, &c->task);
}

void conn_finish(struct conn *c)
{
	conn_move(c, CONN_CLOSING);
	loop_set(c->hub->loop, &c->timer, loop_now(c->hub->loop) + LINGER_MS);
	conn_flush(c);
}

static void work(struct loop_task *t)
{
	struct conn *c = LOOP_OWNER(t, struct conn, task);
	if (conn_serves(c))
		c->kind->work(c);
	else
		conn_flush(c);
}

static void due(struct loop_timer *t)
{
	struct conn *c = LOOP_OWNER(t, struct conn, timer);
	if (conn_serves(c))
		c->kind->due(c);
	else
		conn_close(c); /* too slow with its request, or with its last bytes */
}

/* nginx sends a head in one piece, so one buffer serves all; only what came in part is kept. */
static void keep_part(struct conn *c, const struct conn_head *part)
{
	if (c->head == part || !part->length)
		return;
	c->head = need(malloc(sizeof *c->head));
	c->head->length = part->length;
	memcpy(c->head->bytes, part->bytes, part->length);
}

static void read_head(struct conn *c)
{
	static struct conn_head whole;
	struct conn_head *h = c->head ? c->head : &whole;
	struct head head;
	enum head_result result = HEAD_MORE;
	whole.length = 0;
	while (result == HEAD_MORE) {
		ssize_t n = recv(c->source.fd, h->bytes + h->length, HEAD_MOST - h->length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			keep_part(c, h);
			return;
		}
		if (n <= 0) {
			conn_close(c);
			return;
		}
		h->length += (size_t)n;
		result = head_parse(h->bytes, h->length, &head);
	}
	loop_unset(c->hub->loop, &c->timer);
	dispatch(c, result, &head);
	free(c->head);
	c->head = NULL;
}

static void ready(struct loop_source *s, uint32_t events)
{
	struct conn *c = LOOP_OWNER(s, struct conn, source);
	if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
		conn_close(c);
		return;
	}
	if (c->state == CONN_HEAD) {
		if (events & EPOLLIN)
			read_head(c);
	} else if (events & EPOLLOUT && c->blocked) {
		c->blocked = false;
		loop_soon(c->hub->loop, &c->task);
	}
}

void conn_accept(struct hub *hub, int fd)
{
	struct conn *c = need(calloc(1, sizeof *c));
	c->hub = hub;
	c->source = (struct loop_source){.fd = fd, .ready = ready};
	c->timer.expire = due;
	c->task.run = work;
	queue_init(&c->out);
	link_to_state(c);
	loop_set(hub->loop, &c->timer, loop_now(hub->loop) + HEAD_MS);
	if (loop_add(hub->loop, &c->source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET))
		conn_close(c);
}

static void join(struct conn *c, const char *name, size_t n)
{
	struct topics_link *link = &c->links[c->link_count];
	link->owner = c;
	topics_join(c->hub->topics, link, name, n);
	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].topic == link->topic) {
			topics_leave(c->hub->topics, link);
			return;
		}
	c->link_count++;
}

void conn_subscribe(struct conn *c, const struct ask *a)
{
	char name[CONTROL_TOPIC];
	size_t n = 3;
	for (const char *p = a->topics; *p; p++)
		n += *p == ',';
	c->links = need(calloc(n, sizeof *c->links));
	for (const char *from = a->topics; *from;) {
		size_t length = strcspn(from, ",");
		join(c, from, length);
		from += length + (from[length] == ',');
	}
	control_topic(CONTROL_SESSION, a->session, name);
	join(c, name, strlen(name));
	control_topic(CONTROL_USER, a->user, name);
	join(c, name, strlen(name));
}

bool conn_wants(const struct conn *c, const struct ring_entry *e)
{
	if (e->kind != RING_EVENT)
		return false;
	for (size_t i = 0; i < e->topics; i++) {
		struct ring_topic t = ring_topic(e, i);
		struct topic *topic =
			topics_find(c->hub->topics, t.hash, t.name.text, t.name.length);
		for (size_t j = 0; topic && j < c->link_count; j++)
			if (c->links[j].topic == topic)
				return true;
	}
	return false;
}
