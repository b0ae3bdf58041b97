/*
 * What stands behind a property: readers for tables, and the functions that
 * they are made of.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_VALUES_H
#define TRAFFIC_SCENARIO_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/scenario/property.h"

#define US_NS		INT64_C(1000)
#define MS_NS		INT64_C(1000000)
#define SECOND_NS	INT64_C(1000000000)
#define DAY_NS		(86400 * SECOND_NS)

enum unit { UNIT_NUMBER, UNIT_SIZE, UNIT_TIME };

/* One number, size or duration in bounds. */
int value_read(struct parser *p, enum unit unit, uint64_t least,
    uint64_t most, uint64_t *out);

/* X | uniform X to Y | exponential X [max Z] | pareto X shape S [max Z] */
int amount_read(struct parser *p, enum unit unit, uint64_t least,
    uint64_t most, struct amount *out);

/* A number with up to `places` decimals as so many times 10^places, at most
 * `most`; what follows it in the text is *rest. */
bool decimal_read(const char *text, unsigned places, uint64_t most,
    uint64_t *out, const char **rest);

/* 1.5%, as parts of a million. */
int percent_read(struct parser *p, uint32_t *ppm);

#define AMOUNT_OF(value, most) \
	{ AMOUNT_CONSTANT, value, value, 0, most }

/* The rows' readers, by the type of their member. */
property_read read_flag;		/* bool: true */
property_read read_choice;		/* an enum or int, by row->choices */
property_read read_u16, read_u32, read_u64;	/* numbers */
property_read read_u8;
property_read read_size32, read_size;	/* uint32_t, uint64_t bytes */
property_read read_time;		/* int64_t ns */
property_read read_percent;		/* uint32_t ppm */
property_read read_amount, read_amount_size, read_amount_time;

#endif
