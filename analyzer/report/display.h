/*
 * How wide text is where every character has its cell: a terminal, a monospaced
 * font.
 *
 * Our own small table instead of wcwidth(3), so that the output has the same
 * bytes in every locale and with every C library.
 */
#ifndef ANALYZER_REPORT_DISPLAY_H
#define ANALYZER_REPORT_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Cells of a character: 0 (combining marks), 1 or 2 (East Asian wide and
 * emoji).  `at` is valid UTF-8; *len is its bytes. */
unsigned display_char(const char *at, size_t *len);

/* Cells of a text that display_clean() has made. */
size_t display_width(const char *text);

/* Bytes of the longest beginning that fits into so many cells. */
size_t display_fit(const char *text, size_t cells);

/* Can the character at `at` be shown: is it valid, no control character, visible
 * and without a turn of the direction of writing?  *len is its bytes, 1 where it
 * is not valid. */
bool display_is_clean(const char *at, size_t *len);

/* Appends the text, with "?" for each byte that is not UTF-8, each control
 * character, and each character that turns the direction of writing or is
 * invisible; no terminator.  -1: no memory. */
int display_clean(struct bytes *out, const char *text);

#endif
