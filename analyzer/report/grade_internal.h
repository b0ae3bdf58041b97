/*
 * Inside the grading: grade.c compares, grade_mistakes.c knows what people get
 * wrong.
 */
#ifndef ANALYZER_REPORT_GRADE_INTERNAL_H
#define ANALYZER_REPORT_GRADE_INTERNAL_H

#include <stdbool.h>

#include "analyzer/report/grade.h"

struct grading {
	const struct sheet *right;
	const struct given *given;
	struct grade *grade;
};

/* An answer that is wrong. */
struct mistake {
	enum sheet_part part;
	const struct column *column;
	const void *row;		/* the right one */
	const char *given;
	struct table_ip host;		/* that it is; version 0: none */
};

/* What the mistake is, as a sentence without full stop; NULL where nobody
 * knows.  The text is the grade's, or constant. */
const char *grade_explain(const struct grading *g, const struct mistake *m);

/* Does the answer say whether a stream can be read: yes, no, mixed, or what
 * means the same? */
bool grade_is_verdict(const char *given);

/* Decimal, or 0x and hex; all of the text. */
bool grade_number(const char *text, uint64_t *out);

#endif
