#include <stddef.h>

#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

/* Behind a tunnel's labels there has to be room for its domain. */
enum { DNS_PORT = 53, TYPE_A = 1, NAME_MOST = 253, DOMAIN_MOST = 128,
    BYTES_DEFAULT = 10240 };
#define TUNNEL_MOST	(UINT64_C(256) << 20)

static void
set_lookup(struct scenario_action *a)
{
	a->port = DNS_PORT;
	a->lookup = (struct scenario_lookup){
		.type = TYPE_A,
		.count = 1,
		.every_ns = AMOUNT_OF(SECOND_NS, DAY_NS),
	};
}

static int
read_name(struct parser *p, struct scenario_action *a)
{
	struct place ignored;

	return parser_domain(p, &a->lookup.name, &ignored, NAME_MOST);
}

static const struct property lookup_rows[] = {
	{ "count", read_u64, IN_ACTION(lookup.count), 1,
	    SCENARIO_COUNT_MAX },
	{ "every", read_amount_time, IN_ACTION(lookup.every_ns), 0, DAY_NS },
};

static int
check_lookup(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	(void)draft;
	return action_add_count(p, a, a->lookup.count);
}

const struct verb verb_lookup = {
	VERB_LOOKUP, HEAD_TYPE, 0, read_name, set_lookup, check_lookup,
	PROPERTY_TABLE("lookup", lookup_rows),
};

static void
set_tunnel(struct scenario_action *a)
{
	a->port = DNS_PORT;
	a->tunnel = (struct scenario_tunnel){
		.bytes = BYTES_DEFAULT,
		.every_ns = AMOUNT_OF(100 * MS_NS, DAY_NS),
	};
}

static int
read_domain(struct parser *p, struct scenario_action *a)
{
	struct place ignored;

	return parser_domain(p, &a->tunnel.domain, &ignored, DOMAIN_MOST);
}

static const struct property tunnel_rows[] = {
	{ "bytes", read_size, IN_ACTION(tunnel.bytes), 1, TUNNEL_MOST },
	{ "every", read_amount_time, IN_ACTION(tunnel.every_ns), 0, DAY_NS },
};

static int
check_tunnel(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	(void)draft;
	return action_add_bytes(p, a, a->tunnel.bytes);
}

const struct verb verb_tunnel = {
	VERB_TUNNEL, 0, 0, read_domain, set_tunnel, check_tunnel,
	PROPERTY_TABLE("tunnel", tunnel_rows),
};
