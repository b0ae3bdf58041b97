/*
 * What a file is that is no capture we read.
 */
#ifndef ANALYZER_CAPTURE_FOREIGN_H
#define ANALYZER_CAPTURE_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

/* "a snoop capture (RFC 1761), which is not supported", "text"
 * ... for the first bytes of a file; never NULL. */
const char *foreign_name(const uint8_t *data, size_t n);

#endif
