/* stream: one text/event-stream: established, replayed, live, ended with a word. */
#ifndef SSE_STREAM_H
#define SSE_STREAM_H

struct ask;
struct conn;

/* Answers a request that was read with a stream. `a` is borrowed for the call. */
void stream_begin(struct conn *c, const struct ask *a);

#endif
