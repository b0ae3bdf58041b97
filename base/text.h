/*
 * Numbers, times and addresses as text, quickly and without a locale.
 *
 * Every function writes at `at`, no terminator, and returns the end.  The
 * caller has room for the number of bytes named, and what lies in that room
 * behind the end may be overwritten too.
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
	TEXT_UTC_BYTES = 30,
	TEXT_IP_BYTES = 40,
};

/* Decimal digits, no leading zeros; TEXT_U64_BYTES of room. */
char *text_u64(char *at, uint64_t value);

/* The same, "-" in front below zero; TEXT_I64_BYTES. */
char *text_i64(char *at, int64_t value);

/* Picoseconds as seconds with 12 decimals: "0.077033373737", "-1.5" is
 * "-1.500000000000". */
char *text_seconds(char *at, int128 picoseconds);

/* Units of 10^-12 without needless decimals: "0.5", "-12"; in
 * TEXT_SECONDS_BYTES of room. */
char *text_decimal(char *at, int128 value);

/* Nanoseconds as seconds with `digits` (0 to 9) decimals, the rest cut off
 * downwards (they are zeros where digits says what the capture knows). */
char *text_time(char *at, struct table_time time);

/* The same as a date and a time of day, RFC 3339: "2021-11-28T18:17:19.5Z",
 * without a point where digits is 0; TEXT_UTC_BYTES of room.  64 bits of
 * nanoseconds have the years 1677 to 2262. */
char *text_utc(char *at, struct table_time time);

/*
 * What text_time() writes for a run of times that seldom leave their second: the text of the
 * whole seconds is kept until they change.
 */
struct text_clock {
	int64_t second_ns;	/* where the kept second begins */
	uint32_t len;		/* of its text, with the point */
	char text[16];
};

/* Caller's memory, no resources; keeps the second 0. */
void text_clock_init(struct text_clock *clock);

/* Writes what text_time() would, in TEXT_TIME_BYTES of room. */
char *text_clock_time(char *at, struct table_time time,
    struct text_clock *clock);

/* Dotted quad, or RFC 5952 for IPv6 (its last 32 bits as a dotted quad behind
 * ::ffff: and, as inet_ntop() has it, behind :: alone). */
char *text_ip(char *at, const struct table_ip *ip);

#endif
