#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/p2p_login.h"
#include "tests/chat/stage.h"

static enum wire_status
parse(const char *line, struct p2p_login *login)
{
	size_t used = 0, len = strlen(line);
	/* At its exact size, so that ASan sees what is read past the end. */
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	struct errbuf err = { "" };
	enum wire_status status;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, line, len);
	status = p2p_login_parse(copy, len, &used, login, &err);
	ck_assert(status != WIRE_WHOLE || used == len);
	ck_assert((status == WIRE_BAD) == (err.text[0] != '\0'));
	free(copy);
	return status;
}

START_TEST(a_login_is_written_as_the_header_has_it)
{
	static const char *const lines[] = {
		[P2P_REGISTER_UNKNOWN] = "!login {\"name\": \"alice\", "
		    "\"password\": \"s3cret\"}\n",
		[P2P_REGISTER_YES] = "!login {\"name\": \"alice\", "
		    "\"password\": \"s3cret\", \"register\": true}\n",
		[P2P_REGISTER_NO] = "!login {\"name\": \"alice\", "
		    "\"password\": \"s3cret\", \"register\": false}\n",
	};
	struct secret password = { NULL, 0 };
	struct bytes line = { NULL, 0, 0 };
	struct p2p_login login;
	struct errbuf err;

	ck_assert_int_eq(secret_set(&password, "s3cret", 6), 0);
	ck_assert_int_eq(p2p_login_append(&line, "alice", &password,
	    (enum p2p_register)_i, &err), 0);
	ck_assert_uint_eq(line.len, strlen(lines[_i]));
	ck_assert_mem_eq(line.data, lines[_i], line.len);
	ck_assert_int_eq(parse(lines[_i], &login), WIRE_WHOLE);
	ck_assert_str_eq(login.name, "alice");
	ck_assert_str_eq(login.password, "s3cret");
	ck_assert_int_eq((int)login.make, _i);
	p2p_login_forget(&line);
	secret_reset(&password);
}
END_TEST

START_TEST(every_short_prefix_is_partial)
{
	static const char line[] =
	    "!login {\"name\": \"a\\u00e9\", \"password\": \"p\"}\n";
	struct p2p_login login;
	char part[sizeof(line)];

	for (size_t len = 0; len < strlen(line); len++) {
		memcpy(part, line, len);
		part[len] = '\0';
		ck_assert_int_eq(parse(part, &login), WIRE_PARTIAL);
	}
	ck_assert_int_eq(parse(line, &login), WIRE_WHOLE);
	ck_assert_str_eq(login.name, "a\u00e9");
}
END_TEST

START_TEST(json_may_be_written_otherwise)
{
	static const char *const lines[] = {
		"!login {\"password\":\"p\",\"name\":\"n\"}\n",
		"!login   { \"name\"\t:\"n\" , \"password\" : \"p\" } \r\n",
		("!login {\"register\": false, \"name\": \"\\u006e\", "
		    "\"password\": \"\\u0070\"}\n"),
		"!login {\"\\u006eame\": \"n\", \"pass\\u0077ord\": \"p\"}\n",
	};
	struct p2p_login login;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ck_assert_msg(parse(lines[i], &login) == WIRE_WHOLE, "%s",
		    lines[i]);
		ck_assert_str_eq(login.name, "n");
		ck_assert_str_eq(login.password, "p");
	}
}
END_TEST

START_TEST(escapes_are_read_as_json_has_them)
{
	struct p2p_login login;

	ck_assert_int_eq(parse("!login {\"name\": \"n\", \"password\": "
	    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\\uD83d\\uDe00\u00e9\"}\n",
	    &login), WIRE_WHOLE);
	ck_assert_str_eq(login.password,
	    "\"\\/\b\f\n\r\t\u20ac\U0001f600\u00e9");
}
END_TEST

