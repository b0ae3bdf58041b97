/*
 * Bytes written as hex digits.
 */
#ifndef TESTS_TOOLS_HEX_H
#define TESTS_TOOLS_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Lower case digits in pairs, blanks anywhere, to bytes; returns how many.
 * Anything else, or more than `room`, is a bug and asserted. */
size_t hex_bytes(const char *hex, uint8_t *out, size_t room);

#endif
