/* message: bytes to send, formatted once and shared by all who receive them. */
#ifndef SSE_MESSAGE_H
#define SSE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct message {
	uint32_t references;
	uint32_t length;
	char bytes[];
};

/* A copy of n bytes with one reference, the caller's. */
struct message *message_new(const char *bytes, size_t n);
struct message *message_hold(struct message *m); /* one more reference; returns m */
void message_drop(struct message *m);		 /* one less; NULL is nothing */

#endif
