/*
 * The command line of labchatd and labchat: what each protocol has, that a
 * wrong word is named, and that secrets leave argv and the environment.
 */
#include "chat/options.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12 };

/* The words of the last line; what was a secret is overwritten there. */
static char text[512];
static char *words[WORDS_MAX + 1];

/* `line`: words with one space between them, the program's name first. */
static int
parse(enum chat_program program, const char *line, struct chat_options *o,
    struct errbuf *err)
{
	char *at = text;
	int argc = 0;

	ck_assert_uint_lt(strlen(line), sizeof(text));
	strcpy(text, line);
	while (at != NULL) {
		ck_assert_int_lt(argc, WORDS_MAX);
		words[argc++] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	}
	words[argc] = NULL;
	return chat_options_parse(o, program, argc, words, err);
}

static void
refused(enum chat_program program, const char *line, const char *wanted)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(program, line, &o, &err), -1);
	ck_assert_str_eq(err.text, wanted);
	chat_options_reset(&o);
}

START_TEST(the_first_word_names_the_protocol_and_its_port)
{
	static const struct { const char *name; unsigned port; } wanted[] = {
		{ "echo", 8080 }, { "im", 9999 }, { "eim", 9999 },
		{ "p2p", 5000 }, { "class", 10000 }, { "caps", 12000 },
		{ "room", 55555 },
	};
	struct chat_options o;
	struct errbuf err;
	char line[64];

	snprintf(line, sizeof(line), "labchatd %s", wanted[_i].name);
	ck_assert_int_eq(parse(CHAT_SERVER, line, &o, &err), 0);
	ck_assert_str_eq(o.protocol->name, wanted[_i].name);
	ck_assert_uint_eq(o.port, wanted[_i].port);
	/* What an original im takes at once is more than the others'. */
	ck_assert_uint_eq(o.settings.line_max,
	    o.protocol == &protocol_im ? 1280 : 1024);
	chat_options_reset(&o);
}
END_TEST

START_TEST(a_protocol_that_is_none_is_answered_with_those_there_are)
{
	refused(CHAT_SERVER, "labchatd irc", "irc: no such protocol; there are "
	    "echo, im, eim, p2p, class, caps or room");
	refused(CHAT_CLIENT, "labchat", "the first word has to be a protocol: "
	    "echo, im, eim, p2p, class, caps or room");
	refused(CHAT_CLIENT, "labchat -s host room",
	    "the first word has to be a protocol: "
	    "echo, im, eim, p2p, class, caps or room");
	refused(CHAT_SERVER, "labchatd room lobby",
	    "lobby: nothing more is expected here");
}
END_TEST

START_TEST(an_option_of_another_protocol_or_program_is_wrong)
{
	/* getopt_long() says these. */
	refused(CHAT_SERVER, "labchatd room --reverse", "");
	refused(CHAT_SERVER, "labchatd echo --servername host", "");
	refused(CHAT_CLIENT, "labchat room --keys toolkit", "");
	refused(CHAT_CLIENT, "labchat p2p --users users.db", "");
}
END_TEST

START_TEST(a_wrong_value_is_named_with_its_option)
{
	refused(CHAT_SERVER, "labchatd room -p 65536",
	    "--port: 65536 is not between 0 and 65535");
	/* Any port that is free is nothing to connect to. */
	refused(CHAT_CLIENT, "labchat room -p 0",
	    "--port: 0 is not between 1 and 65535");
	refused(CHAT_CLIENT, "labchat im --framing line",
	    "--framing: line: not none or length");
	refused(CHAT_SERVER, "labchatd room --max-line 8",
	    "--max-line: 8 is not between 16 and 60000");
}
END_TEST

START_TEST(timeouts_have_defaults_and_can_be_never)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_SERVER, "labchatd room", &o, &err), 0);
	ck_assert_int_eq(o.idle_timeout_ns, INT64_C(3600000000000));
	ck_assert_int_eq(o.handshake_timeout_ns, INT64_C(120000000000));
	ck_assert_int_eq(parse(CHAT_SERVER, "labchatd class "
	    "--idle-timeout never --handshake-timeout 1.5s", &o, &err), 0);
	ck_assert_int_eq(o.idle_timeout_ns, 0);
	ck_assert_int_eq(o.handshake_timeout_ns, INT64_C(1500000000));
}
END_TEST

