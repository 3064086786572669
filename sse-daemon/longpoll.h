/* longpoll: a subscription that ends with its first batch. */
#ifndef SSE_LONGPOLL_H
#define SSE_LONGPOLL_H

struct ask;
struct conn;

/* Answers a request that was read: {"events":[…],"last":"<id>"}, at once or when there is something
 * after its cursor or its time is up. `a` is borrowed for the call. */
void longpoll_begin(struct conn *c, const struct ask *a);

#endif
