#include <stddef.h>
#include <string.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

enum { PAYLOAD_MOST = 65507, FLOOD_COUNT = 1000, FLOOD_BYTES = 64 };

static void
set_scan(struct scenario_action *a)
{
	a->scan = (struct scenario_scan){
		.kind = SCAN_SYN,
		.every_ns = AMOUNT_OF(MS_NS, DAY_NS),
	};
}

static const struct choice scans[] = {
	{ "syn", SCAN_SYN }, { "connect", SCAN_CONNECT },
	{ "udp", SCAN_UDP }, { NULL },
};

static const struct property scan_rows[] = {
	{ "kind", read_choice, IN_ACTION(scan.kind), .choices = scans },
	{ "shuffled", read_flag, IN_ACTION(scan.shuffled) },
	{ "every", read_amount_time, IN_ACTION(scan.every_ns), 0, DAY_NS },
};

static int
check_scan(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	(void)draft;
	return action_add_count(p, a,
	    (uint64_t)(a->scan.last_port - a->scan.first_port) + 1);
}

const struct verb verb_scan = {
	VERB_SCAN, HEAD_TO | HEAD_PORTS, HEAD_TO | HEAD_PORTS, NULL,
	set_scan, check_scan, PROPERTY_TABLE("scan", scan_rows),
};

static void
set_flood(struct scenario_action *a)
{
	a->flood = (struct scenario_flood){
		.kind = FLOOD_SYN,
		.count = FLOOD_COUNT,
		.every_ns = AMOUNT_OF(MS_NS, DAY_NS),
		.size_bytes = AMOUNT_OF(FLOOD_BYTES, PAYLOAD_MOST),
	};
}

static int
read_sources(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;
	struct place ignored;

	(void)row;
	a->flood.spoofed = true;
	return prefix_read(p, &a->flood.sources, &ignored);
}

static int
read_flood_size(struct parser *p, const struct property *row, void *target)
{
	parser_action_draft(p)->size = parser_place(p,
	    p->line.at - strlen("size"));
	return read_amount_size(p, row, target);
}

static const struct choice floods[] = {
	{ "syn", FLOOD_SYN }, { "udp", FLOOD_UDP }, { "icmp", FLOOD_ICMP },
	{ NULL },
};

static const struct property flood_rows[] = {
	{ "kind", read_choice, IN_ACTION(flood.kind), .choices = floods },
	{ "count", read_u64, IN_ACTION(flood.count), 1, SCENARIO_COUNT_MAX },
	{ "every", read_amount_time, IN_ACTION(flood.every_ns), 0, DAY_NS },
	{ "size", read_flood_size, IN_ACTION(flood.size_bytes), 0,
	    PAYLOAD_MOST },
	{ "sources", read_sources },
};

static int
check_flood(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario_flood *f = &a->flood;

	if (f->kind != FLOOD_ICMP && a->port == 0)
		return parser_fault_at(p, action_place(a),
		    "this kind of flood needs a `port`");
	if (f->kind == FLOOD_ICMP && a->port != 0)
		return parser_fault_at(p, draft->port,
		    "a flood of ICMP has no port");
	if (f->kind == FLOOD_SYN && draft->size.line != 0)
		return parser_fault_at(p, draft->size,
		    "a SYN carries no bytes");
	if (f->spoofed && f->sources.version != a->version)
		return parser_fault_at(p, action_place(a),
		    "the flood is IPv%d, its `sources` are IPv%d",
		    a->version, f->sources.version);
	return action_add_count(p, a, f->count);
}

const struct verb verb_flood = {
	VERB_FLOOD, HEAD_TO | HEAD_PORT, HEAD_TO, NULL, set_flood,
	check_flood, PROPERTY_TABLE("flood", flood_rows),
};
