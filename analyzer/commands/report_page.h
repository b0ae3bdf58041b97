/*
 * Inside report: the page of a capture.
 */
#ifndef ANALYZER_COMMANDS_REPORT_PAGE_H
#define ANALYZER_COMMANDS_REPORT_PAGE_H

#include <stddef.h>

#include "analyzer/commands/report_capture.h"
#include "analyzer/report/pen.h"
#include "base/errbuf.h"
#include "base/sink.h"

/* `up`: how many folders above the page its index is; -1: it has none.  -1 with
 * the reason in *err. */
int report_page_write(struct report_capture *capture, int up,
    struct sink *sink, struct errbuf *err);

/* The line of a program that reads the same: "pcapstat WORDS", what the options
 * leave out or choose, and the one input, or else what the user named; for a
 * shell, and for a page. */
void report_put_command(struct pen *pen, const struct options *options,
    const char *words, const struct input *inputs, size_t count);

#endif
