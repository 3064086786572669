/* problem: every refusal there is, in one table (RFC 9457 problem details).
 *
 * A handler names a problem; status, code and title come from here and nowhere else. */
#ifndef GH_PROBLEM_H
#define GH_PROBLEM_H

#define PROBLEMS(X) \
	X(MALFORMED_JSON, 400, "malformed_json", "The body is not valid JSON") \
	X(BAD_REQUEST, 400, "bad_request", "The request is malformed") \
	X(UNAUTHENTICATED, 401, "unauthenticated", "Sign in first") \
	X(TOKEN_IS_EXPIRED, 401, "token_expired", "The access token has expired") \
	X(TOKEN_REVOKED, 401, "token_revoked", "The session has ended") \
	X(TOKEN_REUSED, 401, "token_reused", "The refresh token was used before") \
	X(INVALID_CREDENTIALS, 401, "invalid_credentials", "These credentials are not right") \
	X(FORBIDDEN, 403, "forbidden", "Not allowed") \
	X(CSRF_FAILED, 403, "csrf_failed", "The X-CSRF-Token header is missing or wrong") \
	X(NOT_FOUND, 404, "not_found", "There is no such thing") \
	X(METHOD_NOT_ALLOWED, 405, "method_not_allowed", "The method is not allowed here") \
	X(CONFLICT, 409, "conflict", "It conflicts with what is already there") \
	X(IDEMPOTENCY_IN_PROGRESS, 409, "idempotency_in_progress", \
		"The first request with this key is still running") \
	X(TOO_LARGE, 413, "payload_too_large", "The body is too large") \
	X(UNSUPPORTED_TYPE, 415, "unsupported_media_type", "Send application/json") \
	X(VALIDATION_FAILED, 422, "validation_failed", "Some fields are not valid") \
	X(IDEMPOTENCY_KEY_REUSED, 422, "idempotency_key_reused", \
		"The idempotency key was used for another request") \
	X(ACCOUNT_LOCKED, 423, "account_locked", "Too many failed attempts") \
	X(RATE_LIMITED, 429, "rate_limited", "Too many requests") \
	X(INTERNAL, 500, "internal", "Something went wrong on our side") \
	X(UNAVAILABLE, 503, "unavailable", "The service is briefly unavailable")

enum problem {
#define PROBLEM_ENUM(name, ...) PROBLEM_##name,
	PROBLEMS(PROBLEM_ENUM)
#undef PROBLEM_ENUM
		PROBLEM_COUNT
};

struct problem_row {
	int status;
	const char *code, *title; /* static */
};

extern const struct problem_row problems[PROBLEM_COUNT];

struct request;

/* Makes the answer of `r` this problem; `format` (NULL for none) is the detail, a sentence for the
 * person. Returns -1, so that a handler may `return refuse(…)`. */
int refuse(struct request *r, enum problem p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with Retry-After: `seconds`. */
int refuse_for(struct request *r, enum problem p, long seconds, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Collects a bad field; the answer becomes 422 with all that were collected, until they are several
 * times what any table has. Returns -1. */
int refuse_field(struct request *r, const char *field, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
