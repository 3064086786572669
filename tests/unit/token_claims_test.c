/* What token.h promises about the contents of access tokens: rightly signed, they are still refused
 * unless header and claims are exactly of the kind we write. */
#include "unit.h"

#include <string.h>

#include "jwt.h"

static void a_header_is_what_we_write_or_the_token_is_forged(void **state)
{
	const char *current = kid_of(CURRENT), *previous = kid_of(PREVIOUS);
	const struct {
		const char *format; /* %s: a key id */
		const char *kid;
		bool accepted;
	} rows[] = {
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, true},
		{"{\"typ\":\"jwt\", \"kid\":\"%s\", \"alg\":\"HS256\"}", current, true},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"}", current, true},
		{"{\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"None\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"hs256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS512\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256 \",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\\u0000\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":[\"HS256\"],\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":null,\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"Alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"alg\":\"HS256\",\"kid\":\"%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", "00000000", false},
		{"{\"alg\":\"HS256\",\"kid\":\"%.7s\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s0\",\"typ\":\"JWT\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"../../dev/null%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"' or '1'='1%s\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":null,\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":0,\"typ\":\"JWT\"}", "", false},
		{"{\"alg\":\"HS256\",\"kid\":[\"%s\"]}", current, false},
		/* the other key's id: no key is tried that the header does not name */
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", previous, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWE\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":null}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"crit\":[\"exp\"]}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"b64\":false,\"crit\":[\"b64\"]}", current,
			false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"jku\":\"https://evil.example/\"}", current,
			false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"jwk\":{\"kty\":\"oct\"}}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\",\"zip\":\"DEF\"}", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"}x", current, false},
		{"{\"alg\":\"HS256\",\"kid\":\"%s\"", current, false},
		{"[\"HS256\",\"%s\"]", current, false},
		{"\"HS256%s\"", current, false},
		{"null", "", false},
		{"{}", "", false},
		{"not json", "", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool named = strstr(rows[i].format, "%") != NULL;
		const char *header = rows[i].format;
		if (named) {
			/* replace the one %s, %.7s by hand: the formats are data */
			const char *at = strchr(header, '%'), *end = strchr(at, 's');
			int cut = end - at > 1 ? 7 : 8;
			header = arena_printf(a, "%.*s%.*s%s", (int)(at - header), header, cut,
				rows[i].kid, end + 1);
		}
		row_holds((verify(forge(header, PAYLOAD, CURRENT)) == TOKEN_OK) == rows[i].accepted,
			header);
	}
}

static void claims_are_complete_typed_and_single(void **state)
{
	static const struct {
		const char *payload;
		enum token_result result;
	} rows[] = {
		{"{" WHO "," WHEN "}", TOKEN_OK},
		{"{" WHO "," WHEN ",\"later\":{\"a\":[1]}}", TOKEN_OK},
		{" {" WHO " , " WHEN " } ", TOKEN_OK},
		{"{" WHO ",\"iat\":1799999000,\"exp\":1799999900}", TOKEN_EXPIRED},
		{"{}", TOKEN_FORGED},
		{"[]", TOKEN_FORGED},
		{"null", TOKEN_FORGED},
		{"", TOKEN_FORGED},
		{"{" WHO "," WHEN "}x", TOKEN_FORGED},
		{"{" WHO "," WHEN "}{}", TOKEN_FORGED},
		{"{" WHO "," WHEN, TOKEN_FORGED},
		{"{" WHO "," WHEN ",}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"sub\":\"" SID "\"}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"s\\u0075b\":\"" SID "\"}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"exp\":1900000000}", TOKEN_FORGED},
		{"{" WHO "," WHEN ",\"later\":1,\"later\":2}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000}", TOKEN_FORGED},
		{"{" WHO ",\"exp\":1800000900}", TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\",\"sid\":\"" SID "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":\"admin\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":\"" SUB "0\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":\"" SUB "\\u0000\",\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":1,\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{\"sub\":[\"" SUB "\"],\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}",
			TOKEN_FORGED},
		{"{\"sub\":null,\"sid\":\"" SID "\",\"jti\":\"" JTI "\"," WHEN "}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":\"1800000000\",\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":\"1800000900\"}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1800000900.0}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1.8e9}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1e999}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":true}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":null}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":253402300799}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000000,\"exp\":253402300800}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":9223372036854775807}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":9223372036854775808}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":99999999999999999999999999}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":-9223372036854775808,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":-1,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":0,\"exp\":1800000900}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000000,\"exp\":-1}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":01800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000060,\"exp\":1800000900}", TOKEN_OK},
		{"{" WHO ",\"iat\":1800000061,\"exp\":1800000900}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000000,\"exp\":1800000000}", TOKEN_FORGED},
		{"{" WHO ",\"iat\":1800000001,\"exp\":1800000000}", TOKEN_FORGED},
	};
	(void)state;
	char *header = good_header();
	for (size_t i = 0; i < COUNT(rows); i++)
		row_holds(verify(forge(header, rows[i].payload, CURRENT)) == rows[i].result,
			rows[i].payload);
}

int main(void)
{
#define CLAIMS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CLAIMS_TEST(a_header_is_what_we_write_or_the_token_is_forged),
		CLAIMS_TEST(claims_are_complete_typed_and_single),
	};
	return RUN_TESTS(tests);
}
