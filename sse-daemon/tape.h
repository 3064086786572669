/* tape: reads the tape from Redis into the hub, and says on Redis that it does.
 *
 * Two connections: one is told of events as they are published, the other reads the tape. Only the
 * next number in line is taken from what is published; for anything else (a hole, a tick that says
 * more, a reconnect, another epoch, a tape that begins) the tape is read from the ring's last on.
 * It is also read once a second, whatever is heard, so a message that got lost costs a second at
 * most. Redis may be away or emptied: the ring stays, and the rebuilt tape's older numbers are
 * known. */
#ifndef SSE_TAPE_H
#define SSE_TAPE_H

struct hub;
struct redis_url;
struct tape;

/* Begins to connect. All borrowed; caller frees. */
struct tape *tape_new(struct hub *hub, const struct redis_url *address);
void tape_free(struct tape *t);

#endif
