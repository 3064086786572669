/* whole_answer: what must be true of whatever a program answers and logs. Part of whole.h. */
#ifndef GH_FUZZ_WHOLE_ANSWER_H
#define GH_FUZZ_WHOLE_ANSWER_H

/* Standard error goes into a file in memory while a request runs, but for what the sanitizers say.
 */
static int whole_log_file = -1, whole_log_kept;

static void whole_log_begin(void)
{
	if (whole_log_file < 0) {
		whole_log_file = memfd_create("log", 0);
		whole_log_kept = dup(STDERR_FILENO);
		HOLDS(whole_log_file >= 0 && whole_log_kept >= 0);
		/* NOLINTNEXTLINE: the interface wants a number as a pointer */
		__sanitizer_set_report_fd((void *)(intptr_t)whole_log_kept);
	}
	HOLDS(ftruncate(whole_log_file, 0) == 0 && lseek(whole_log_file, 0, SEEK_SET) == 0);
	dup2(whole_log_file, STDERR_FILENO);
}

static char *whole_log_end(void)
{
	off_t n = lseek(whole_log_file, 0, SEEK_END);
	char *text = arena_alloc(whole.arena, (size_t)n + 1);

	dup2(whole_log_kept, STDERR_FILENO);
	HOLDS(pread(whole_log_file, text, (size_t)n, 0) == n);
	return text;
}

/* No line has the token's signature, unless nginx takes it for an address. */
static void whole_hides_the_token(const char *line)
{
	const char *ip = whole_variable("REMOTE_ADDR"), *secret = whole.token;

	if (secret) {
		secret += strlen(secret) - 20;
		HOLDS(!strstr(line, secret) || (ip && strstr(ip, secret)));
	}
}

/* Every line is one object of its own, whatever was in the request; the last is about the request.
 */
static json_t *whole_log_holds(char *log)
{
	json_t *last = NULL;
	char *line;

	while ((line = strsep(&log, "\n")) && log) {
		json_decref(last);
		last = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		HOLDS(json_is_object(last));
		HOLDS(json_string_value(json_object_get(last, "level")));
		whole_hides_the_token(line);
	}
	HOLDS(line && !*line); /* the last line is whole too */
	HOLDS(!strcmp(json_string_value(json_object_get(last, "event")), "request"));
	return last;
}

/* The header's value, or NULL; a header stands once, but for cookies. */
static const char *whole_answered(const char *name)
{
	const char *found = NULL, *s = whole.answer.data;
	size_t n = strlen(name);

	for (; strncmp(s, "\r\n", 2) != 0; s = strstr(s, "\r\n") + 2) {
		if (strncasecmp(s, name, n) != 0 || s[n] != ':')
			continue;
		HOLDS(!found || !strcmp(name, "Set-Cookie"));
		found = arena_strndup(whole.arena, s + n + 2, strcspn(s + n + 2, "\r"));
	}
	return found;
}

/* Lines of a name, a colon, a blank and a value without controls; then the body. Its begin. */
static const char *whole_head_holds(void)
{
	const char *s = whole.answer.data, *end;

	HOLDS(strlen(s) == whole.answer.len || strstr(s, "\r\n\r\n"));
	for (; strncmp(s, "\r\n", 2) != 0; s = end + 2) {
		size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

		end = strstr(s, "\r\n");
		HOLDS(end && n > 0 && strncmp(s + n, ": ", 2) == 0);
		for (const char *c = s; c < end; c++)
			HOLDS((unsigned char)*c >= ' ' && *c != 0x7f);
		whole_answered(arena_strndup(whole.arena, s, n));
	}
	return s + 2;
}

static void whole_problem_holds(json_t *body, int status)
{
	json_t *errors = json_object_get(body, "errors");

	HOLDS(status >= 400 && json_integer_value(json_object_get(body, "status")) == status);
	HOLDS(json_string_length(json_object_get(body, "title")) > 0);
	HOLDS(json_string_length(json_object_get(body, "code")) > 0);
	HOLDS(!strcmp(json_string_value(json_object_get(body, "instance")),
		whole_answered("X-Request-Id")));
	HOLDS(!errors || json_array_size(errors) > 0);
	for (size_t i = 0; i < json_array_size(errors); i++) {
		HOLDS(json_string_value(json_object_get(json_array_get(errors, i), "field")));
		HOLDS(json_string_length(json_object_get(json_array_get(errors, i), "message")));
	}
}

static void whole_body_holds(int status, const char *body, size_t n)
{
	const char *method = whole_variable("REQUEST_METHOD");
	const char *type = whole_answered("Content-Type");
	const char *length = whole_answered("Content-Length");
	json_t *json;

	HOLDS((status == 204 || status == 304) == !length);
	if ((method && !strcmp(method, "HEAD")) || !length) {
		HOLDS(n == 0);
		return;
	}
	HOLDS(strtoul(length, NULL, 10) == n && utf8_valid(body, n) && strlen(body) == n);
	if (!type || strncmp(type, "application/", 12) != 0)
		return;
	json = json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL);
	HOLDS(json_is_object(json));
	if (!strcmp(type, "application/problem+json"))
		whole_problem_holds(json, status);
	json_decref(json);
}

static void whole_answer_holds(char *log)
{
	const char *body = whole_head_holds(), *given = whole_variable("HTTP_X_REQUEST_ID");
	const char *id = whole_answered("X-Request-Id");
	size_t n = whole.answer.len - (size_t)(body - whole.answer.data);
	int status = atoi(whole_answered("Status"));
	json_t *line = whole_log_holds(log);
	char parsed[UUID_TEXT];

	HOLDS(status >= 200 && status <= 503);
	HOLDS(id && uuid_parse(id, parsed) && !strcmp(id, parsed));
	HOLDS(!given || !uuid_parse(given, parsed) || !strcmp(id, parsed));
	HOLDS(whole_answered("Cache-Control"));
	HOLDS((status == 401) == (whole_answered("WWW-Authenticate") != NULL));
	HOLDS((status == 405) == (whole_answered("Allow") != NULL));
	HOLDS(status != 429 || whole_answered("Retry-After"));
	HOLDS(json_integer_value(json_object_get(line, "status")) == status);
	/* Nobody is somebody without a token that we signed. */
	HOLDS(whole.signed_in || json_is_null(json_object_get(line, "user")));
	json_decref(line);
	whole_body_holds(status, body, n);
}

#endif
