/* idempotency: the same POST twice does its work once.
 *
 * The key's row is inserted first, in the transaction of the change, and the answer stored in it
 * last; a concurrent duplicate waits for the row at most lock_timeout. Answers are sealed with a
 * key derived from the client's key and the server's secret, since they may hold tokens. Kept for
 * 24 hours. */
#ifndef GH_IDEMPOTENCY_H
#define GH_IDEMPOTENCY_H

struct request;
struct statement;

/* Reads the key of a route that CREATES. 0, or -1 with the problem answered. */
int idempotency_read(struct request *r);
/* The key is known: answers the first answer again, or says that key or body do not fit. */
int idempotency_replay(struct request *r);
/* The statement that stores the answer, to go with the commit; NULL without a key. */
const struct statement *idempotency_store(struct request *r);

#endif
