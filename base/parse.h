/*
 * Numbers, sizes and times that people type: read whole and in range.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdint.h>

#include "base/errbuf.h"

/* Decimal digits only, min <= value <= max. */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct errbuf *err);

/* A number between 0 and 1, neither of them, with up to nine decimals (".05",
 * "0.5"), in units of 10^-9. */
int parse_fraction(const char *text, uint32_t *out, struct errbuf *err);

/* A number with an optional suffix K, M, G or T (powers of 1024; "KiB", "MB"
 * and the like are taken too), in bytes. */
int parse_size(const char *text, uint64_t *out, struct errbuf *err);

/*
 * A length of time, more than 0, as nanoseconds: a number with up to nine
 * decimals and a unit ns, us, ms, s, m, h or d; without one, seconds.  At most
 * 146 years, and whole nanoseconds.
 */
int parse_duration(const char *text, int64_t *out, struct errbuf *err);

/*
 * A point in time as nanoseconds since 1970-01-01 UTC: epoch seconds with up to
 * nine decimals ("1638123439.726486", "-1"), or RFC 3339 ("2021-11-28",
 * "2021-11-28T18:17:19.5Z", "2021-11-28T19:17:19+01:00"; a missing zone is UTC,
 * a space may stand for the T).
 */
int parse_time(const char *text, int64_t *out, struct errbuf *err);

#endif
