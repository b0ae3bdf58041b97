/*
 * The beginning of a payload as a cell.
 */
#ifndef ANALYZER_ANALYSES_PREVIEW_H
#define ANALYZER_ANALYSES_PREVIEW_H

#include <stddef.h>
#include <stdint.h>

enum {
	PREVIEW_BYTES = 48,	/* of the payload, at most */
	PREVIEW_TEXT_BYTES = 2 * PREVIEW_BYTES + 3,
};

/*
 * Writes the first of `n` bytes: where they are text, as they are, but for tab,
 * line feed and carriage return, which become \t, \n and \r (a backslash stays
 * one); else 0x and hex digits.  Text is UTF-8 without controls; a character
 * that the bound cuts is left out.  "" for n == 0.
 */
void preview_text(char text[PREVIEW_TEXT_BYTES], const uint8_t *payload,
    size_t n);

#endif