START_TEST(what_is_no_login_is_bad)
{
	static const char *const lines[] = {
		"alice\n",
		"!logon {\"name\": \"n\", \"password\": \"p\"}\n",
		"!login\n",
		"!login \n",
		"!login {}\n",
		"!login []\n",
		"!login {\"name\": \"n\"}\n",
		"!login {\"name\": \"\", \"password\": \"p\"}\n",
		"!login {\"name\": \"n\", \"password\": \"\"}\n",
		"!login {\"name\": \"n\", \"password\": \"p\"\n",
		"!login {\"name\": \"n\", \"password\": \"p\",}\n",
		"!login {\"name\": \"n\", \"password\": \"p\"} x\n",
		"!login {\"name\": \"n\", \"password\": \"p\"}}\n",
		"!login {\"name\": \"n\" \"password\": \"p\"}\n",
		"!login {\"name\": \"n\", \"name\": \"m\", \"password\": "
		    "\"p\"}\n",
		"!login {\"name\": \"n\", \"password\": \"p\", \"x\": 1}\n",
		"!login {\"name\": \"n\", \"password\": 1}\n",
		"!login {\"name\": \"n\", \"password\": null}\n",
		"!login {\"name\": \"n\", \"password\": \"p\", \"register\": "
		    "1}\n",
		"!login {\"name\": \"n\", \"password\": \"p\", \"register\": "
		    "true, \"register\": true}\n",
		"!login {\"name\": \"a\\u0000b\", \"password\": \"p\"}\n",
		"!login {\"name\": \"a\\ud800\", \"password\": \"p\"}\n",
		"!login {\"name\": \"a\\ud800\\u0041\", \"password\": "
		    "\"p\"}\n",
		"!login {\"name\": \"a\\udc00\", \"password\": \"p\"}\n",
		"!login {\"name\": \"a\\x41\", \"password\": \"p\"}\n",
		"!login {\"name\": \"a\\u00g1\", \"password\": \"p\"}\n",
		"!login {\"name\": \"a\\", "!login {\"name\": \"a\tb\", "
		    "\"password\": \"p\"}\n",
		"!login {\"name\": \"\xff\", \"password\": \"p\"}\n",
		"!login {\"name\": \"n\", \"password\": \"p\\\n",
		"!login {\"name\": \"n\", \"password\": \"p\\u00\n",
		"!login {\"a name that is too long\": \"n\"}\n",
	};
	struct p2p_login login;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		enum wire_status wanted = strchr(lines[i], '\n') == NULL ?
		    WIRE_PARTIAL : WIRE_BAD;

		ck_assert_msg(parse(lines[i], &login) == wanted, "%s",
		    lines[i]);
	}
}
END_TEST

/* len bytes of password, in the form that takes most room. */
static enum wire_status
parse_long(size_t name_len, size_t password_len, size_t blanks)
{
	static char line[4 * P2P_LOGIN_BYTES_MAX];
	struct p2p_login login;
	size_t at = (size_t)sprintf(line, "!login {\"name\": \"");

	for (size_t i = 0; i < name_len; i++)
		at += (size_t)sprintf(line + at, "\\u006e");
	at += (size_t)sprintf(line + at, "\", \"password\": \"");
	for (size_t i = 0; i < password_len; i++)
		at += (size_t)sprintf(line + at, "\\u0070");
	sprintf(line + at, "\"%*s}\n", (int)blanks, "");
	return parse(line, &login);
}

START_TEST(lengths_are_bounded)
{
	static char line[P2P_LOGIN_BYTES_MAX + 1];
	struct p2p_login login;

	ck_assert_int_eq(parse_long(CHAT_NAME_MAX, PASSWORD_BYTES_MAX, 0),
	    WIRE_WHOLE);
	ck_assert_int_eq(parse_long(CHAT_NAME_MAX + 1, 1, 0), WIRE_BAD);
	ck_assert_int_eq(parse_long(1, PASSWORD_BYTES_MAX + 1, 0), WIRE_BAD);
	ck_assert_int_eq(parse_long(1, 1, P2P_LOGIN_BYTES_MAX), WIRE_BAD);
	memset(line, ' ', sizeof(line) - 1);
	memcpy(line, "!login ", 7);
	ck_assert_int_eq(parse(line, &login), WIRE_BAD);
	line[P2P_LOGIN_BYTES_MAX - 1] = '\0';
	ck_assert_int_eq(parse(line, &login), WIRE_PARTIAL);
}
END_TEST

