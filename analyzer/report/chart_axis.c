#include <stdio.h>
#include <string.h>

#include "analyzer/report/chart_draw.h"
#include "base/table.h"
#include "base/text.h"

#define SECOND	((int128)1000000000)
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

/* Shorter spans are told as time since their start. */
#define OF_DAY	(10 * MINUTE)

static bool
is_since(const struct chart_scale *s)
{
	return s->axis->unit == AMOUNT_TIME && s->high - s->low < OF_DAY;
}

static int32_t
log_of(int128 value)
{
	return amount_log2(value <= 0 ? 0 : value > UINT64_MAX ? UINT64_MAX :
	    (uint64_t)value);
}

int
chart_at(const struct chart_scale *s, int128 value)
{
	int128 low = s->low, high = s->high;

	value = value < low ? low : value > high ? high : value;
	if (s->axis->log) {
		value = log_of(value);
		low = log_of(low);
		high = log_of(high);
	}
	return s->from + (int)((value - low) * (s->to - s->from) /
	    (high - low));
}

/* 1, 2 or 5 times a power of ten, so that `most` steps are enough. */
static int128
nice_step(int128 span, int most)
{
	static const int factors[] = { 1, 2, 5 };
	int128 power = 1;

	for (;; power *= 10)
		for (int i = 0; i < 3; i++)
			if (power * factors[i] * most >= span)
				return power * factors[i];
}

static int128
nice_time_step(int128 span, int most)
{
	static const int128 steps[] = {
		MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE,
		30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] * most >= span)
			return steps[i];
	return nice_step((span + DAY - 1) / DAY, most) * DAY;
}

static void
add_mark(struct chart_scale *s, int128 value)
{
	if (s->mark_count < CHART_MARKS_MAX)
		s->marks[s->mark_count++] = value;
}

static void
mark_decades(struct chart_scale *s)
{
	static const int factors[] = { 1, 2, 5 };
	int n = s->axis->log_from > 0 ? 3 : 1;

	if (s->low == 0)
		add_mark(s, 0);
	for (int128 power = 1; power <= s->high; power *= 10)
		for (int i = 0; i < n; i++)
			if (power * factors[i] >= s->low &&
			    power * factors[i] <= s->high)
				add_mark(s, power * factors[i]);
}

void
chart_marks(struct chart_scale *s, int most, bool upwards)
{
	int128 span = s->high - s->low, step, first;
	int128 origin = is_since(s) ? s->low : 0;

	s->mark_count = 0;
	if (s->axis->log) {
		mark_decades(s);
		return;
	}
	step = s->axis->unit == AMOUNT_TIME && !is_since(s) ?
	    nice_time_step(span, most) : nice_step(span, most);
	if (upwards)
		s->high = (s->high + step - 1) / step * step;
	first = (s->low - origin) / step * step + origin;
	for (; first <= s->high; first += step)
		if (first >= s->low)
			add_mark(s, first);
}

/* "2021-11-28T18:17:19Z", of 64 bits: the year has four digits. */
static void
put_utc(char out[AMOUNT_BYTES_MAX], int128 ns)
{
	struct table_time time = { ns > INT64_MAX ? INT64_MAX : (int64_t)ns,
	    0 };

	*text_utc(out, time) = '\0';
}

/* One day, told by the title? */
static bool
is_one_day(const struct chart_scale *s)
{
	char low[AMOUNT_BYTES_MAX], high[AMOUNT_BYTES_MAX];

	put_utc(low, s->low);
	put_utc(high, s->high);
	return strncmp(low, high, sizeof("2021-11-28") - 1) == 0;
}

void
chart_mark_text(char out[AMOUNT_BYTES_MAX], const struct chart_scale *s,
    int128 value)
{
	char utc[AMOUNT_BYTES_MAX];

	if (s->axis->log && s->axis->unit == AMOUNT_NS) {
		amount_text(out, value, AMOUNT_NS);	/* "11.6 d" */
	} else if (s->axis->log) {
		amount_mark(out, value, value, s->axis->unit);
	} else if (is_since(s)) {
		amount_mark(out, value - s->low, s->high - s->low, AMOUNT_NS);
	} else if (s->axis->unit != AMOUNT_TIME) {
		amount_mark(out, value, s->high, s->axis->unit);
	} else {
		put_utc(utc, value);
		if (s->mark_count > 1 && s->marks[1] - s->marks[0] >= DAY)
			snprintf(out, AMOUNT_BYTES_MAX, "%.10s", utc);
		else if (is_one_day(s))
			snprintf(out, AMOUNT_BYTES_MAX, "%.5s", utc + 11);
		else
			snprintf(out, AMOUNT_BYTES_MAX, "%.5s %.5s", utc + 5,
			    utc + 11);
	}
}

void
chart_time_title(char *out, size_t size, const struct chart_scale *s)
{
	char low[AMOUNT_BYTES_MAX];

	if (is_since(s)) {
		amount_text(low, s->low, AMOUNT_TIME);
		snprintf(out, size, "time since %s", low);
	} else if (is_one_day(s)) {
		put_utc(low, s->low);
		snprintf(out, size, "time of day on %.10s, UTC", low);
	} else {
		put_utc(low, s->low);
		snprintf(out, size, "time from %.10s on, UTC", low);
	}
}
