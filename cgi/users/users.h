/* users: handlers of the area. */
#ifndef GH_USERS_H
#define GH_USERS_H

struct request;

int role_list(struct request *r);
int role_give(struct request *r);
int role_take(struct request *r);

#endif
