#include <stddef.h>

#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

enum { BYTES_DEFAULT = 102400, CONNECTIONS_MOST = 100000 };

static void
set_defaults(struct scenario_action *a)
{
	a->transfer = (struct scenario_transfer){
		.bytes = BYTES_DEFAULT,
		.chunk_bytes = AMOUNT_OF(65536, (int64_t)SCENARIO_TRANSFER_MAX),
		.every_ns = AMOUNT_OF(0, DAY_NS),
		.close = CLOSE_FIN,
		.connections = 1,
	};
}

static int
read_chunk(struct parser *p, const struct property *row, void *target)
{
	struct scenario_transfer *t =
	    &((struct scenario_action *)target)->transfer;

	if (amount_read(p, UNIT_SIZE, 1, row->most, &t->chunk_bytes) == -1)
		return -1;
	if (!parser_accept(p, "every"))
		return 0;
	return amount_read(p, UNIT_TIME, 0, DAY_NS, &t->every_ns);
}

static int
read_stall(struct parser *p, const struct property *row, void *target)
{
	struct scenario_transfer *t =
	    &((struct scenario_action *)target)->transfer;
	uint64_t ns;

	if (parser_expect(p, "after") == -1 || value_read(p, UNIT_SIZE, 1,
	    row->most, &t->stall_after) == -1 ||
	    parser_expect(p, "for") == -1 ||
	    value_read(p, UNIT_TIME, 1, DAY_NS, &ns) == -1)
		return -1;
	t->stall_ns = (int64_t)ns;
	return 0;
}

static int
read_connections(struct parser *p, const struct property *row, void *target)
{
	struct scenario_transfer *t =
	    &((struct scenario_action *)target)->transfer;
	uint64_t value;

	if (value_read(p, UNIT_NUMBER, row->least, row->most, &value) == -1)
		return -1;
	t->connections = (uint32_t)value;
	if (!parser_accept(p, "every"))
		return 0;
	if (value_read(p, UNIT_TIME, 0, DAY_NS, &value) == -1)
		return -1;
	t->gap_ns = (int64_t)value;
	return 0;
}

static const struct choice closes[] = {
	{ "fin", CLOSE_FIN }, { "reset", CLOSE_RESET },
	{ "none", CLOSE_NONE }, { NULL },
};

static const struct property rows[] = {
	{ "bytes", read_size, IN_ACTION(transfer.bytes), 0,
	    SCENARIO_TRANSFER_MAX },
	{ "download", read_flag, IN_ACTION(transfer.from_server) },
	{ "chunk", read_chunk, 0, 1, SCENARIO_TRANSFER_MAX },
	{ "stall", read_stall, 0, 1, SCENARIO_TRANSFER_MAX },
	{ "linger", read_time, IN_ACTION(transfer.linger_ns), 0, DAY_NS },
	{ "close", read_choice, IN_ACTION(transfer.close),
	    .choices = closes },
	{ "from-port", read_u16, IN_ACTION(transfer.from_port), 1,
	    UINT16_MAX },
	{ "connections", read_connections, 0, 1, CONNECTIONS_MOST },
};

static int
check(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario_transfer *t = &a->transfer;

	(void)draft;
	if (t->stall_after != 0 && t->stall_after >= t->bytes)
		return parser_fault_at(p, action_place(a),
		    "the `stall` comes behind the last of the `bytes`");
	if (t->connections > 1 && t->from_port != 0 &&
	    t->close == CLOSE_NONE)
		return parser_fault_at(p, action_place(a), "`from-port` is "
		    "in use when the second of the `connections` begins: "
		    "the first has no `close`");
	if (action_add_count(p, a, t->connections) == -1)
		return -1;
	return action_add_bytes(p, a, t->connections * t->bytes);
}

const struct verb verb_transfer = {
	VERB_TRANSFER, HEAD_TO | HEAD_PORT | HEAD_BY, HEAD_TO | HEAD_PORT,
	NULL, set_defaults, check, PROPERTY_TABLE("transfer", rows),
};
