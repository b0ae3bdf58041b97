/*
 * Numbers, times and addresses as text, quickly and without a locale.
 *
 * Every function writes at `at`, no terminator, and returns the end.  The
 * caller has room for the number of bytes named.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdint.h>

#include "base/table.h"

enum {
	TEXT_U64_BYTES = 20,
	TEXT_I64_BYTES = 20,
	TEXT_SECONDS_BYTES = 48,
	TEXT_TIME_BYTES = 24,
	TEXT_IP_BYTES = 40,
};

char *text_u64(char *at, uint64_t value);
char *text_i64(char *at, int64_t value);

/* Picoseconds as seconds with 12 decimals: "0.077033373737", "-1.5" is
 * "-1.500000000000". */
char *text_seconds(char *at, int128 picoseconds);

/* Nanoseconds as seconds with `digits` (0 to 9) decimals, the rest cut off
 * downwards (they are zeros where digits says what the capture knows). */
char *text_time(char *at, struct table_time time);

/* Dotted quad, or RFC 5952 for IPv6. */
char *text_ip(char *at, const struct table_ip *ip);

#endif
