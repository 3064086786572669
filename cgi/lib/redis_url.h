/* redis_url: where Redis is, read from REDIS_URL in one way by all programs. */
#ifndef GH_REDIS_URL_H
#define GH_REDIS_URL_H

struct redis_url {
	char path[108]; /* sun_path; "": TCP */
	char host[256]; /* a name or an address, without brackets */
	int port;
	char user[128], password[512]; /* "" for none */
	char db[8];		       /* "" for the first */
};

/* redis://[[user]:password@]host[:port][/db], unix:///path, or unix:/path; an IPv6 address stands
 * in brackets; user and password may be percent-encoded. 0, or -1 for anything else, and then *out
 * is empty. */
int redis_url_parse(const char *url, struct redis_url *out);

#endif
