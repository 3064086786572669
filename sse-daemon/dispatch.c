/* dispatch: streams, polls and the numbers. */
#include "dispatch.h"

#include <inttypes.h>

#include "arena.h"
#include "ask.h"
#include "buf.h"
#include "conn.h"
#include "hub.h"
#include "log.h"
#include "longpoll.h"
#include "reply.h"
#include "ring.h"
#include "stream.h"
#include "topics.h"

static void stats(struct conn *c, const struct ask *a)
{
	struct hub *h = c->hub;
	struct cursor_tape t = hub_tape(h);
	char last[CURSOR_TEXT];
	cursor_format((struct cursor){t.epoch, t.last}, last);
	struct buf b;
	buf_init(&b, h->scratch);
	put_open(&b, NULL, '{');
	put_number(&b, "connections", (long long)hub_streams(h));
	put_number(&b, "topics", (long long)topics_count(h->topics));
	put_number(&b, "delivered", (long long)h->delivered);
	put_number(&b, "cuts", (long long)h->cuts);
	put_number(&b, "replays", (long long)h->replays);
	put_number(&b, "gaps", (long long)h->gaps);
	put_number(&b, "resets", (long long)h->resets);
	if (h->lag >= 0)
		put_number(&b, "lag", h->lag);
	else
		put_raw(&b, "lag", "null");
	put_number(&b, "epoch", (long long)t.epoch);
	put_string(&b, "last", t.epoch ? last : NULL);
	put_number(&b, "ring", t.begun ? (long long)(t.last + 1 - t.first) : 0);
	put_number(&b, "ringBytes", (long long)ring_bytes(h->ring));
	put_bool(&b, "settled", h->settled);
	put_close(&b, '}');
	reply_send(c, &(struct reply){
			      .status = "200 OK",
			      .type = "application/json",
			      .request_id = a->request_id,
			      .fields = "",
			      .body = b.data,
			      .length = b.len,
		      });
}

void dispatch(struct conn *c, enum head_result result, const struct head *head)
{
	struct ask a;
	int refused = result == HEAD_OK ? ask_parse(head, &a) : result == HEAD_LARGE ? 431 : 400;
	if (refused) {
		log_say(LOG_WARN, "refused a request with %d", refused);
		reply_problem(c, refused, result == HEAD_OK ? a.request_id : "");
		return;
	}
	switch (a.what) {
	case ASK_STREAM:
		stream_begin(c, &a);
		break;
	case ASK_POLL:
		longpoll_begin(c, &a);
		break;
	case ASK_STATS:
		stats(c, &a);
		break;
	}
}
