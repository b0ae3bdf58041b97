#include "base/parse.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/int128.h"

static const int64_t NS_PER_SECOND = 1000000000;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum digits { DIGITS_READ, DIGITS_NONE, DIGITS_TOO_LARGE };

/* Moves *text past the digits; *out is set when they were read. */
static enum digits
read_digits(const char **text, uint64_t *out)
{
	uint64_t value = 0;
	bool fits = true;

	if (!is_digit(**text))
		return DIGITS_NONE;
	for (; is_digit(**text); (*text)++) {
		uint64_t digit = (uint64_t)(**text - '0');

		fits = fits && value <= (UINT64_MAX - digit) / 10;
		value = value * 10 + digit;
	}
	if (!fits)
		return DIGITS_TOO_LARGE;
	*out = value;
	return DIGITS_READ;
}

int
parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct errbuf *err)
{
	const char *at = text;
	uint64_t value = 0;
	enum digits digits = read_digits(&at, &value);

	if (digits == DIGITS_NONE || *at != '\0') {
		errbuf_set(err, "\"%s\" is not a whole number", text);
		return -1;
	}
	if (digits == DIGITS_TOO_LARGE || value < min || value > max) {
		errbuf_set(err, "%s is not between %" PRIu64 " and %" PRIu64,
		    text, min, max);
		return -1;
	}
	*out = value;
	return 0;
}

int
parse_fraction(const char *text, uint32_t *out, struct errbuf *err)
{
	const char *at = text;
	uint32_t value = 0, scale = 1000000000;

	while (*at == '0')
		at++;
	if (*at == '.')
		for (at++; is_digit(*at) && scale > 1; at++) {
			scale /= 10;
			value += scale * (uint32_t)(*at - '0');
		}
	if (*at != '\0' || value == 0) {
		errbuf_set(err, "\"%s\" is not a number between 0 and 1 with "
		    "at most nine decimals", text);
		return -1;
	}
	*out = value;
	return 0;
}

/* Powers of two by suffix; -1 where there is no such suffix. */
static int
suffix_shift(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (*suffix == '\0' || strcasecmp(suffix, "B") == 0)
		return 0;
	letter = strchr(letters, *suffix & ~0x20);
	if (letter == NULL || *letter == '\0')
		return -1;
	suffix++;
	if (*suffix != '\0' && strcasecmp(suffix, "B") != 0 &&
	    strcasecmp(suffix, "iB") != 0)
		return -1;
	return 10 * (int)(letter - letters + 1);
}

int
parse_size(const char *text, uint64_t *out, struct errbuf *err)
{
	const char *at = text;
	uint64_t value = 0;
	enum digits digits = read_digits(&at, &value);
	int shift = suffix_shift(at);

	if (digits == DIGITS_NONE || shift < 0) {
		errbuf_set(err, "\"%s\" is not a size; write bytes, or a "
		    "number with K, M, G or T", text);
		return -1;
	}
	if (digits == DIGITS_TOO_LARGE || value > UINT64_MAX >> shift) {
		errbuf_set(err, "%s is too large a size", text);
		return -1;
	}
	*out = value << shift;
	return 0;
}

static const struct duration_unit {
	const char *name;
	int64_t ns;
} duration_units[] = {
	{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
	{ "us", 1000 }, { "ns", 1 }, { "m", 60000000000 },
	{ "h", 3600000000000 }, { "d", 86400000000000 },
};

static const struct duration_unit *
find_duration_unit(const char *name)
{
	for (size_t i = 0; i < sizeof(duration_units) /
	    sizeof(*duration_units); i++)
		if (strcmp(duration_units[i].name, name) == 0)
			return &duration_units[i];
	return NULL;
}

int
parse_duration(const char *text, int64_t *out, struct errbuf *err)
{
	const struct duration_unit *unit;
	const char *at = text;
	uint64_t whole = 0;
	int64_t billionths = 0, scale = NS_PER_SECOND;
	bool good = read_digits(&at, &whole) == DIGITS_READ;
	int128 ns;

	if (good && *at == '.') {
		good = is_digit(*++at);
		for (; is_digit(*at) && scale > 1; at++) {
			scale /= 10;
			billionths += scale * (*at - '0');
		}
	}
	unit = find_duration_unit(at);
	if (!good || unit == NULL) {
		errbuf_set(err, "\"%s\" is not a length of time; write seconds, "
		    "or a number with ns, us, ms, s, m, h or d", text);
		return -1;
	}
	ns = (int128)whole * unit->ns +
	    (int128)billionths * unit->ns / NS_PER_SECOND;
	if (ns < 1 || ns > INT64_MAX / 2) {
		errbuf_set(err, "%s is too %s a time", text,
		    ns < 1 ? "short" : "long");
		return -1;
	}
	if ((int128)billionths * unit->ns % NS_PER_SECOND != 0) {
		errbuf_set(err, "%s is not a whole number of nanoseconds",
		    text);
		return -1;
	}
	*out = (int64_t)ns;
	return 0;
}

/* Exactly n digits, min <= value <= max. */
static bool
read_field(const char **text, int n, int min, int max, int *out)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*text)++) {
		if (!is_digit(**text))
			return false;
		value = value * 10 + (**text - '0');
	}
	*out = value;
	return value >= min && value <= max;
}

