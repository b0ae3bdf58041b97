#include "base/text.h"

#include <stdbool.h>
#include <string.h>

enum { NS_PER_SECOND = 1000000000, NS_DIGITS = 9,
	DAY_SECONDS = 86400 };

/* "00" to "99": a division by 100 gives two digits at once. */
#define TEN_PAIRS(tens) \
	tens "0" tens "1" tens "2" tens "3" tens "4" \
	tens "5" tens "6" tens "7" tens "8" tens "9"

static const char digit_pairs[] =
	TEN_PAIRS("0") TEN_PAIRS("1") TEN_PAIRS("2") TEN_PAIRS("3")
	TEN_PAIRS("4") TEN_PAIRS("5") TEN_PAIRS("6") TEN_PAIRS("7")
	TEN_PAIRS("8") TEN_PAIRS("9");

/* An IPv4 address's bytes, each with the point behind it. */
#define OCTET(digits) { digits ".", sizeof(digits) }
#define TEN_OCTETS(tens) \
	OCTET(tens "0"), OCTET(tens "1"), OCTET(tens "2"), OCTET(tens "3"), \
	OCTET(tens "4"), OCTET(tens "5"), OCTET(tens "6"), OCTET(tens "7"), \
	OCTET(tens "8"), OCTET(tens "9")

static const struct octet {
	char text[7];
	uint8_t len;
} octets[256] = {
	TEN_OCTETS(""), TEN_OCTETS("1"), TEN_OCTETS("2"), TEN_OCTETS("3"),
	TEN_OCTETS("4"), TEN_OCTETS("5"), TEN_OCTETS("6"), TEN_OCTETS("7"),
	TEN_OCTETS("8"), TEN_OCTETS("9"),
	TEN_OCTETS("10"), TEN_OCTETS("11"), TEN_OCTETS("12"), TEN_OCTETS("13"),
	TEN_OCTETS("14"), TEN_OCTETS("15"), TEN_OCTETS("16"), TEN_OCTETS("17"),
	TEN_OCTETS("18"), TEN_OCTETS("19"),
	TEN_OCTETS("20"), TEN_OCTETS("21"), TEN_OCTETS("22"), TEN_OCTETS("23"),
	TEN_OCTETS("24"),
	OCTET("250"), OCTET("251"), OCTET("252"), OCTET("253"), OCTET("254"),
	OCTET("255"),
};

static inline char *
two_digits(char *at, uint32_t value)
{
	memcpy(at, digit_pairs + 2 * value, 2);
	return at + 2;
}

static inline char *
four_digits(char *at, uint32_t value)
{
	return two_digits(two_digits(at, value / 100), value % 100);
}

static inline char *
eight_digits(char *at, uint32_t value)
{
	return four_digits(four_digits(at, value / 10000), value % 10000);
}

/* One or two digits. */
static inline char *
to_two_digits(char *at, uint32_t value)
{
	if (value >= 10)
		return two_digits(at, value);
	*at = (char)('0' + value);
	return at + 1;
}

/* One to four digits. */
static inline char *
to_four_digits(char *at, uint32_t value)
{
	if (value < 100)
		return to_two_digits(at, value);
	return two_digits(to_two_digits(at, value / 100), value % 100);
}

/* One to eight digits. */
static inline char *
to_eight_digits(char *at, uint32_t value)
{
	if (value < 10000)
		return to_four_digits(at, value);
	return four_digits(to_four_digits(at, value / 10000), value % 10000);
}

/*
 * One to four digits.  All four are made and the leading zeros shifted out: a
 * branch for each length would be mispredicted, as packets' lengths vary.  It
 * is done in a register, since bytes that have just been stored apart cannot be
 * loaded together without a stall.
 */
static inline char *
short_number(char *at, uint32_t value)
{
	uint32_t zeros = (value < 1000) + (value < 100) + (value < 10);
	uint16_t high, low;
	uint32_t digits;

	memcpy(&high, digit_pairs + 2 * (value / 100), 2);
	memcpy(&low, digit_pairs + 2 * (value % 100), 2);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	digits = ((uint32_t)low << 16 | high) >> 8 * zeros;
#else
	digits = ((uint32_t)high << 16 | low) << 8 * zeros;
#endif
	memcpy(at, &digits, 4);
	return at + 4 - zeros;
}

