/*
 * Characters as JSON escapes, RFC 8259, section 7.  Which ones are escaped is
 * the writer's choice: it must be '"', '\' and all below U+0020.
 *
 * As in base/text.h every function writes at `at`, no terminator, and returns
 * the end.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stdint.h>

enum { JSON_UNIT_BYTES = 6, JSON_ESCAPE_BYTES = 12 };

/* One unit of UTF-16: "\u202e"; JSON_UNIT_BYTES of room. */
char *json_unit(char *at, uint16_t unit);

/* A character, up to U+10FFFF: "\n" and the like where JSON has a letter for
 * it, else its unit or pair of units; JSON_ESCAPE_BYTES of room. */
char *json_escape(char *at, uint32_t character);

#endif
