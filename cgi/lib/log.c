/* log: each line is built in an arena of its own and written at once, so lines of several processes
 * on one file do not mix. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "times.h"

static const char *log_program = "gatehouse";
static enum log_level log_least = LOG_INFO;
static struct arena *log_arena;

void log_open(const char *program, enum log_level least)
{
	log_program = program;
	log_least = least;
}

static void line_begin(struct buf *b, enum log_level level, const char *event)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	char now[TIMES_TEXT];
	times_format(times_now(), now);
	if (!log_arena)
		log_arena = arena_new(4096);
	buf_init(b, log_arena);
	put_open(b, NULL, '{');
	if (event)
		put_string(b, "event", event);
	put_string(b, "time", now);
	put_string(b, "level", names[level]);
	put_string(b, "program", log_program);
	put_number(b, "pid", getpid());
}

static void line_end(struct buf *b)
{
	put_close(b, '}');
	/* JSON made elsewhere may hold line ends between its tokens; inside strings they are
	 * escaped. */
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] == '\n' || b->data[i] == '\r')
			b->data[i] = ' ';
	buf_put(b, "\n", 1);
	const char *from = b->data;
	size_t left = b->len;
	while (left) {
		ssize_t n = write(STDERR_FILENO, from, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* there is nowhere left to complain to */
		from += n;
		left -= (size_t)n;
	}
	arena_reset(log_arena);
}

void log_say(enum log_level level, const char *format, ...)
{
	if (level < log_least)
		return;
	int saved = errno; /* so that a caller may log first and look at errno then */
	struct buf b;
	va_list ap;
	line_begin(&b, level, NULL);
	va_start(ap, format);
	put_string(&b, "message", arena_vprintf(log_arena, format, ap));
	va_end(ap);
	line_end(&b);
	errno = saved;
}

void log_event(enum log_level level, const char *event, const char *members)
{
	if (level < log_least)
		return;
	int saved = errno;
	struct buf b;
	line_begin(&b, level, event);
	buf_puts(&b, members);
	line_end(&b);
	errno = saved;
}

char *log_phone(struct arena *a, const char *phone)
{
	struct buf digits, out;
	buf_init(&digits, a);
	buf_init(&out, a);
	for (const char *p = phone; *p; p++)
		if (*p >= '0' && *p <= '9')
			buf_put(&digits, p, 1);
	/* Of a short number the last four digits are nearly all of it, and of a national one the
	 * first two are no country code. */
	size_t n = digits.len;
	size_t tail = n >= 8 ? 4 : 0, head = *phone == '+' && n >= 10 ? 2 : 0;
	if (head)
		buf_puts(&out, "+");
	buf_put(&out, digits.data, head);
	for (size_t i = head; i < n - tail; i++)
		buf_puts(&out, "•");
	buf_put(&out, digits.data + n - tail, tail);
	return out.data;
}