START_TEST(a_registration_is_a_login)
{
	static const char *const lines[] = {
		"labchat p2p --register", "labchat class --register",
	};
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_CLIENT, lines[_i], &o, &err), 0);
	ck_assert(o.settings.make_user && o.settings.login);
	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat p2p --login", &o, &err),
	    0);
	ck_assert(!o.settings.make_user && o.settings.login);
}
END_TEST

START_TEST(files_of_peers_do_not_lie_among_the_operators)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_SERVER, "labchatd class", &o, &err), 0);
	ck_assert_str_eq(o.files, "labchatd-files");
	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat class", &o, &err), 0);
	ck_assert_str_eq(o.files, ".");
	ck_assert_int_eq(parse(CHAT_SERVER, "labchatd class --files .", &o,
	    &err), 0);
	ck_assert_str_eq(o.files, ".");
}
END_TEST

START_TEST(a_password_is_a_login)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat p2p --password x", &o,
	    &err), 0);
	ck_assert(o.settings.login);
	chat_options_reset(&o);
	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat p2p", &o, &err), 0);
	ck_assert(!o.settings.login);
	chat_options_reset(&o);
}
END_TEST

START_TEST(the_originals_misspelt_option_is_taken)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat eim "
	    "--confiendtiality-key one --authenticity-key two", &o, &err), 0);
	ck_assert_str_eq((char *)o.settings.confidentiality_key.data, "one");
	ck_assert_str_eq((char *)o.settings.authenticity_key.data, "two");
	chat_options_reset(&o);
}
END_TEST

START_TEST(secrets_leave_argv)
{
	struct chat_options o;
	struct errbuf err;

	ck_assert_int_eq(parse(CHAT_CLIENT,
	    "labchat eim -c secretkey123 --authenticity-key=authkey456", &o,
	    &err), 0);
	ck_assert_str_eq((char *)o.settings.confidentiality_key.data,
	    "secretkey123");
	for (int i = 0; words[i] != NULL; i++) {
		ck_assert_ptr_null(strstr(words[i], "secret"));
		ck_assert_ptr_null(strstr(words[i], "authkey"));
	}
	chat_options_reset(&o);
}
END_TEST

START_TEST(secrets_leave_the_environment_and_argv_wins)
{
	struct chat_options o;
	struct errbuf err;

	setenv("LABCHAT_CONFIDENTIALITY_KEY", "from outside", 1);
	setenv("LABCHAT_AUTHENTICITY_KEY", "from outside", 1);
	ck_assert_int_eq(parse(CHAT_CLIENT, "labchat eim -a given", &o, &err),
	    0);
	ck_assert_str_eq((char *)o.settings.confidentiality_key.data,
	    "from outside");
	ck_assert_str_eq((char *)o.settings.authenticity_key.data, "given");
	ck_assert_ptr_null(getenv("LABCHAT_CONFIDENTIALITY_KEY"));
	ck_assert_ptr_null(getenv("LABCHAT_AUTHENTICITY_KEY"));
	chat_options_reset(&o);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chat_options");
	TCase *tc = tcase_create("command line");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, the_first_word_names_the_protocol_and_its_port,
	    0, 7);
	tcase_add_test(tc,
	    a_protocol_that_is_none_is_answered_with_those_there_are);
	tcase_add_test(tc, an_option_of_another_protocol_or_program_is_wrong);
	tcase_add_test(tc, a_wrong_value_is_named_with_its_option);
	tcase_add_test(tc, timeouts_have_defaults_and_can_be_never);
	tcase_add_loop_test(tc, a_registration_is_a_login, 0, 2);
	tcase_add_test(tc, files_of_peers_do_not_lie_among_the_operators);
	tcase_add_test(tc, a_password_is_a_login);
	tcase_add_test(tc, the_originals_misspelt_option_is_taken);
	tcase_add_test(tc, secrets_leave_argv);
	tcase_add_test(tc, secrets_leave_the_environment_and_argv_wins);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
