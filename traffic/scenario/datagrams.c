#include <stddef.h>

#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

/* 65535 less the headers of IPv4 and UDP, or of ICMP. */
enum { PAYLOAD_MOST = 65507 };

static void
set_datagrams(struct scenario_action *a)
{
	a->datagrams = (struct scenario_datagrams){
		.count = 10,
		.size_bytes = AMOUNT_OF(100, PAYLOAD_MOST),
		.every_ns = AMOUNT_OF(100 * MS_NS, DAY_NS),
		.answer_bytes = AMOUNT_OF(0, PAYLOAD_MOST),
	};
}

static int
read_answer(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	a->datagrams.answers = true;
	return read_amount_size(p, row, target);
}

static const struct property datagrams_rows[] = {
	{ "count", read_u64, IN_ACTION(datagrams.count), 1,
	    SCENARIO_COUNT_MAX },
	{ "size", read_amount_size, IN_ACTION(datagrams.size_bytes), 0,
	    PAYLOAD_MOST },
	{ "every", read_amount_time, IN_ACTION(datagrams.every_ns), 0,
	    DAY_NS },
	{ "answer", read_answer, IN_ACTION(datagrams.answer_bytes), 0,
	    PAYLOAD_MOST },
	{ "from-port", read_u16, IN_ACTION(datagrams.from_port), 1,
	    UINT16_MAX },
};

static int
check_datagrams(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	(void)draft;
	return action_add_count(p, a, a->datagrams.count);
}

const struct verb verb_datagrams = {
	VERB_DATAGRAMS, HEAD_TO | HEAD_PORT, HEAD_TO | HEAD_PORT, NULL,
	set_datagrams, check_datagrams,
	PROPERTY_TABLE("datagrams", datagrams_rows),
};

static void
set_ping(struct scenario_action *a)
{
	a->ping = (struct scenario_ping){
		.count = 4,
		.size_bytes = AMOUNT_OF(56, PAYLOAD_MOST),
		.every_ns = AMOUNT_OF(SECOND_NS, DAY_NS),
	};
}

static const struct property ping_rows[] = {
	{ "count", read_u64, IN_ACTION(ping.count), 1, SCENARIO_COUNT_MAX },
	{ "size", read_amount_size, IN_ACTION(ping.size_bytes), 0,
	    PAYLOAD_MOST },
	{ "every", read_amount_time, IN_ACTION(ping.every_ns), 0, DAY_NS },
};

static int
check_ping(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	(void)draft;
	return action_add_count(p, a, a->ping.count);
}

const struct verb verb_ping = {
	VERB_PING, HEAD_TO, HEAD_TO, NULL, set_ping, check_ping,
	PROPERTY_TABLE("ping", ping_rows),
};
