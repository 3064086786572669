/* log: one JSON object a line on stderr, written with a single write(2).
 *
 * What it refuses: it never gets a token, a password or a whole phone number. log_phone() masks
 * one. Values are escaped by the JSON writer, so no input can forge a line. */
#ifndef GH_LOG_H
#define GH_LOG_H

#include <stdbool.h>

struct arena;

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* `program` is borrowed for good. Lines below `least` are not written. */
void log_open(const char *program, enum log_level least);
/* {"time","level","program","pid","message"} */
void log_say(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with "event" first and members of already-made JSON (`,"key":value…` or ""): request
 * lines, security events. */
void log_event(enum log_level level, const char *event, const char *members);
/* "+919812345678" -> "+91••••••5678" style mask: the last 4 digits stay. Arena. */
char *log_phone(struct arena *a, const char *phone);

#endif
