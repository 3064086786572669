/* serve: the main() of every area. */
#ifndef GH_SERVE_H
#define GH_SERVE_H

struct program;

/* --routes, --check, --version, --settings, --pool NAME; else serves: FastCGI children when fd 0 is
 * a listening socket, one request of plain CGI when it is not. */
int serve_main(const struct program *p, int argc, char **argv);

#endif
