/*
 * Text within SVG and HTML.
 */
#ifndef ANALYZER_REPORT_MARKUP_H
#define ANALYZER_REPORT_MARKUP_H

#include <stddef.h>

#include "analyzer/report/pen.h"

/* Escaped as XML 1.0, section 2.4, wants it, and HTML, in elements and in
 * attributes with double quotes.  The text is clean (display.h), so that all
 * its characters are allowed. */
void markup_escape(struct pen *pen, const char *text, size_t len);

/* Text from outside: made clean, then escaped. */
void markup_foreign(struct pen *pen, const char *text);

#endif
