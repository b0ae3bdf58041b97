/*
 * Writing text to a sink, the first failure being remembered: a drawing is many
 * small writes, and one question at its end.
 */
#ifndef ANALYZER_REPORT_PEN_H
#define ANALYZER_REPORT_PEN_H

#include <stddef.h>

#include "base/errbuf.h"
#include "base/sink.h"

/* { sink, err, 0 } to begin with; the sink should be a buffered one. */
struct pen {
	struct sink *sink;
	struct errbuf *err;
	int status;		/* -1: failed, with the reason in *err */
};

/* Adds n bytes; an error is kept for the end. */
void pen_write(struct pen *pen, const char *text, size_t n);

/* The same of a terminated text. */
void pen_put(struct pen *pen, const char *text);

/* The text so many times. */
void pen_repeat(struct pen *pen, const char *text, size_t times);

/* What is made by the format must fit into 1023 bytes. */
void pen_printf(struct pen *pen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
