#include <stddef.h>

#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

/* 65535 with a shift of 14, RFC 7323. */
enum { MSS_LEAST = 88, WINDOW_LEAST = 1024, WINDOW_MOST = 1073725440 };

#define AT(field) offsetof(struct tcp_settings, field)

static int
read_off(struct parser *p, const struct property *row, void *target)
{
	bool *out = (bool *)((char *)target + row->at);

	(void)p;
	*out = false;
	return 0;
}

static int
read_isn(struct parser *p, const struct property *row, void *target)
{
	struct tcp_settings *tcp = target;

	tcp->isn_set = true;
	return read_u32(p, row, target);
}

static const struct property rows[] = {
	{ "mss", read_u32, AT(mss), MSS_LEAST, UINT16_MAX },
	{ "no-scaling", read_off, AT(window_scaling) },
	{ "no-sack", read_off, AT(sack) },
	{ "no-timestamps", read_off, AT(timestamps) },
	{ "no-delayed-ack", read_off, AT(delayed_ack) },
	{ "nagle", read_flag, AT(nagle) },
	{ "window", read_size32, AT(receive_buffer), WINDOW_LEAST,
	    WINDOW_MOST },
	{ "initial-window", read_u32, AT(initial_window), 1, 1000 },
	{ "isn", read_isn, AT(isn) },
	{ "keepalive", read_time, AT(keepalive_ns), MS_NS, DAY_NS },
	{ "rto-min", read_time, AT(rto_min_ns), MS_NS, 60 * SECOND_NS },
	{ "retries", read_u32, AT(retries), 1, 30 },
	{ "syn-retries", read_u32, AT(syn_retries), 0, 30 },
};

static const struct property_table table = PROPERTY_TABLE("tcp", rows);

int
tcp_settings_read(struct parser *p, const struct property *row, void *target)
{
	const struct property_reader reader = { .table = &table,
	    .target = &((struct scenario_host *)target)->tcp };
	uint64_t seen = 0;

	(void)row;
	return property_read_words(p, &reader, &seen);
}
