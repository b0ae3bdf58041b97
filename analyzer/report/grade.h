/*
 * A student's sheet held against that of the captures, item by item, with a
 * reason for each miss.
 *
 * Numbers are compared exactly, hosts by their address, texts without regard to
 * case.  Entries of a list may come in any order; what identifies them (client,
 * server) may be left out where the rest is enough.
 *
 * What the captures cannot answer is no miss.  Items that a lab seldom asks for
 * (see grade.c) count only where the student has answered them.
 */
#ifndef ANALYZER_REPORT_GRADE_H
#define ANALYZER_REPORT_GRADE_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/sheet.h"
#include "analyzer/report/sheet_read.h"
#include "base/errbuf.h"
#include "base/sink.h"

enum grade_verdict { GRADE_OK, GRADE_MISSED, GRADE_NOT_SEEN, GRADE_VERDICTS };

/* The row; its columns are in grade.c. */
struct grade_row {
	const char *item;	/* "handshake.syn_seq" */
	const char *result;	/* "ok", "missed", "not in the captures" */
	const char *expected, *given;
	const char *explanation;
	const char *file;	/* where it can be seen */
	uint64_t frame;
	enum grade_verdict verdict;	/* no column: `result` as a word */
};

extern const struct table grade_table;

struct grade {
	struct grade_row *rows;	/* owned */
	size_t count, room;
	size_t counts[GRADE_VERDICTS];
	struct sheet texts;	/* owns the texts; has no rows */
};

/* What a student calls a host: its address, or -1. */
struct grade_hosts {
	int (*find)(const void *context, const char *host,
	    struct table_ip *out);
	const void *context;
};

/* Fills an empty grade; grade_reset() it in either case.  Sections that are
 * hidden in `right` are not graded.  Looks up the hosts that are given.  -1: no
 * memory. */
int grade_make(struct grade *grade, const struct sheet *right,
    struct given *given, const struct grade_hosts *hosts,
    struct errbuf *err);

/* Frees the marks; empty afterwards. */
void grade_reset(struct grade *grade);

/* For people: a line an item, below a miss what was expected and why, and the
 * score.  -1 with the reason in *err. */
int grade_write_text(const struct grade *grade, struct sink *sink,
    struct errbuf *err);

#endif
