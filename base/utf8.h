/*
 * Text from outside: is it UTF-8 (RFC 3629) that may be shown?
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the character that begins at p, of which n are there; 0 where it is
 * none, is cut, or must not be shown: controls (C0, DEL, C1), line and
 * paragraph separators, and marks that turn the direction of what follows.
 */
size_t utf8_printable(const uint8_t *p, size_t n);

/* Bytes of whatever character begins at p, of which n are there, and its number
 * (U+0000 and those that are not shown, too); 0 where it is none or is cut. */
size_t utf8_character(const uint8_t *p, size_t n, uint32_t *character);

/* How many bytes a character takes that begins so; 0: none begins so. */
size_t utf8_expected(uint8_t first);

#endif
