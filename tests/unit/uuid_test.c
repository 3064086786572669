/* What uuid.h promises: ids that ascend, never repeat, and are read back strictly. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "times.h"
#include "uuid.h"

static void new_ids_are_version_7_of_the_rfc_variant(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		char id[UUID_TEXT], read[UUID_TEXT];
		uuid_new(id);
		assert_int_equal(strlen(id), 36);
		assert_true(uuid_parse(id, read));
		assert_string_equal(id, read); /* lower case */
		assert_int_equal(id[14], '7');
		assert_non_null(strchr("89ab", id[19]));
	}
}

static int64_t id_ms(const char *id)
{
	char digits[13];
	memcpy(digits, id, 8);
	memcpy(digits + 8, id + 9, 4);
	digits[12] = '\0';
	return (int64_t)strtoll(digits, NULL, 16);
}

static void they_carry_the_time_they_were_made_at(void **state)
{
	(void)state;
	char id[UUID_TEXT];
	int64_t before = times_now();
	uuid_new(id);
	int64_t after = times_now();
	assert_true(id_ms(id) >= before && id_ms(id) <= after);
}

static void they_ascend_strictly_also_within_a_millisecond(void **state)
{
	(void)state;
	char last[UUID_TEXT] = "";
	for (int i = 0; i < 200000; i++) {
		char id[UUID_TEXT];
		uuid_new(id);
		assert_true(strcmp(last, id) < 0);
		memcpy(last, id, sizeof last);
	}
}

/* Children that inherit the same state, in the same millisecond. */
static void a_fork_does_not_repeat_the_ids_of_its_parent(void **state)
{
	enum { CHILDREN = 8, EACH = 50 };
	static char ids[CHILDREN + 1][EACH][UUID_TEXT];
	(void)state;
	uuid_new(ids[0][0]); /* so that there is a state to inherit */
	for (int c = 1; c <= CHILDREN; c++) {
		int fds[2];
		assert_int_equal(pipe(fds), 0);
		pid_t pid = fork();
		if (pid == 0) {
			for (int i = 0; i < EACH; i++)
				uuid_new(ids[c][i]);
			_exit(write(fds[1], ids[c], sizeof ids[c]) != sizeof ids[c]);
		}
		assert_int_equal(read(fds[0], ids[c], sizeof ids[c]), sizeof ids[c]);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		close(fds[0]);
		close(fds[1]);
	}
	for (int i = 0; i < EACH; i++)
		uuid_new(ids[0][i]);
	const char(*flat)[UUID_TEXT] = &ids[0][0];
	for (int i = 0; i < (CHILDREN + 1) * EACH; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(flat[i], flat[k]);
}

static void any_rfc_9562_text_is_read_and_nothing_else(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{"11111111-1111-1111-1111-111111111111", "11111111-1111-1111-1111-111111111111"},
		{"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
		{"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
		{"018F4E9A-7b3c-7DEF-8123-456789abCDEF", "018f4e9a-7b3c-7def-8123-456789abcdef"},
		{"", NULL},
		{"11111111-1111-1111-1111-11111111111", NULL},
		{"11111111-1111-1111-1111-1111111111111", NULL},
		{"11111111111111111111111111111111", NULL},
		{"{11111111-1111-1111-1111-111111111111}", NULL},
		{"urn:uuid:11111111-1111-1111-1111-111111111111", NULL},
		{" 11111111-1111-1111-1111-11111111111", NULL},
		{"11111111-1111-1111-1111-111111111111 ", NULL},
		{"11111111-1111-1111-1111-11111111111\n", NULL},
		{"1111111-11111-1111-1111-111111111111", NULL},
		{"11111111-1111-1111-11111-11111111111", NULL},
		{"11111111_1111_1111_1111_111111111111", NULL},
		{"1111111g-1111-1111-1111-111111111111", NULL},
		{"1111111--1111-1111-1111-111111111111", NULL},
		{"------------------------------------", NULL},
		{"11111111-1111-1111-1111-1111111111\xc3\xa9", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[UUID_TEXT] = "untouched";
		bool read = uuid_parse(rows[i].in, out);
		row_holds(read == (rows[i].out != NULL), rows[i].in);
		row_holds(!strcmp(out, read ? rows[i].out : "untouched"), rows[i].in);
		row_holds(uuid_parse(rows[i].in, NULL) == read, rows[i].in);
	}
}

static void a_text_may_be_read_into_itself(void **state)
{
	(void)state;
	char id[UUID_TEXT] = "ABCDEF01-1111-1111-1111-111111111111";
	assert_true(uuid_parse(id, id));
	assert_string_equal(id, "abcdef01-1111-1111-1111-111111111111");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_ids_are_version_7_of_the_rfc_variant),
		cmocka_unit_test(they_carry_the_time_they_were_made_at),
		cmocka_unit_test(they_ascend_strictly_also_within_a_millisecond),
		cmocka_unit_test(a_fork_does_not_repeat_the_ids_of_its_parent),
		cmocka_unit_test(any_rfc_9562_text_is_read_and_nothing_else),
		cmocka_unit_test(a_text_may_be_read_into_itself),
	};
	return RUN_TESTS(tests);
}
