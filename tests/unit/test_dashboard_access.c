#include "analyzer/dashboard/own_names.h"
#include "analyzer/dashboard/token.h"

#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/check_main.h"

START_TEST(a_token_is_itself_alone)
{
	struct token token, other;
	struct errbuf err;
	char text[TOKEN_CHARS + 2];

	ck_assert_int_eq(token_make(&token, &err), 0);
	ck_assert_int_eq(token_make(&other, &err), 0);
	ck_assert_uint_eq(strlen(token.text), TOKEN_CHARS);
	ck_assert_uint_eq(strspn(token.text, "0123456789abcdef"), TOKEN_CHARS);
	ck_assert(token_is(&token, token.text, TOKEN_CHARS));
	ck_assert(!token_is(&token, other.text, TOKEN_CHARS));

	memcpy(text, token.text, sizeof(token.text));
	text[TOKEN_CHARS + 1] = '\0';
	for (size_t len = 0; len < TOKEN_CHARS; len++)
		ck_assert(!token_is(&token, text, len));
	ck_assert(!token_is(&token, text, TOKEN_CHARS + 1));
	for (size_t i = 0; i < TOKEN_CHARS; i++)
		for (unsigned bit = 1; bit < 256; bit *= 2) {
			text[i] = (char)(text[i] ^ bit);
			ck_assert(!token_is(&token, text, TOKEN_CHARS));
			text[i] = (char)(text[i] ^ bit);
		}
	token_wipe(&other);
	for (size_t i = 0; i < sizeof(other.text); i++)
		ck_assert_int_eq(other.text[i], '\0');
}
END_TEST

static const struct { const char *body, *token; } bodies[] = {
	{ "{\"token\":\"ab\"}", "ab" },
	{ " {\t\"token\" :\r\n\"ab\" } ", "ab" },
	{ "{\"token\":\"\"}", "" },
	{ "", NULL },
	{ "{", NULL },
	{ "{\"token\":\"ab\"", NULL },
	{ "{\"token\":\"ab}", NULL },
	{ "{\"token\":\"ab\"}x", NULL },
	{ "{\"token\":\"ab\",\"more\":1}", NULL },
	{ "{\"token\":\"a\\u0062\"}", NULL },
	{ "{\"Token\":\"ab\"}", NULL },
	{ "{\"tokens\":\"ab\"}", NULL },
	{ "{\"token\":[\"ab\"]}", NULL },
	{ "token=ab", NULL },
	{ "\"ab\"", NULL },
};

START_TEST(a_body_holds_one_token)
{
	const char *body = bodies[_i].body, *want = bodies[_i].token, *got;
	size_t len = 0;

	got = token_in_body(body, strlen(body), &len);
	ck_assert_msg((got == NULL) == (want == NULL), "%s", body);
	if (want != NULL)
		ck_assert(len == strlen(want) && memcmp(got, want, len) == 0);
}
END_TEST

/* Nothing behind the end is looked at; a byte less is no object. */
START_TEST(a_cut_body_holds_none)
{
	static const char whole[] = "{\"token\":\"abc\"}";

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char *cut = malloc(n + 1);
		size_t len;

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, whole, n);
		ck_assert_ptr_null(token_in_body(cut, n, &len));
		free(cut);
	}
}
END_TEST

static const struct { const char *header, *value; } cookies[] = {
	{ NULL, NULL },
	{ "", NULL },
	{ "pcapstat-80=ab", "ab" },
	{ "a=1; pcapstat-80=ab; b=2", "ab" },
	{ "a=1;pcapstat-80=ab", "ab" },
	{ ";; pcapstat-80=", "" },
	{ "pcapstat-80=first; pcapstat-80=second", "first" },
	{ "pcapstat-80", NULL },
	{ "pcapstat-8=ab", NULL },
	{ "pcapstat-800=ab", NULL },
	{ "xpcapstat-80=ab", NULL },
	{ "a=pcapstat-80=ab", NULL },
	{ "Pcapstat-80=ab", NULL },
};

START_TEST(a_cookie_has_its_own_name)
{
	const char *header = cookies[_i].header, *want = cookies[_i].value;
	size_t len = 0;
	const char *got = token_in_cookies(header, "pcapstat-80", &len);

	ck_assert_msg((got == NULL) == (want == NULL), "%s", header);
	if (want != NULL)
		ck_assert(len == strlen(want) && memcmp(got, want, len) == 0);
}
END_TEST

