/* listener: takes connections from the listening socket that the program was started with. */
#ifndef SSE_LISTENER_H
#define SSE_LISTENER_H

struct hub;
struct listener;

/* `fd` stays open: it belongs to whoever started us and to our successor. NULL with errno when it
 * is no listening socket. Caller frees. */
struct listener *listener_new(struct hub *hub, int fd);
/* Takes no more; what comes waits in the socket for the successor. */
void listener_stop(struct listener *s);
void listener_free(struct listener *s);

#endif
