#include <stddef.h>

#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

enum { SNAPLEN_LEAST = 14, SNAPLEN_ALL = 262144 };

static int
read_format(struct parser *p, const struct property *row, void *target)
{
	struct scenario_capture *c = target;

	(void)p;
	c->format = (enum capture_format)row->least;
	return 0;
}

/* Nanoseconds are what there is without a word; `nanoseconds` says so. */
static int
read_unit(struct parser *p, const struct property *row, void *target)
{
	struct scenario_capture *c = target;

	(void)p;
	c->microseconds = row->least != 0;
	return 0;
}

static const struct property rows[] = {
	{ "pcap", read_format, 0, CAPTURE_PCAP },
	{ "pcapng", read_format, 0, CAPTURE_PCAPNG },
	{ "nanoseconds", read_unit, 0, false },
	{ "microseconds", read_unit, 0, true },
	{ "big-endian", read_flag,
	    offsetof(struct scenario_capture, big_endian) },
	{ "snaplen", read_u32, offsetof(struct scenario_capture, snaplen),
	    SNAPLEN_LEAST, SNAPLEN_ALL },
};

static const struct property_table table = PROPERTY_TABLE("capture", rows);

int
capture_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_capture *c = (struct scenario_capture *)(void *)
	    ((char *)target + row->at);
	const struct property_reader reader = { .table = &table,
	    .target = c };
	uint64_t seen = 0;

	*c = (struct scenario_capture){ .wanted = true,
	    .snaplen = SNAPLEN_ALL };
	return property_read_words(p, &reader, &seen);
}