static struct own_names
names_of(const char *address, uint16_t port)
{
	struct sockaddr_storage sa;
	struct own_names names;
	socklen_t len;

	ck_assert_int_eq(own_names_read_address(address, port, &sa, &len), 0);
	ck_assert_uint_eq(len, strchr(address, ':') != NULL ?
	    sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
	own_names_init(&names, &sa);
	return names;
}

static const char *const loopback_names[] = { "127.0.0.1:8080",
    "localhost:8080", "LocalHost:8080", "[::1]:8080" };

/* Of every server on port 8080, whatever it is bound to. */
static const char *const foreign_names[] = {
	"", ":8080", "localhost", "127.0.0.1", "[::1]", "localhost:80",
	"localhost:08080", "localhost:8080:8080", "localhost.:8080",
	"localhost:8080.", "localhost:8080/", " localhost:8080",
	"a.example:8080", "127.0.0.1.a.example:8080", "localhost@a:8080",
	"127.1:8080", "2130706433:8080", "0x7f.0.0.1:8080",
	"127.0.0.1:18080", "127.0.0.1:8080 ", "::1:8080", "[::1:8080",
	"::1]:8080", "[]:8080", "[:8080", "]:8080", "[127.0.0.1]:8080",
	"[::1%lo]:8080", "[::1]x:8080", "[::1]:8080,localhost:8080",
	"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:8080",
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

START_TEST(any_other_name_is_refused)
{
	static const char *const addresses[] = { "127.0.0.1", "::1",
	    "192.0.2.1", "2001:db8::1", "0.0.0.0", "::" };

	for (int a = 0; a < COUNT(addresses); a++) {
		struct own_names names = names_of(addresses[a], 8080);

		for (int i = 0; i < COUNT(loopback_names); i++)
			ck_assert_msg(own_names_have(&names,
			    loopback_names[i]), "%s: %s", addresses[a],
			    loopback_names[i]);
		for (int i = 0; i < COUNT(foreign_names); i++)
			ck_assert_msg(!own_names_have(&names,
			    foreign_names[i]), "%s: %s", addresses[a],
			    foreign_names[i]);
	}
}
END_TEST

START_TEST(the_address_is_a_name_too)
{
	struct own_names four = names_of("192.0.2.1", 8080);
	struct own_names six = names_of("2001:db8::1", 8080);

	ck_assert_str_eq(four.list[0], "192.0.2.1:8080");
	ck_assert_str_eq(six.list[0], "[2001:db8::1]:8080");
	ck_assert(own_names_have(&four, "192.0.2.1:8080"));
	ck_assert(own_names_have(&six, "[2001:DB8::1]:8080"));
	ck_assert(!own_names_have(&four, "192.0.2.2:8080"));
	ck_assert(!own_names_have(&six, "192.0.2.1:8080"));
	ck_assert(!own_names_have(&four, "[2001:db8::1]:8080"));
}
END_TEST

START_TEST(bound_to_all_any_literal_is_one)
{
	static const char *const addresses[] = { "0.0.0.0", "::" };

	for (int a = 0; a < COUNT(addresses); a++) {
		struct own_names names = names_of(addresses[a], 8080);

		ck_assert(own_names_have(&names, "192.0.2.1:8080"));
		ck_assert(own_names_have(&names, "[2001:db8::1]:8080"));
		ck_assert(!own_names_have(&names, "192.0.2.1:8081"));
		ck_assert_str_eq(names.list[0], "127.0.0.1:8080");
	}
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const words[] = { "", "localhost", "127.1",
	    "127.0.0.1:80", "[::1]", "1.2.3.4.5", "::1%lo", "*" };
	struct sockaddr_storage sa;
	socklen_t len;

	for (int i = 0; i < COUNT(words); i++)
		ck_assert_msg(own_names_read_address(words[i], 80, &sa,
		    &len) == -1, "%s", words[i]);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("access");

	tcase_add_test(t, a_token_is_itself_alone);
	tcase_add_loop_test(t, a_body_holds_one_token, 0, COUNT(bodies));
	tcase_add_test(t, a_cut_body_holds_none);
	tcase_add_loop_test(t, a_cookie_has_its_own_name, 0, COUNT(cookies));
	tcase_add_test(t, any_other_name_is_refused);
	tcase_add_test(t, the_address_is_a_name_too);
	tcase_add_test(t, bound_to_all_any_literal_is_one);
	tcase_add_test(t, what_is_no_address_is_refused);
	return check_main("dashboard: access", t);
}
