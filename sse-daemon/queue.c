/* queue: a circle of references, written by sendmsg(2) in one call per 64. */
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "message.h"

enum { VECTORS = 64 };

void queue_init(struct queue *q)
{
	memset(q, 0, sizeof *q);
	q->room = QUEUE_INSIDE;
}

static struct message **item(struct queue *q, uint32_t i)
{
	struct message **items = q->more ? q->more : q->inside;
	return &items[(q->first + i) % q->room];
}

static void shrink(struct queue *q)
{
	free(q->more);
	queue_init(q);
}

static void grow(struct queue *q)
{
	uint32_t room = q->room * 4;
	struct message **more = malloc(room * sizeof(struct message *));
	if (!more)
		abort();
	for (uint32_t i = 0; i < q->count; i++)
		more[i] = *item(q, i);
	free(q->more);
	q->more = more;
	q->first = 0;
	q->room = room;
}

void queue_clear(struct queue *q)
{
	for (uint32_t i = 0; i < q->count; i++)
		message_drop(*item(q, i));
	shrink(q);
}

void queue_push(struct queue *q, struct message *m)
{
	if (q->count == q->room)
		grow(q);
	*item(q, q->count++) = m;
	q->bytes += m->length;
}

static void advance(struct queue *q, size_t n)
{
	q->bytes -= n;
	n += q->sent;
	while (q->count && n >= (*item(q, 0))->length) {
		n -= (*item(q, 0))->length;
		message_drop(*item(q, 0));
		q->first = (q->first + 1) % q->room;
		q->count--;
	}
	q->sent = (uint32_t)n;
}

enum queue_result queue_send(struct queue *q, int fd, bool *moved)
{
	while (q->count) {
		struct iovec vectors[VECTORS];
		struct msghdr h = {.msg_iov = vectors};
		for (; h.msg_iovlen < VECTORS && h.msg_iovlen < q->count; h.msg_iovlen++) {
			struct message *m = *item(q, (uint32_t)h.msg_iovlen);
			size_t skip = h.msg_iovlen ? 0 : q->sent;
			vectors[h.msg_iovlen] = (struct iovec){m->bytes + skip, m->length - skip};
		}
		ssize_t n = sendmsg(fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? QUEUE_BLOCKED : QUEUE_BROKEN;
		*moved = true;
		advance(q, (size_t)n);
	}
	shrink(q);
	return QUEUE_EMPTY;
}
