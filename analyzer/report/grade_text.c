#include "analyzer/report/display.h"
#include "analyzer/report/grade.h"
#include "analyzer/report/pen.h"

/* As a terminal may have it; -1: no memory. */
static int
put_clean(struct pen *pen, const char *text)
{
	struct bytes clean = { 0 };
	int status = display_clean(&clean, text == NULL ? "-" : text);

	if (status == 0)
		pen_write(pen, (const char *)clean.data, clean.len);
	else
		errbuf_set(pen->err, "out of memory");
	bytes_reset(&clean);
	return status;
}

/* "       LABEL TEXT" on a line of its own. */
static int
put_line(struct pen *pen, const char *label, const char *text)
{
	pen_put(pen, "         ");
	pen_put(pen, label);
	if (put_clean(pen, text) == -1)
		return -1;
	pen_put(pen, "\n");
	return pen->status;
}

static int
put_place(struct pen *pen, const struct grade_row *row)
{
	if (row->file == NULL)
		return 0;
	pen_put(pen, "         see ");
	if (row->frame != TABLE_NO_U64)
		pen_printf(pen, "frame %llu of ",
		    (unsigned long long)row->frame);
	if (put_clean(pen, row->file) == -1)
		return -1;
	pen_put(pen, "\n");
	return pen->status;
}

static int
put_miss(struct pen *pen, const struct grade_row *row)
{
	if (put_line(pen, "expected ", row->expected) == -1 ||
	    put_line(pen, "given    ", row->given) == -1)
		return -1;
	if (row->explanation != NULL &&
	    put_line(pen, "", row->explanation) == -1)
		return -1;
	return put_place(pen, row);
}

static int
put_row(struct pen *pen, const struct grade_row *row)
{
	static const char *const words[GRADE_VERDICTS] = {
		[GRADE_OK] = "ok      ",
		[GRADE_MISSED] = "missed  ",
		[GRADE_NOT_SEEN] = "unseen  ",
	};

	pen_put(pen, words[row->verdict]);
	pen_put(pen, " ");
	if (put_clean(pen, row->item) == -1)
		return -1;
	if (row->verdict == GRADE_OK) {
		pen_put(pen, "  ");
		if (put_clean(pen, row->expected) == -1)
			return -1;
	} else if (row->verdict == GRADE_NOT_SEEN) {
		pen_put(pen, "  not in the captures");
	}
	pen_put(pen, "\n");
	return row->verdict == GRADE_MISSED ? put_miss(pen, row) : pen->status;
}

int
grade_write_text(const struct grade *grade, struct sink *sink,
    struct errbuf *err)
{
	struct pen pen = { sink, err, 0 };
	size_t asked = grade->counts[GRADE_OK] + grade->counts[GRADE_MISSED];

	for (size_t i = 0; i < grade->count; i++)
		if (put_row(&pen, &grade->rows[i]) == -1)
			return -1;
	pen_printf(&pen, "\nscore: %zu of %zu", grade->counts[GRADE_OK],
	    asked);
	if (grade->counts[GRADE_NOT_SEEN] > 0)
		pen_printf(&pen, "; %zu not in the captures",
		    grade->counts[GRADE_NOT_SEEN]);
	pen_put(&pen, "\n");
	return pen.status;
}
