/*
 * The command line as a table: what is read goes where its row says, and --help
 * has room for any name.
 */
#include "base/option_table.h"

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEN		"abcdefghij"
#define LONG_NAME	TEN TEN TEN TEN TEN TEN TEN TEN

struct values {
	bool quiet;
	const char *long_word, *operand;
	uint64_t count;
};

enum { GROUP_ALL = 1, GROUP_OTHER = 2 };

static const struct option_row rows[] = {
	{ 'q', { "quiet" }, NULL, GROUP_ALL, OPTION_FLAG,
	    offsetof(struct values, quiet), "say nothing", 0, 0, NULL },
	/* Its text fits behind it with two blanks between, and no more. */
	{ 'c', { "count", "number" }, "NUMBER", GROUP_ALL, OPTION_NUMBER,
	    offsetof(struct values, count), "so many", 1, 9, NULL },
	{ 0, { "counts-of-things" }, "NUMBER", GROUP_OTHER, OPTION_NUMBER,
	    offsetof(struct values, count), "of another", 1, 9, NULL },
	{ 0, { "a-letter-too-big" }, "NUMBER", GROUP_ALL, OPTION_NUMBER,
	    offsetof(struct values, count), "does not fit", 1, 9, NULL },
	{ 0, { LONG_NAME, LONG_NAME "-too", "L" }, TEN TEN, GROUP_ALL,
	    OPTION_WORD, offsetof(struct values, long_word), "a word", 0, 0,
	    NULL },
};

static const struct option_table table = {
	.program = "test", .rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static const char help[] =
	"  -q, --quiet                   say nothing\n"
	"  -c, --count, --number NUMBER  so many\n"
	"      --a-letter-too-big NUMBER\n"
	"                                does not fit\n"
	"      --" LONG_NAME ", --" LONG_NAME "-too, --L " TEN TEN "\n"
	"                                a word\n";

/* What option_table_help() prints; release with free(). */
static char *
help_text(unsigned groups)
{
	int saved = dup(STDOUT_FILENO);
	FILE *file = tmpfile();
	char *text = calloc(1, 4096);

	ck_assert(saved != -1 && file != NULL && text != NULL);
	fflush(stdout);
	ck_assert_int_ne(dup2(fileno(file), STDOUT_FILENO), -1);
	option_table_help(&table, groups);
	fflush(stdout);
	ck_assert_int_ne(dup2(saved, STDOUT_FILENO), -1);
	close(saved);
	rewind(file);
	ck_assert_uint_lt(fread(text, 1, 4095, file), 4095);
	fclose(file);
	return text;
}

START_TEST(help_has_room_for_any_name)
{
	char *text = help_text(GROUP_ALL);

	ck_assert_str_eq(text, help);
	free(text);
}
END_TEST

START_TEST(help_has_the_rows_of_its_groups)
{
	char *text = help_text(GROUP_OTHER);

	ck_assert_str_eq(text, "      --counts-of-things NUMBER\n"
	    "                                of another\n");
	free(text);
}
END_TEST

static void
take_operand(void *values, const char *text)
{
	((struct values *)values)->operand = text;
}

/* Three words, the program's name in front; they stay until the next call. */
static int
parse(const char *first, const char *second, const char *third,
    struct values *values, struct errbuf *err)
{
	static char texts[4][128];
	char *argv[5] = { NULL };

	snprintf(texts[0], sizeof(texts[0]), "test");
	snprintf(texts[1], sizeof(texts[1]), "%s", first);
	snprintf(texts[2], sizeof(texts[2]), "%s", second);
	snprintf(texts[3], sizeof(texts[3]), "%s", third);
	for (size_t i = 0; i < 4; i++)
		argv[i] = texts[i];
	*values = (struct values){ 0 };
	return option_table_read(&table, GROUP_ALL, values, take_operand, 4,
	    argv, err);
}

START_TEST(values_go_where_their_rows_say)
{
	struct errbuf err = { "" };
	struct values values;

	ck_assert_int_eq(parse("file", "-q", "--number=7", &values, &err), 0);
	ck_assert(values.quiet);
	ck_assert_uint_eq(values.count, 7);
	ck_assert_str_eq(values.operand, "file");
	ck_assert_ptr_null(values.long_word);
	ck_assert_int_eq(parse("-q", "--" LONG_NAME "-too", "it", &values,
	    &err), 0);
	ck_assert_str_eq(values.long_word, "it");
	ck_assert_ptr_null(values.operand);
}
END_TEST

START_TEST(a_wrong_value_names_its_option)
{
	struct errbuf err = { "" };
	struct values values;

	ck_assert_int_eq(parse("-q", "--number", "10", &values, &err), -1);
	ck_assert_msg(strncmp(err.text, "--count: ", 9) == 0, "%s", err.text);
	ck_assert_uint_eq(values.count, 0);
	ck_assert_int_eq(parse("-q", "--counts-of-things", "1", &values, &err),
	    -1);
	ck_assert_str_eq(err.text, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("option table");
	TCase *tc = tcase_create("option table");

	tcase_add_test(tc, help_has_room_for_any_name);
	tcase_add_test(tc, help_has_the_rows_of_its_groups);
	tcase_add_test(tc, values_go_where_their_rows_say);
	tcase_add_test(tc, a_wrong_value_names_its_option);
	suite_add_tcase(s, tc);
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
