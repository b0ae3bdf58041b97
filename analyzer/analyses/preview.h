/*
 * The beginning of a payload, for a person to read.
 *
 * What is UTF-8 without other controls than tabs and line ends (base/utf8.h) is
 * text and stands as it is, those as \t, \r and \n.  Where other bytes are
 * among it (lengths before words, say) they stand as \x07, as long as three in
 * five bytes are of characters and four such follow each other somewhere.  All
 * else is hex, two digits a byte.
 */
#ifndef ANALYZER_ANALYSES_PREVIEW_H
#define ANALYZER_ANALYSES_PREVIEW_H

#include <stddef.h>
#include <stdint.h>

enum {
	PREVIEW_BYTES_MAX = 48,	/* of the payload */
	PREVIEW_TEXT_BYTES = 4 * PREVIEW_BYTES_MAX + 1,	/* with the NUL */
};

/*
 * Of n bytes the first PREVIEW_BYTES_MAX; a character that this cuts is left
 * out.  Returns the length of the text; 0 where n is.
 */
size_t preview(char text[PREVIEW_TEXT_BYTES], const uint8_t *data, size_t n);

#endif
