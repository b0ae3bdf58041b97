/*
 * The command line's options: what each kind of value takes, and that a wrong
 * one is named once.
 */
#include "analyzer/commands/options.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* One command with every option but those that another group gives another
 * meaning. */
static const struct command everything = {
	.name = "everything",
	.synopsis = "everything",
	.purpose = "",
	.text = "",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_BATCH |
	    OPTIONS_FLOW | OPTIONS_TCP | OPTIONS_UDP | OPTIONS_FLOWS |
	    OPTIONS_TIMELINE | OPTIONS_TOP | OPTIONS_ANSWERS,
};

static const struct command summary = {
	.name = "summary", .groups = OPTIONS_SUMMARY,
};

enum { WORDS_MAX = 8 };

/* `line`: words with one space between them. */
static int
parse(const struct command *command, const char *line, struct options *o,
    struct errbuf *err)
{
	static char text[256];
	static char name[] = "everything";
	char *argv[WORDS_MAX + 1] = { name }, *at = text;
	int argc = 1;

	ck_assert_uint_lt(strlen(line), sizeof(text));
	strcpy(text, line);
	for (char *word; (word = strsep(&at, " ")) != NULL && argc < WORDS_MAX; )
		argv[argc++] = word;
	return options_parse(o, command, argc, argv, err);
}

START_TEST(values_are_read_as_their_kind_says)
{
	struct errbuf err = { "" };
	struct options o;

	ck_assert_msg(parse(&everything, "--interval=1.5ms --max-memory=2M "
	    "--splt=7 --relative --name=a=b --name=c=d --from=1.5", &o,
	    &err) == 0, "%s", err.text);
	ck_assert_int_eq(o.settings.interval_ns, 1500000);
	ck_assert_uint_eq(o.settings.max_memory, 2 << 20);
	ck_assert_uint_eq(o.settings.splt, 7);
	ck_assert(o.relative);
	ck_assert(!o.segments);
	ck_assert_uint_eq(o.names.count, 2);
	ck_assert_str_eq(o.names.texts[0], "a=b");
	ck_assert_str_eq(o.names.texts[1], "c=d");
	ck_assert_int_eq(o.from_ns, 1500000000);
	options_reset(&o);
}
END_TEST

START_TEST(options_ask_for_groups_of_columns)
{
	struct errbuf err;
	struct options o;

	ck_assert_int_eq(parse(&everything, "--relative", &o, &err), 0);
	ck_assert_uint_eq(o.group_count, 1);
	ck_assert_str_eq(o.groups[0], "relative");
	options_reset(&o);
	ck_assert_int_eq(parse(&summary, "--by protocol", &o, &err), 0);
	ck_assert_uint_eq(o.group_count, 1);
	ck_assert_str_eq(o.groups[0], "by");
	ck_assert(o.settings.by_protocol);
	options_reset(&o);
	ck_assert_int_eq(parse(&everything, "--top 3 --by a_packets", &o,
	    &err), 0);
	ck_assert_str_eq(o.top_by, "a_packets");
	ck_assert_uint_eq(o.top, 3);
	ck_assert_uint_eq(o.group_count, 0);
	ck_assert(!o.settings.by_protocol);
	options_reset(&o);
}
END_TEST

static const struct {
	const struct command *command;
	const char *line, *error;
} wrong[] = {
	{ &everything, "--interval 0", "--interval: 0 is too short a time" },
	{ &everything, "--interval 1.5ns",
	    "--interval: 1.5ns is not a whole number of nanoseconds" },
	{ &everything, "--idle-timeout x",
	    "--idle-timeout: \"x\" is not a length of time; write seconds, or "
	    "a number with ns, us, ms, s, m, h or d" },
	{ &everything, "--splt 0", "--splt: 0 is not between 1 and 65535" },
	{ &everything, "--splt 65536",
	    "--splt: 65536 is not between 1 and 65535" },
	{ &everything, "--max-memory 1K",
	    "--max-memory: 1K is less than 1048576 bytes" },
	{ &everything, "--max-memory lots", NULL },
	{ &everything, "--from yesterday", NULL },
	{ &everything, "--format xml",
	    "--format: xml: not csv, json, ndjson or text" },
	{ &everything, "--progress now",
	    "--progress: now: not auto, always or never" },
	{ &everything, "--local 1.2.3.4/99", NULL },
	{ &everything, "-j 0", "--jobs: 0 is not between 1 and 1024" },
	{ &summary, "--by protocols", "--by: protocols: not protocol" },
};

START_TEST(a_wrong_value_is_told_with_the_option_once)
{
	char name[32] = "--jobs";
	struct errbuf err = { "" };
	struct options o;
	const char *found;

	ck_assert_int_eq(parse(wrong[_i].command, wrong[_i].line, &o, &err),
	    -1);
	options_reset(&o);
	if (wrong[_i].error != NULL)
		ck_assert_str_eq(err.text, wrong[_i].error);
	if (wrong[_i].line[1] == '-')
		snprintf(name, sizeof(name), "%.*s",
		    (int)strcspn(wrong[_i].line, " "), wrong[_i].line);
	found = strstr(err.text, name);
	ck_assert_ptr_eq(found, err.text);
	ck_assert_msg(strstr(found + 1, name) == NULL, "%s", err.text);
}
END_TEST

START_TEST(an_option_of_another_command_is_none)
{
	struct errbuf err = { "unchanged" };
	struct options o;

	ck_assert_int_eq(parse(&summary, "--interval 1s", &o, &err), -1);
	ck_assert_str_eq(err.text, "");		/* getopt_long has said it */
	options_reset(&o);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");

	tcase_add_test(t, values_are_read_as_their_kind_says);
	tcase_add_test(t, options_ask_for_groups_of_columns);
	tcase_add_loop_test(t, a_wrong_value_is_told_with_the_option_once, 0,
	    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, an_option_of_another_command_is_none);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