char *
text_u64(char *at, uint64_t value)
{
	const uint64_t eight = 100000000;

	if (value < 10000)
		return short_number(at, (uint32_t)value);
	if (value < eight)
		return to_eight_digits(at, (uint32_t)value);
	/* Two turns at most: 2^64 has twenty digits. */
	at = text_u64(at, value / eight);
	return eight_digits(at, (uint32_t)(value % eight));
}

char *
text_i64(char *at, int64_t value)
{
	uint64_t magnitude = (uint64_t)value;

	if (value < 0) {
		*at++ = '-';
		magnitude = 0 - magnitude;
	}
	return text_u64(at, magnitude);
}

/* Any number; a uint128 has up to three groups of 18 digits. */
static char *
text_u128(char *at, uint128 value)
{
	const uint64_t group = 1000000000000000000;
	uint64_t low;

	if (value < group)
		return text_u64(at, (uint64_t)value);
	at = text_u128(at, value / group);
	low = (uint64_t)(value % group);
	at = two_digits(at, (uint32_t)(low / 10000000000000000));
	low %= 10000000000000000;
	at = eight_digits(at, (uint32_t)(low / 100000000));
	return eight_digits(at, (uint32_t)(low % 100000000));
}

char *
text_seconds(char *at, int128 picoseconds)
{
	const uint64_t second = 1000000000000;
	uint128 magnitude = (uint128)picoseconds;
	uint64_t fraction;

	if (picoseconds < 0) {
		*at++ = '-';
		magnitude = 0 - magnitude;
	}
	/* 128-bit divisions are slow, and 213 days fit in 64 bits. */
	if (magnitude <= UINT64_MAX) {
		at = text_u64(at, (uint64_t)magnitude / second);
		fraction = (uint64_t)magnitude % second;
	} else {
		at = text_u128(at, magnitude / second);
		fraction = (uint64_t)(magnitude % second);
	}
	*at++ = '.';
	at = four_digits(at, (uint32_t)(fraction / 100000000));
	return eight_digits(at, (uint32_t)(fraction % 100000000));
}

char *
text_decimal(char *at, int128 value)
{
	char *end = text_seconds(at, value);

	while (end[-1] == '0')
		end--;
	return end[-1] == '.' ? end - 1 : end;
}

/* A point and `digits` decimals of a second's part.  All nine are written;
 * those too many lie behind the end. */
static inline char *
put_fraction(char *at, uint32_t ns, unsigned digits)
{
	at[0] = '.';
	at[1] = (char)('0' + ns / 100000000);
	eight_digits(at + 2, ns % 100000000);
	return at + digits + (digits != 0);
}

char *
text_time(char *at, struct table_time time)
{
	static const uint32_t units[NS_DIGITS + 1] = {
		1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000,
		100, 10, 1
	};
	uint64_t magnitude = (uint64_t)time.ns;

	if (time.ns < 0) {
		/* Downwards is away from zero here. */
		*at++ = '-';
		magnitude = 0 - magnitude + units[time.digits] - 1;
	}
	at = text_u64(at, magnitude / NS_PER_SECOND);
	return put_fraction(at, (uint32_t)(magnitude % NS_PER_SECOND),
	    time.digits);
}

/* Days since 1970-01-01 as "2021-11-28".  Method: Howard Hinnant,
 * "chrono-compatible low-level date algorithms", civil_from_days: a year
 * begins in March there.  No time stamp lies before the year 0. */
static char *
put_date(char *at, int64_t days)
{
	uint32_t since = (uint32_t)(days + 719468);	/* 0000-03-01 */
	uint32_t era = since / 146097, of_era = since % 146097;
	uint32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
	    year_of_era / 100);
	uint32_t m = (5 * of_year + 2) / 153;
	uint32_t month = m < 10 ? m + 3 : m - 9;

	at = four_digits(at, era * 400 + year_of_era + (month <= 2));
	*at++ = '-';
	at = two_digits(at, month);
	*at++ = '-';
	return two_digits(at, of_year - (153 * m + 2) / 5 + 1);
}

