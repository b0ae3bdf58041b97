#include "traffic/scenario/values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

static const char *const unit_names[] = {
	[UNIT_NUMBER] = "a number", [UNIT_SIZE] = "a size",
	[UNIT_TIME] = "a duration",
};

static int
read_unbounded(struct parser *p, enum unit unit, uint64_t *out)
{
	struct errbuf why;
	struct word word;
	int64_t ns = 0;
	int result;

	if (unit == UNIT_TIME) {
		result = script_line_duration(&p->line, &ns);
		*out = (uint64_t)ns;
		return result;
	}
	if (parser_word(p, unit_names[unit], &word) == -1)
		return -1;
	result = unit == UNIT_SIZE ? parse_size(word.text, out, &why) :
	    parse_u64(word.text, 0, UINT64_MAX, out, &why);
	return result == 0 ? 0 : parser_fault(p, word.at, "%s", why.text);
}

/* Nanoseconds as people write them. */
static const char *
say_time(char room[32], uint64_t ns)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "d", UINT64_C(86400000000000) }, { "s", 1000000000 },
		{ "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	};
	size_t i = 0;

	while (ns % units[i].ns != 0)
		i++;
	snprintf(room, 32, "%" PRIu64 "%s", ns / units[i].ns,
	    ns == 0 ? "" : units[i].name);
	return room;
}

int
value_read(struct parser *p, enum unit unit, uint64_t least, uint64_t most,
    uint64_t *out)
{
	char low[32], high[32];
	struct word word;

	script_line_skip_blanks(&p->line);
	word.at = p->line.at;
	if (read_unbounded(p, unit, out) == -1)
		return -1;
	if (*out >= least && *out <= most)
		return 0;
	p->line.at = word.at;
	script_line_word(&p->line, word.text, sizeof(word.text));
	if (unit == UNIT_TIME)
		return parser_fault(p, word.at, "%s is not between %s and %s",
		    word.text, say_time(low, least), say_time(high, most));
	return parser_fault(p, word.at, "%s is not between %" PRIu64 " and %"
	    PRIu64 "%s", word.text, least, most,
	    unit == UNIT_SIZE ? " bytes" : "");
}

int
read_flag(struct parser *p, const struct property *row, void *target)
{
	bool *out = (bool *)((char *)target + row->at);

	(void)p;
	*out = true;
	return 0;
}

static const char *
name_of_choice(const void *of, size_t i)
{
	const struct choice *choices = of;

	return choices[i].name;
}

int
read_choice(struct parser *p, const struct property *row, void *target)
{
	const struct choice *choices = row->choices;
	const char *near;
	struct word word;
	size_t count = 0;

	if (parser_word(p, "a word", &word) == -1)
		return -1;
	for (; choices[count].name != NULL; count++) {
		if (strcmp(word.text, choices[count].name) != 0)
			continue;
		memcpy((char *)target + row->at, &choices[count].value,
		    sizeof(int));
		return 0;
	}
	near = near_name(word.text, name_of_choice, choices, count);
	if (near == NULL)
		near = choices[0].name;
	return parser_fault(p, word.at, "`%s` is no `%s`; `%s` is", word.text,
	    row->name, near);
}

/* Bounds of the row, within those of the type. */
static int
read_bounded(struct parser *p, const struct property *row, enum unit unit,
    uint64_t type_most, uint64_t *out)
{
	return value_read(p, unit, row->least,
	    row->most == 0 ? type_most : row->most, out);
}

#define DEFINE_READER(reader, type, unit, most) \
int \
reader(struct parser *p, const struct property *row, void *target) \
{ \
	uint64_t value; \
	type narrow; \
\
	if (read_bounded(p, row, unit, most, &value) == -1) \
		return -1; \
	narrow = (type)value; \
	memcpy((char *)target + row->at, &narrow, sizeof(narrow)); \
	return 0; \
}

DEFINE_READER(read_u8, uint8_t, UNIT_NUMBER, UINT8_MAX)
DEFINE_READER(read_u16, uint16_t, UNIT_NUMBER, UINT16_MAX)
DEFINE_READER(read_u32, uint32_t, UNIT_NUMBER, UINT32_MAX)
DEFINE_READER(read_u64, uint64_t, UNIT_NUMBER, UINT64_MAX)
DEFINE_READER(read_size32, uint32_t, UNIT_SIZE, UINT32_MAX)
DEFINE_READER(read_size, uint64_t, UNIT_SIZE, UINT64_MAX)
DEFINE_READER(read_time, int64_t, UNIT_TIME, INT64_MAX)

bool
decimal_read(const char *text, unsigned places, uint64_t most, uint64_t *out,
    const char **rest)
{
	uint64_t value = 0;
	bool has_point = false, has_digit = false;

	for (; (*text >= '0' && *text <= '9') || (*text == '.' && !has_point);
	    text++) {
		if (*text == '.') {
			has_point = true;
			continue;
		}
		if ((has_point && places == 0) || value > most)
			return false;
		places -= has_point;
		value = value * 10 + (uint64_t)(*text - '0');
		has_digit = true;
	}
	for (; places > 0 && value <= most; places--)
		value *= 10;
	*out = value;
	*rest = text;
	return has_digit && value <= most;
}

int
percent_read(struct parser *p, uint32_t *ppm)
{
	struct word word;
	const char *rest;
	uint64_t value;

	if (parser_word(p, "a part in per cent", &word) == -1)
		return -1;
	if (!decimal_read(word.text, 4, 1000000, &value, &rest) ||
	    strcmp(rest, "%") != 0)
		return parser_fault(p, word.at, "`%s` is not a part like 1.5%%"
		    " (0%% to 100%%, at most 4 decimals)", word.text);
	*ppm = (uint32_t)value;
	return 0;
}

int
read_percent(struct parser *p, const struct property *row, void *target)
{
	return percent_read(p, (uint32_t *)(void *)((char *)target + row->at));
}