static bool
read_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* ".5" as nanoseconds: nothing, or one to nine digits behind a point. */
static bool
read_fraction(const char **text, int64_t *ns)
{
	int64_t unit = NS_PER_SECOND;

	*ns = 0;
	if (!read_char(text, '.'))
		return true;
	if (!is_digit(**text))
		return false;
	for (; is_digit(**text); (*text)++) {
		unit /= 10;
		if (unit == 0)
			return false;
		*ns += (**text - '0') * unit;
	}
	return true;
}

static int
days_in_month(int year, int month)
{
	static const uint8_t days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/*
 * Days from 1970-01-01 in the proleptic Gregorian calendar.  The year begins
 * in March here, so that the leap day is its last; 719468 days lie between
 * 0000-03-01 and 1970-01-01.
 */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;

	return (int64_t)era * 146097 + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* "2021-11-28" as seconds. */
static bool
read_date(const char **text, int64_t *seconds)
{
	int year, month, day;

	if (!read_field(text, 4, 0, 9999, &year) || !read_char(text, '-') ||
	    !read_field(text, 2, 1, 12, &month) || !read_char(text, '-') ||
	    !read_field(text, 2, 1, days_in_month(year, month), &day))
		return false;
	*seconds = days_since_epoch(year, month, day) * 86400;
	return true;
}

/* "18:17:19.5".  The epoch has no number for a leap second's ":60". */
static bool
read_clock(const char **text, int64_t *seconds, int64_t *ns)
{
	int hour, minute, second;

	if (!read_field(text, 2, 0, 23, &hour) || !read_char(text, ':') ||
	    !read_field(text, 2, 0, 59, &minute) || !read_char(text, ':') ||
	    !read_field(text, 2, 0, 59, &second) || !read_fraction(text, ns))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* "Z", "+01:00" or nothing, as seconds east of UTC. */
static bool
read_zone(const char **text, int64_t *seconds)
{
	bool west = **text == '-';
	int hour, minute;

	*seconds = 0;
	if (**text == '\0' || read_char(text, 'Z') || read_char(text, 'z'))
		return true;
	if (!read_char(text, '+') && !read_char(text, '-'))
		return false;
	if (!read_field(text, 2, 0, 23, &hour) || !read_char(text, ':') ||
	    !read_field(text, 2, 0, 59, &minute))
		return false;
	*seconds = (west ? -1 : 1) * (hour * 3600 + minute * 60);
	return true;
}

static bool
read_calendar(const char *text, int128 *out)
{
	int64_t date, clock = 0, ns = 0, zone = 0;

	if (!read_date(&text, &date))
		return false;
	if (*text == 'T' || *text == 't' || *text == ' ') {
		text++;
		if (!read_clock(&text, &clock, &ns) ||
		    !read_zone(&text, &zone))
			return false;
	}
	*out = (int128)(date + clock - zone) * NS_PER_SECOND + ns;
	return *text == '\0';
}

static bool
read_epoch(const char *text, int128 *out)
{
	bool negative = read_char(&text, '-');
	uint64_t seconds = 0;
	int64_t ns;
	enum digits digits = read_digits(&text, &seconds);

	if (digits == DIGITS_NONE || !read_fraction(&text, &ns))
		return false;
	/* Far outside the range, which the caller then says. */
	if (digits == DIGITS_TOO_LARGE)
		seconds = UINT64_MAX;
	*out = (int128)seconds * NS_PER_SECOND + ns;
	if (negative)
		*out = -*out;
	return *text == '\0';
}

int
parse_time(const char *text, int64_t *out, struct errbuf *err)
{
	int128 ns = 0;

	if (!read_epoch(text, &ns) && !read_calendar(text, &ns)) {
		errbuf_set(err, "\"%s\" is not a time; write epoch seconds or "
		    "2021-11-28T18:17:19.5Z", text);
		return -1;
	}
	/* The lowest number means "undefined" in tables. */
	if (ns <= INT64_MIN || ns > INT64_MAX) {
		errbuf_set(err, "%s is outside the years 1677 to 2262 that "
		    "nanoseconds can count", text);
		return -1;
	}
	*out = (int64_t)ns;
	return 0;
}
