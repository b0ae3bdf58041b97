/*
 * Base32 (RFC 4648) in small letters and without padding, as names of DNS can
 * carry it.
 */
#ifndef TRAFFIC_SYNTH_VERBS_BASE32_H
#define TRAFFIC_SYNTH_VERBS_BASE32_H

#include <stddef.h>
#include <stdint.h>

/* Characters of so many bytes. */
#define BASE32_CHARS(bytes)	(((bytes) * 8 + 4) / 5)

/* Writes them, without a terminator; returns how many. */
size_t base32_write(char *to, const uint8_t *data, size_t len);

#endif
