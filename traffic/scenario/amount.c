#include <string.h>

#include "traffic/scenario/values.h"

static int
read_shape(struct parser *p, struct amount *out)
{
	struct word word;
	const char *rest;
	uint64_t milli;

	if (parser_expect(p, "shape") == -1 ||
	    parser_word(p, "the shape", &word) == -1)
		return -1;
	if (!decimal_read(word.text, 3, 100000, &milli, &rest) ||
	    *rest != '\0' || milli < 100)
		return parser_fault(p, word.at, "`%s` is not a shape: a number"
		    " from 0.1 to 100, at most 3 decimals", word.text);
	out->shape_milli = (uint32_t)milli;
	return 0;
}

static int
read_most(struct parser *p, enum unit unit, uint64_t least, uint64_t most,
    struct amount *out)
{
	uint64_t value = most;

	if (parser_accept(p, "max") &&
	    value_read(p, unit, least, most, &value) == -1)
		return -1;
	out->max = (int64_t)value;
	return 0;
}

static int
read_uniform(struct parser *p, enum unit unit, uint64_t least, uint64_t most,
    struct amount *out)
{
	uint64_t a, b;

	if (value_read(p, unit, least, most, &a) == -1 ||
	    parser_expect(p, "to") == -1 ||
	    value_read(p, unit, a, most, &b) == -1)
		return -1;
	*out = (struct amount){ AMOUNT_UNIFORM, (int64_t)a, (int64_t)b, 0,
	    (int64_t)b };
	return 0;
}

/* A mean or a least value of 0 leaves nothing to draw. */
static int
read_drawn(struct parser *p, enum amount_kind kind, enum unit unit,
    uint64_t least, uint64_t most, struct amount *out)
{
	uint64_t a;

	if (least == 0)
		least = 1;
	if (value_read(p, unit, least, most, &a) == -1)
		return -1;
	*out = (struct amount){ .kind = kind, .a = (int64_t)a };
	if (kind == AMOUNT_PARETO && read_shape(p, out) == -1)
		return -1;
	return read_most(p, unit, a, most, out);
}

int
amount_read(struct parser *p, enum unit unit, uint64_t least, uint64_t most,
    struct amount *out)
{
	uint64_t value;

	if (parser_accept(p, "uniform"))
		return read_uniform(p, unit, least, most, out);
	if (parser_accept(p, "exponential"))
		return read_drawn(p, AMOUNT_EXPONENTIAL, unit, least, most,
		    out);
	if (parser_accept(p, "pareto"))
		return read_drawn(p, AMOUNT_PARETO, unit, least, most, out);
	parser_accept(p, "constant");
	if (value_read(p, unit, least, most, &value) == -1)
		return -1;
	*out = (struct amount)AMOUNT_OF((int64_t)value, (int64_t)most);
	return 0;
}

#define DEFINE_AMOUNT_READER(reader, unit) \
int \
reader(struct parser *p, const struct property *row, void *target) \
{ \
	return amount_read(p, unit, row->least, row->most, \
	    (struct amount *)(void *)((char *)target + row->at)); \
}

DEFINE_AMOUNT_READER(read_amount, UNIT_NUMBER)
DEFINE_AMOUNT_READER(read_amount_size, UNIT_SIZE)
DEFINE_AMOUNT_READER(read_amount_time, UNIT_TIME)
