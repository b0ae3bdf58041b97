/*
 * A line of a script or a scenario, read from left to right: words, durations,
 * and texts in quotes, with blanks and tabs between them.  A '#' outside quotes
 * begins a comment.
 *
 * What is wrong is one line in *err, "NAME:LINE:COLUMN: what is wrong", counted
 * from 1, columns in bytes; the functions return -1 then.
 */
#ifndef CHAT_SCRIPT_SCRIPT_LINE_H
#define CHAT_SCRIPT_SCRIPT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"

/* Caller's memory; the text is borrowed and need not be terminated. */
struct script_line {
	const char *name;	/* of the file */
	size_t line;
	const char *begin, *at, *end;
	struct errbuf *err;
};

/* Always -1. */
int script_line_fault(const struct script_line *r, const char *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* To the first byte that is no blank or tab, or to the end. */
void script_line_skip_blanks(struct script_line *r);

/* Nothing more but blanks and a comment? */
bool script_line_at_end(struct script_line *r);

/* The next word, terminated, and where it begins; "" at the end or before a
 * quote.  Of one that is too long, the beginning. */
const char *script_line_word(struct script_line *r, char *word, size_t room);

/* A duration as parse_duration() has it, or 0 with any unit. */
int script_line_duration(struct script_line *r, int64_t *out);

/* A text in quotes, appended without them and with its escapes (script_text.h)
 * as the bytes that they stand for. */
int script_line_quoted(struct script_line *r, struct bytes *out);

#endif
