#include "analyzer/report/text.h"

#include <check.h>

#include "base/bytes.h"

struct memory_sink {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory_sink *m = (struct memory_sink *)(void *)sink;

	(void)err;
	return bytes_append(&m->bytes, data, n);
}

struct row {
	const char *name, *word;
};

static const struct column columns[] = {
	{ "name", COLUMN_TEXT, offsetof(struct row, name), "", "" },
	{ "word", COLUMN_TEXT, offsetof(struct row, word), "", "" },
};

static const struct table table = { "rows", "a row", columns, 2, NULL };

/* What a row of a name and "word" looks like. */
static const struct { const char *name, *line; } rows[] = {
	{ "short", "short                     word\n" },
	{ "a\tb\nc\x7f\x1b[2J", "a?b?c??[2J                word\n" },
	{ "\xff\xc0\x80", "???                       word\n" },
	{ "\xc2\x9b" "31m", "?31m                      word\n" },
	/* What a reader would take for another name. */
	{ "\u202etxt.exe", "?txt.exe                  word\n" },
	{ "a\u200bb", "a?b                       word\n" },
	/* Cells, not characters. */
	{ "日本", "日本                      word\n" },
	{ "e\u0301", "e\u0301                         word\n" },
};

START_TEST(texts_are_clean_and_columns_stand_below_each_other)
{
	struct memory_sink m = { { memory_write }, { 0 } };
	struct row row = { rows[_i].name, "word" };
	struct table_selection all;
	struct table_writer *writer;
	struct errbuf err;

	table_select_default(&table, NULL, 0, &all);
	writer = text_writer(&table, &all, &m.sink, &err);
	ck_assert_ptr_nonnull(writer);
	ck_assert_int_eq(writer->row(writer, &row, &err), 0);
	ck_assert_int_eq(writer->close(writer, true, &err), 0);
	ck_assert_int_eq(bytes_append(&m.bytes, "", 1), 0);
	ck_assert_str_eq((const char *)m.bytes.data, rows[_i].line);
	bytes_reset(&m.bytes);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("text_rows");
	TCase *tc = tcase_create("text_rows");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc,
	    texts_are_clean_and_columns_stand_below_each_other, 0,
	    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
