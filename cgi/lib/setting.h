/* setting: configuration from environment variables, one table for all programs.
 *
 * Every value is read and checked at start; a bad one stops the program and is named. NAME_FILE
 * gives a secret from a file (trailing newline cut). `--settings` prints the table, from which the
 * README's is made. A test may setenv() and call setting_load() again. */
#ifndef GH_SETTING_H
#define GH_SETTING_H

#include <stdbool.h>

enum setting_type { SETTING_TEXT, SETTING_SECRET, SETTING_NUMBER, SETTING_CHOICE };

/* name, aliases (space-separated), type, default, least, most (of a number; least also the bytes of
 * a secret that is given), choices (space-separated), what it is for. What has no default must be
 * given. An empty variable counts as unset, but for a text. */
#define SETTINGS(X) \
	X(APP_ENV, "NODE_ENV", CHOICE, "production", 0, 0, "production development test", \
		"development shows details of internal errors") \
	X(DATABASE_URL, "POSTGRES_URI", TEXT, "postgresql:///gatehouse", 0, 0, "", \
		"libpq URL; each program connects as its own role gh_<program> unless it names a " \
		"user") \
	X(REDIS_URL, "REDIS_URI", TEXT, "redis://127.0.0.1:6379", 0, 0, "", \
		"redis://host:port/db or unix:///path") \
	X(JWT_SECRET, "", SECRET, NULL, 32, 0, "", "signs access tokens; at least 32 bytes") \
	X(JWT_SECRET_PREVIOUS, "", SECRET, "", 32, 0, "", \
		"still verifies, while a secret is rotated") \
	X(AUDIT_KEY, "", SECRET, "", 0, 0, "", \
		"seals the audit; kept apart from the database, never changed; empty: nothing is " \
		"sealed") \
	X(ACCESS_TOKEN_TTL, "", NUMBER, "900", 5, 86400, "", "seconds an access token lasts") \
	X(REFRESH_TOKEN_TTL, "", NUMBER, "604800", 60, 31536000, "", \
		"seconds a refresh token lasts") \
	X(PASSWORD_COST, "", NUMBER, "15", 10, 20, "", "log2 of scrypt's N") \
	X(LOG_LEVEL, "", CHOICE, "info", 0, 0, "debug info warn error", "least level logged") \
	X(ALLOWED_ORIGINS, "CORS_ORIGIN", TEXT, "", 0, 0, "", \
		"origins that may call the API, comma-separated, exact") \
	X(TRUSTED_PROXIES, "", TEXT, "", 0, 0, "", \
		"addresses or networks whose X-Forwarded-For counts") \
	X(PUBLIC_URL, "", TEXT, "", 0, 0, "", "address that links in messages begin with") \
	X(MAX_REQUEST_SIZE, "", NUMBER, "65536", 1024, 16777216, "", "bytes of a request body") \
	X(AUTH_RATE_LIMIT, "", NUMBER, "5", 0, 1000000, "", \
		"sign-ins a minute per address and account; 0 turns it off") \
	X(AUTH_FAILURE_LIMIT, "", NUMBER, "50", 0, 1000000, "", \
		"failed sign-ins a minute per address") \
	X(GENERAL_RATE_LIMIT, "", NUMBER, "100", 0, 1000000, "", \
		"calls without credentials per 15 minutes and address") \
	X(DEVICE_RATE_LIMIT, "", NUMBER, "100", 0, 1000000, "", "calls a minute per user") \
	X(USER_RATE_BURST, "", NUMBER, "200", 0, 1000000, "", \
		"added to DEVICE_RATE_LIMIT for users' pages") \
	X(ANALYTICS_RATE_LIMIT, "", NUMBER, "50", 0, 1000000, "", \
		"analytics calls a minute per user") \
	X(EXPORT_RATE_LIMIT, "", NUMBER, "10", 0, 1000000, "", "exports an hour per user") \
	X(INGEST_RATE_LIMIT, "", NUMBER, "120", 0, 1000000, "", \
		"reading calls a minute per device") \
	X(LOGIN_MAX_FAILURES, "", NUMBER, "5", 1, 1000, "", \
		"failed sign-ins in 15 minutes that lock an account for 15") \
	X(VISITOR_TIMEOUT, "", NUMBER, "600", 1, 86400, "", \
		"seconds a visitor waits for an answer") \
	X(STREAM_RETENTION, "", NUMBER, "86400", 60, 2592000, "", \
		"seconds of events that can be replayed") \
	X(STREAM_KEEPALIVE, "", NUMBER, "15", 1, 300, "", \
		"seconds between keep-alives of a stream") \
	X(STREAM_QUEUE, "", NUMBER, "262144", 4096, 67108864, "", \
		"bytes a slow stream may owe before it is cut") \
	X(STREAM_MAX, "", NUMBER, "15000", 1, 20000, "", "streams a push process takes") \
	X(CHILDREN, "", NUMBER, "4", 1, 64, "", "serving processes of an area") \
	X(LOGIN_CHILDREN, "", NUMBER, "2", 1, 64, "", "serving processes that hash passwords") \
	X(REQUEST_GRACE, "", NUMBER, "5000", 100, 60000, "", \
		"milliseconds a process gets to finish") \
	X(METRICS_ALLOW, "", TEXT, "127.0.0.1,::1", 0, 0, "", \
		"addresses that may read /metrics without an admin's token, comma-separated") \
	X(GATEHOUSE_RUN, "", TEXT, "/run/gatehouse", 0, 0, "", "folder of the sockets")

enum setting {
#define SETTING_ENUM(name, ...) name,
	SETTINGS(SETTING_ENUM)
#undef SETTING_ENUM
		SETTING_COUNT
};

/* Reads the environment. NULL, or the sentence that names what is wrong (static). */
const char *setting_load(void);
const char *setting_text(enum setting s); /* static until the next load; "" when empty */
long setting_number(enum setting s);
bool setting_is(enum setting s, const char *value);
/* The value of the setting with this name, or NULL when there is none: for statements, which name
 * settings in capitals. */
const char *setting_named(const char *name);
/* Prints the table as a JSON array [{name,aliases,type,default,what}] on stdout, with
 * least and most of numbers and the choices. */
void setting_print(void);

#endif
