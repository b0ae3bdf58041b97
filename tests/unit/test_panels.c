#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/top.h"
#include "analyzer/report/panels.h"
#include "base/bytes.h"

static const struct table *
table_of(const struct panel *p)
{
	struct question q;

	ck_assert_msg(question_find(p->table, &q) == 0, "%s", p->table);
	return question_table(q);
}

START_TEST(every_panel_shows_columns_that_its_table_has)
{
	for (const struct panel *p = panels; p->name != NULL; p++) {
		const struct table *table = table_of(p);
		struct table_selection columns;
		struct errbuf err;

		ck_assert_msg(table_select(table, p->columns, &columns,
		    &err) == 0, "%s: %s", p->name, err.text);
		ck_assert_ptr_eq(panel_find(p->name), p);
		if (p->top == 0)
			continue;
		ck_assert_int_ne(top_column(table, p->top_by, &err), -1);
		ck_assert_uint_ne(table->row_bytes, 0);
	}
	ck_assert_ptr_null(panel_find("no such"));
}
END_TEST

/* The report asks all of them at once, and the diagram. */
START_TEST(no_table_is_asked_for_twice)
{
	size_t n = 0;

	for (const struct panel *p = panels; p->name != NULL; p++, n++)
		for (const struct panel *q = p + 1; q->name != NULL; q++) {
			ck_assert_str_ne(p->table, q->table);
			ck_assert_str_ne(p->name, q->name);
		}
	ck_assert_uint_le(n, 15);
}
END_TEST

struct memory {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory *m = (struct memory *)(void *)sink;

	(void)err;
	return bytes_append(&m->bytes, data, n);
}

/* No row, and one in which nothing is defined but texts are: whatever a column
 * lacks, there are a picture and a sentence. */
static void
try_panel(const struct panel *p, size_t rows)
{
	struct memory m = { .sink = { memory_write } };
	const struct table *table = table_of(p);
	struct table_selection columns;
	struct grid *grid;
	struct errbuf err;
	char finding[300];

	ck_assert_int_eq(table_select(table, rows == 0 ? p->columns : "file",
	    &columns, &err), 0);
	grid = grid_new(table, &columns, 1, &err);
	ck_assert_ptr_nonnull(grid);
	if (rows > 0) {
		const char *row[TABLE_COLUMNS_MAX] = { "<file>" };
		struct table_writer *w = grid_writer(grid, &err);

		ck_assert_int_eq(table->columns[0].offset, 0);
		ck_assert_int_eq(w->row(w, row, &err), 0);
		w->close(w, true, &err);
	}
	panel_finding(p, grid, finding, sizeof(finding));
	ck_assert_str_ne(finding, "");
	if (rows == 0)
		ck_assert_str_eq(finding, "Nothing to show.");
	if (p->draw != NULL) {
		ck_assert_int_eq(p->draw(grid, &m.sink, &err), 0);
		ck_assert_int_eq(memcmp(m.bytes.data, "<svg ", 5), 0);
		ck_assert_ptr_null(memmem(m.bytes.data, m.bytes.len,
		    "<file>", 6));
	}
	bytes_reset(&m.bytes);
	grid_free(grid);
}

START_TEST(whatever_lacks_there_are_a_picture_and_a_sentence)
{
	for (const struct panel *p = panels; p->name != NULL; p++) {
		try_panel(p, 0);
		try_panel(p, 1);
	}
}
END_TEST

START_TEST(findings_are_cut_where_there_is_no_room)
{
	struct table_selection columns;
	struct grid *grid;
	struct errbuf err;
	char room[8];

	memset(room, '#', sizeof(room));
	table_select_default(table_of(panels), NULL, 0, &columns);
	grid = grid_new(table_of(panels), &columns, 1, &err);
	ck_assert_ptr_nonnull(grid);
	panel_finding(panels, grid, room, 4);
	ck_assert_str_eq(room, "Not");
	ck_assert_int_eq(room[4], '#');
	grid_free(grid);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("panels");
	TCase *tc = tcase_create("panels");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, every_panel_shows_columns_that_its_table_has);
	tcase_add_test(tc, no_table_is_asked_for_twice);
	tcase_add_test(tc, whatever_lacks_there_are_a_picture_and_a_sentence);
	tcase_add_test(tc, findings_are_cut_where_there_is_no_room);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
