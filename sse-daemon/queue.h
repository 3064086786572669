/* queue: the messages one connection still owes, and the writing of them.
 *
 * Two fit into the struct itself, so that an idle connection owns no more memory; a longer queue
 * takes some and gives it back when it is empty. It sets no bound: its owner looks at `bytes`. */
#ifndef SSE_QUEUE_H
#define SSE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message;

enum { QUEUE_INSIDE = 2 };

struct queue {
	struct message *inside[QUEUE_INSIDE];
	struct message **more; /* NULL: inside is used */
	uint32_t first, count, room;
	uint32_t sent; /* of the first message */
	size_t bytes;  /* owed in all */
};

enum queue_result { QUEUE_EMPTY, QUEUE_BLOCKED, QUEUE_BROKEN };

void queue_init(struct queue *q);
void queue_clear(struct queue *q); /* drops what is owed */
/* Takes over the caller's reference. */
void queue_push(struct queue *q, struct message *m);
/* Sends until nothing is owed or the socket takes no more; `moved` is set when any byte went. */
enum queue_result queue_send(struct queue *q, int fd, bool *moved);

#endif
