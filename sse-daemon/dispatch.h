/* dispatch: a request that was read, to what it asks for. */
#ifndef SSE_DISPATCH_H
#define SSE_DISPATCH_H

#include "head.h"

struct conn;

/* `head` is borrowed for the call and means nothing unless `result` is HEAD_OK. */
void dispatch(struct conn *c, enum head_result result, const struct head *head);

#endif