char *
text_utc(char *at, struct table_time time)
{
	/* Downwards before 1970, too. */
	int64_t second = time.ns / NS_PER_SECOND -
	    (time.ns % NS_PER_SECOND < 0);
	int64_t days = second / DAY_SECONDS - (second % DAY_SECONDS < 0);
	uint32_t of_day = (uint32_t)(second - days * DAY_SECONDS);
	uint32_t ns = (uint32_t)((uint64_t)time.ns -
	    (uint64_t)second * NS_PER_SECOND);

	at = put_date(at, days);
	*at++ = 'T';
	at = two_digits(at, of_day / 3600);
	*at++ = ':';
	at = two_digits(at, of_day / 60 % 60);
	*at++ = ':';
	at = put_fraction(two_digits(at, of_day % 60), ns, time.digits);
	*at++ = 'Z';
	return at;
}

static void
clock_set(struct text_clock *clock, int64_t ns)
{
	char *end = text_u64(clock->text, (uint64_t)ns / NS_PER_SECOND);

	*end++ = '.';
	clock->len = (uint32_t)(end - clock->text);
	clock->second_ns = ns - ns % NS_PER_SECOND;
}

void
text_clock_init(struct text_clock *clock)
{
	memset(clock, 0, sizeof(*clock));
	clock_set(clock, 0);
}

char *
text_clock_time(char *at, struct table_time time, struct text_clock *clock)
{
	uint64_t ns = (uint64_t)time.ns - (uint64_t)clock->second_ns;

	if (time.ns < clock->second_ns || ns >= NS_PER_SECOND) {
		/* No second before 1970 is kept: its decimals count back. */
		if (time.ns < 0)
			return text_time(at, time);
		clock_set(clock, time.ns);
		ns = (uint64_t)time.ns - (uint64_t)clock->second_ns;
	}
	memcpy(at, clock->text, sizeof(clock->text));
	return put_fraction(at + clock->len - 1, (uint32_t)ns, time.digits);
}

static char *
text_ipv4(char *at, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		const struct octet *octet = &octets[bytes[i]];

		memcpy(at, octet->text, 4);
		at += octet->len;
	}
	return at - 1;
}

struct run {
	int first, len;		/* in groups of 16 bits */
};

/* The longest run of zeros, the first of equals; one alone stays a zero. */
static struct run
longest_zeros(const uint16_t *groups)
{
	struct run best = { 8, 1 };

	for (int i = 0; i < 8;) {
		int start = i;

		while (i < 8 && groups[i] == 0)
			i++;
		if (i - start > best.len)
			best = (struct run){ start, i - start };
		i += i == start;
	}
	return best;
}

/* Without leading zeros. */
static char *
put_hex(char *at, uint16_t value)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*at++ = digits[value >> shift & 15];
	return at;
}

static char *
text_ipv6(char *at, const uint8_t *bytes)
{
	uint16_t groups[8];
	struct run zeros;
	bool quad;

	for (int i = 0; i < 8; i++)
		groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	zeros = longest_zeros(groups);
	quad = zeros.first == 0 && (zeros.len == 6 ||
	    (zeros.len == 5 && groups[5] == 0xffff));
	for (int i = 0; i < 8; i++) {
		if (i == zeros.first) {
			*at++ = ':';
			i += zeros.len - 1;
			if (i == 7)
				*at++ = ':';
			continue;
		}
		if (i != 0)
			*at++ = ':';
		if (quad && i == 6)
			return text_ipv4(at, bytes + 12);
		at = put_hex(at, groups[i]);
	}
	return at;
}

char *
text_ip(char *at, const struct table_ip *ip)
{
	return ip->version == 4 ? text_ipv4(at, ip->bytes) :
	    text_ipv6(at, ip->bytes);
}
