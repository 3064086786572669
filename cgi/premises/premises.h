/* premises: handlers of the area that are more than one statement. */
#ifndef GH_PREMISES_H
#define GH_PREMISES_H

struct request;

int resident_request_create(struct request *r);
int resident_request_list(struct request *r);
int resident_request_approve(struct request *r);
int resident_request_reject(struct request *r);

#endif