START_TEST(what_cannot_be_a_password_is_not_written)
{
	struct bytes line = { NULL, 0, 0 };
	static const char *const bad[] = { "", "a\xff" };
	struct errbuf err;

	for (size_t i = 0; i < 2; i++) {
		struct secret password = { NULL, 0 };

		ck_assert_int_eq(secret_set(&password, bad[i],
		    strlen(bad[i])), 0);
		ck_assert_int_eq(p2p_login_append(&line, "n", &password,
		    P2P_REGISTER_UNKNOWN, &err), -1);
		ck_assert_uint_eq(line.len, 0);
		secret_reset(&password);
	}
	p2p_login_forget(&line);
}
END_TEST

/* A text of random characters below U+0300, none of them NUL. */
static size_t
make_text(uint32_t *seed, char *out, size_t max)
{
	size_t len = 0, wanted;

	*seed = *seed * 1664525 + 1013904223;
	wanted = 1 + (*seed >> 16) % (max - 2);
	while (len < wanted) {
		uint32_t c;

		*seed = *seed * 1664525 + 1013904223;
		c = 1 + (*seed >> 16) % 0x2ff;
		if (c < 0x80) {
			out[len++] = (char)c;
		} else {
			out[len++] = (char)(0xc0 | c >> 6);
			out[len++] = (char)(0x80 | (c & 0x3f));
		}
	}
	out[len] = '\0';
	return len;
}

/* A JSON library reads what we write, and we read what it writes. */
START_TEST(a_json_library_agrees)
{
	uint32_t seed = 20260000 + (uint32_t)_i;
	char name[CHAT_NAME_MAX + 1], text[PASSWORD_BYTES_MAX + 1];
	size_t len = make_text(&seed, name, CHAT_NAME_MAX);
	struct secret password = { NULL, 0 };
	struct bytes line = { NULL, 0, 0 };
	struct p2p_login login;
	struct errbuf err;
	char *dumped, other[P2P_LOGIN_BYTES_MAX];
	json_t *object;

	(void)len;
	len = make_text(&seed, text, PASSWORD_BYTES_MAX);
	ck_assert_int_eq(secret_set(&password, text, len), 0);
	ck_assert_int_eq(p2p_login_append(&line, name, &password,
	    P2P_REGISTER_NO, &err), 0);
	ck_assert_uint_le(line.len, P2P_LOGIN_BYTES_MAX);
	object = json_loadb((char *)line.data + 7, line.len - 8,
	    JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(object);
	ck_assert_str_eq(json_string_value(json_object_get(object, "name")),
	    name);
	ck_assert_str_eq(json_string_value(json_object_get(object,
	    "password")), text);
	dumped = json_dumps(object, _i % 2 == 0 ? JSON_ENSURE_ASCII : 0);
	snprintf(other, sizeof(other), "!login %s\n", dumped);
	ck_assert_int_eq(parse(other, &login), WIRE_WHOLE);
	ck_assert_str_eq(login.name, name);
	ck_assert_str_eq(login.password, text);
	free(dumped);
	json_decref(object);
	p2p_login_forget(&line);
	secret_reset(&password);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("p2p_login");
	TCase *tc = tcase_create("p2p_login");

	tcase_add_loop_test(tc, a_login_is_written_as_the_header_has_it, 0, 3);
	tcase_add_test(tc, every_short_prefix_is_partial);
	tcase_add_test(tc, json_may_be_written_otherwise);
	tcase_add_test(tc, escapes_are_read_as_json_has_them);
	tcase_add_test(tc, what_is_no_login_is_bad);
	tcase_add_test(tc, lengths_are_bounded);
	tcase_add_test(tc, what_cannot_be_a_password_is_not_written);
	tcase_add_loop_test(tc, a_json_library_agrees, 0, 50);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
