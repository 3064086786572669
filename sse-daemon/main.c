/* sse-daemon: the push daemon. Settings, signals, start and end; see DESIGN.md.
 *
 * SIGTERM and SIGINT drain: everyone is told, and the process ends when all is sent, at the latest
 * after DRAIN_MS. A SIGHUP is nothing. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "hub.h"
#include "listener.h"
#include "log.h"
#include "loop.h"
#include "redis_url.h"
#include "setting.h"
#include "tape.h"
#include "version.h"

enum { DRAIN_MS = 1500, DRAIN_LOOK_MS = 10 };

struct daemon {
	struct loop *loop;
	struct hub *hub;
	struct tape *tape;
	struct listener *listener;
	struct loop_source signals;
	struct loop_timer drained;
	int64_t drained_by;
};

static enum log_level level(void)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	enum log_level l = LOG_DEBUG;
	while (l < LOG_ERROR && !setting_is(LOG_LEVEL, names[l]))
		l++;
	return l;
}

static void look_drained(struct loop_timer *t)
{
	struct daemon *d = LOOP_OWNER(t, struct daemon, drained);
	size_t left = 0;
	for (int i = 0; i < CONN_CLOSED; i++)
		left += d->hub->counts[i];
	if (!left || loop_now(d->loop) >= d->drained_by)
		loop_stop(d->loop);
	else
		loop_set(d->loop, t, loop_now(d->loop) + DRAIN_LOOK_MS);
}

static void signalled(struct loop_source *s, uint32_t events)
{
	struct daemon *d = LOOP_OWNER(s, struct daemon, signals);
	struct signalfd_siginfo info;
	(void)events;
	if (read(s->fd, &info, sizeof info) != sizeof info || d->hub->draining)
		return;
	log_say(LOG_INFO, "draining %zu streams", hub_streams(d->hub));
	listener_stop(d->listener);
	hub_drain(d->hub);
	d->drained_by = loop_now(d->loop) + DRAIN_MS;
	loop_set(d->loop, &d->drained, loop_now(d->loop));
}

static int take_signals(struct daemon *d)
{
	sigset_t set;
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	d->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	d->signals.ready = signalled;
	return d->signals.fd < 0 ? -1 : loop_add(d->loop, &d->signals, EPOLLIN);
}

/* Every stream is an open file. */
static void allow_files(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r))
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_cur != RLIM_INFINITY && r.rlim_cur < (rlim_t)setting_number(STREAM_MAX) + 64)
		log_say(LOG_WARN, "only %ju files may be open, STREAM_MAX is %ld",
			(uintmax_t)r.rlim_cur, setting_number(STREAM_MAX));
}

static int serve(const struct redis_url *redis)
{
	struct daemon d = {.drained.expire = look_drained};
	int result = EXIT_FAILURE;
	d.loop = loop_new();
	if (!d.loop) {
		log_say(LOG_ERROR, "epoll: %s", strerror(errno));
		return result;
	}
	d.hub = hub_new(d.loop, &(struct hub_limits){
					.keepalive = setting_number(STREAM_KEEPALIVE) * 1000,
					.retention = setting_number(STREAM_RETENTION) * 1000,
					.queue = (size_t)setting_number(STREAM_QUEUE),
					.streams = (size_t)setting_number(STREAM_MAX),
				});
	d.listener = listener_new(d.hub, STDIN_FILENO);
	if (!d.listener) {
		log_say(LOG_ERROR, "fd 0 must be a listening socket: %s", strerror(errno));
		goto out_hub;
	}
	if (take_signals(&d)) {
		log_say(LOG_ERROR, "signals: %s", strerror(errno));
		goto out_listener;
	}
	d.tape = tape_new(d.hub, redis);
	log_say(LOG_INFO, "serving, version %s", version_text());
	loop_run(d.loop);
	log_say(LOG_INFO, "ended");
	tape_free(d.tape);
	close(loop_remove(d.loop, &d.signals));
	result = EXIT_SUCCESS;
out_listener:
	listener_free(d.listener);
out_hub:
	hub_free(d.hub);
	loop_free(d.loop);
	return result;
}

static int usage(void)
{
	fputs("usage: sse-daemon [--check | --routes | --settings | --version]\n"
	      "Serves on the listening socket that is its standard input.\n",
		stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct redis_url redis;
	const char *option = argc == 2 ? argv[1] : "";
	if (argc > 2 || (argc == 2 && strncmp(option, "--", 2)))
		return usage();
	if (!strcmp(option, "--version"))
		return puts(version_text()) < 0;
	if (!strcmp(option, "--routes")) /* its paths are cgi/auth's */
		return puts("[]") < 0;
	log_open("sse-daemon", LOG_INFO);
	const char *bad = setting_load();
	if (!bad && redis_url_parse(setting_text(REDIS_URL), &redis))
		bad = "REDIS_URL must be redis://[:password@]host[:port][/db] or unix:///path";
	if (bad) {
		log_say(LOG_ERROR, "%s", bad);
		return EXIT_FAILURE;
	}
	log_open("sse-daemon", level());
	if (!strcmp(option, "--settings"))
		setting_print();
	else if (!*option) {
		/* No core holds what people are told. */
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		allow_files();
		return serve(&redis);
	} else if (strcmp(option, "--check"))
		return usage();
	return EXIT_SUCCESS;
}
