/* visitors: handlers of the area, and the decision which moves a visitor may make. */
#ifndef GH_VISITORS_H
#define GH_VISITORS_H

#include <stdbool.h>
#include "problem.h"

struct request;

int visitor_create(struct request *r);
int visitor_list(struct request *r);
int visitor_get(struct request *r);
int visitor_respond(struct request *r);
int visitor_cancel(struct request *r);
int visitor_expected(struct request *r);

int invitation_page(struct request *r);
int invitation_qr(struct request *r);

int visit_checkin(struct request *r);
int visit_checkout(struct request *r);
int visit_list(struct request *r);

int guard_list(struct request *r);
int guard_get(struct request *r);
int guard_create(struct request *r);
int guard_update(struct request *r);
int guard_delete(struct request *r);
int tablet_create(struct request *r);
int tablet_list(struct request *r);
int tablet_delete(struct request *r);

/* Sets base_url, which links in answers begin with. */
void visitor_base_url(struct request *r);

enum move { MOVE_RESPOND, MOVE_CANCEL, MOVE_CHECK_IN };

/* What is known of a visitor whose move was not made. */
struct visitor_state {
	const char *status;	    /* NULL: the actor sees no such visitor */
	const char *responder_name; /* NULL when nobody answered */
	const char *responded_at;
	bool late;    /* its approval_deadline has passed */
	bool lapsed;  /* its expires_at has passed */
	bool own;     /* the actor lives in its flat */
	bool guarded; /* the actor guards its gate */
	bool made;    /* the actor made it */
};

struct refusal {
	enum problem problem;
	const char *detail; /* borrowed from `text`, static, or NULL */
};

/* Why a move was refused. Pure: no clock, no I/O. `text` holds at least 256 bytes. */
struct refusal visitor_refusal(const struct visitor_state *s, enum move move, char text[256]);

#endif
