#include "analyzer/report/amount.h"

#include <stdio.h>
#include <string.h>

#include "base/fixed_log.h"
#include "base/table.h"
#include "base/text.h"

/* A larger unit, and how many of the integers it has. */
struct scale {
	int128 of;
	const char *name;
};

#define KILO	((int128)1000)
#define MEGA	(KILO * KILO)
#define GIGA	(MEGA * KILO)
#define TERA	(GIGA * KILO)
#define NBSP	"\xc2\xa0"
#define DAY	(86400 * GIGA)	/* nanoseconds */
#define YEAR	(DAY * 36525 / 100)

static const struct scale counts[] = {
	{ 1, "" }, { KILO, NBSP "k" }, { MEGA, NBSP "M" }, { GIGA, NBSP "G" },
	{ TERA, NBSP "T" }, { TERA * KILO, NBSP "P" }, { 0, NULL },
};
static const struct scale bytes[] = {
	{ 1, NBSP "B" }, { KILO, NBSP "kB" }, { MEGA, NBSP "MB" },
	{ GIGA, NBSP "GB" }, { TERA, NBSP "TB" }, { TERA * KILO, NBSP "PB" },
	{ 0, NULL },
};
static const struct scale ns[] = {
	{ 1, NBSP "ns" }, { KILO, NBSP "µs" }, { MEGA, NBSP "ms" },
	{ GIGA, NBSP "s" }, { DAY, NBSP "d" }, { YEAR, NBSP "years" },
	{ 0, NULL },
};
static const struct scale spans[] = {
	{ DAY, NBSP "d" }, { 3600 * GIGA, NBSP "h" },
	{ 60 * GIGA, NBSP "min" }, { GIGA, NBSP "s" }, { MEGA, NBSP "ms" },
	{ KILO, NBSP "µs" }, { 1, NBSP "ns" },
};
static const struct scale ps[] = {
	{ 1, NBSP "ps" }, { KILO, NBSP "ns" }, { MEGA, NBSP "µs" },
	{ GIGA, NBSP "ms" }, { TERA, NBSP "s" }, { DAY * KILO, NBSP "d" },
	{ YEAR * KILO, NBSP "years" }, { 0, NULL },
};
static const struct scale shares[] = { { GIGA * 10, NBSP "%" }, { 0, NULL } };
static const struct scale scores[] = { { TERA, "" }, { 0, NULL } };

static const struct scale *const scales[] = {
	[AMOUNT_COUNT] = counts, [AMOUNT_BYTES] = bytes, [AMOUNT_NS] = ns,
	[AMOUNT_PS] = ps, [AMOUNT_SHARE] = shares, [AMOUNT_SCORE] = scores,
	[AMOUNT_TIME] = counts,
};

/* The largest unit of which there is one at least. */
static const struct scale *
find_scale(enum amount_unit unit, int128 value)
{
	const struct scale *s = scales[unit];

	value = value < 0 ? -value : value;
	while (s[1].name != NULL && s[1].of <= value)
		s++;
	return s;
}

/* For marks, which are round numbers of seconds, and not of days. */
static const struct scale *
find_decimal(enum amount_unit unit, int128 value)
{
	const struct scale *s = find_scale(unit, value);

	while (s->of % 864 == 0)	/* days and years: no power of ten */
		s--;
	return s;
}

/* value / of, all its digits (units divide 10^12 of something). */
static void
put_exact(char out[AMOUNT_BYTES_MAX], int128 value, const struct scale *s)
{
	char text[TEXT_SECONDS_BYTES + 1];
	int128 part = value / s->of * TERA + value % s->of * TERA / s->of;

	*text_decimal(text, part) = '\0';
	snprintf(out, AMOUNT_BYTES_MAX, "%s%s", text, s->name);
}

/* Half up, away from zero, to a multiple of `step`. */
static int128
round_to(int128 value, int128 step)
{
	int128 half = step / 2;

	return (value < 0 ? value - half : value + half) / step * step;
}

static void
put_time(char out[AMOUNT_BYTES_MAX], int128 value)
{
	struct table_time time = { (int64_t)value, 9 };

	/* No more digits than it has, three at a time. */
	while (time.digits > 0 && value % 1000 == 0) {
		time.digits = (uint8_t)(time.digits - 3);
		value /= 1000;
	}
	*text_utc(out, time) = '\0';
}

void
amount_text(char out[AMOUNT_BYTES_MAX], int128 value, enum amount_unit unit)
{
	const struct scale *s = find_scale(unit, value);
	int128 rounded = value, step = s->of;

	if (unit == AMOUNT_TIME) {
		put_time(out, value);
		return;
	}
	if (unit == AMOUNT_COUNT && value > -100000 && value < 100000) {
		put_exact(out, value, counts);
		return;
	}
	/* Three digits: the step is a tenth or a hundredth of the unit where
	 * there are fewer than three before the point. */
	for (int i = 0; i < 2 && step % 10 == 0; i++)
		if ((value < 0 ? -value : value) < step * 100)
			step /= 10;
	rounded = round_to(value, step);
	put_exact(out, rounded, find_scale(unit, rounded));
}

void
amount_mark(char out[AMOUNT_BYTES_MAX], int128 value, int128 largest,
    enum amount_unit unit)
{
	if (unit == AMOUNT_TIME)
		put_time(out, value);
	else
		put_exact(out, value, find_decimal(unit, largest));
}

void
amount_span(char out[AMOUNT_BYTES_MAX], int128 value)
{
	const struct scale *s = spans;

	while (s->of > 1 && (value == 0 || value % s->of != 0))
		s++;
	put_exact(out, value, s);
}

int32_t
amount_log2(uint64_t value)
{
	enum { BITS = 16 };

	return value == 0 ? -(1 << BITS) :
	    (int32_t)(fixed_log2(value) >> (FIXED_LOG_BITS - BITS));
}
