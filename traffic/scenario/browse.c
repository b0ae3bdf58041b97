#include <inttypes.h>
#include <stddef.h>

#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

enum { PORT_CLEAR = 80, PORT_TLS = 443, PAGES_MOST = 100000,
    CONNECTIONS_MOST = 256, OBJECTS_MOST = 10000 };
#define REQUEST_MOST	(UINT64_C(1) << 20)
#define RESPONSE_MOST	(UINT64_C(1) << 30)

static void
set_defaults(struct scenario_action *a)
{
	a->browse = (struct scenario_browse){
		.security = BROWSE_CLEAR,
		.pages = 1,
		.connections = 1,
		.objects = AMOUNT_OF(1, OBJECTS_MOST),
		.request_bytes = AMOUNT_OF(400, REQUEST_MOST),
		.response_bytes = AMOUNT_OF(10240, RESPONSE_MOST),
		.think_ns = AMOUNT_OF(SECOND_NS, DAY_NS),
		.pause_ns = AMOUNT_OF(0, DAY_NS),
		.server_ns = AMOUNT_OF(10 * MS_NS, DAY_NS),
		.burst_bytes = AMOUNT_OF(0, RESPONSE_MOST),
		.burst_ns = AMOUNT_OF(0, DAY_NS),
	};
}

static int
read_tls(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	(void)p;
	(void)row;
	a->browse.security = BROWSE_TLS;
	return 0;
}

static int
read_burst(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	(void)row;
	if (amount_read(p, UNIT_SIZE, 1, RESPONSE_MOST,
	    &a->browse.burst_bytes) == -1 || parser_expect(p, "every") == -1)
		return -1;
	return amount_read(p, UNIT_TIME, 0, DAY_NS, &a->browse.burst_ns);
}

static const struct property rows[] = {
	{ "tls", read_tls },
	{ "pages", read_u32, IN_ACTION(browse.pages), 1, PAGES_MOST },
	{ "connections", read_u32, IN_ACTION(browse.connections), 1,
	    CONNECTIONS_MOST },
	{ "objects", read_amount, IN_ACTION(browse.objects), 1,
	    OBJECTS_MOST },
	{ "request", read_amount_size, IN_ACTION(browse.request_bytes), 1,
	    REQUEST_MOST },
	{ "response", read_amount_size, IN_ACTION(browse.response_bytes), 0,
	    RESPONSE_MOST },
	{ "think", read_amount_time, IN_ACTION(browse.think_ns), 0, DAY_NS },
	{ "pause", read_amount_time, IN_ACTION(browse.pause_ns), 0, DAY_NS },
	{ "server", read_amount_time, IN_ACTION(browse.server_ns), 0,
	    DAY_NS },
	{ "burst", read_burst },
};

/* As many as may be drawn. */
static uint64_t
most_of(const struct amount *a)
{
	return (uint64_t)(a->kind == AMOUNT_CONSTANT ? a->a : a->max);
}

static int
check(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	uint64_t objects = a->browse.pages * most_of(&a->browse.objects);

	(void)draft;
	if (objects > SCENARIO_COUNT_MAX)
		return parser_fault_at(p, action_place(a), "%" PRIu32
		    " pages of up to %" PRIu64 " objects; at most %d objects "
		    "in all are allowed", a->browse.pages,
		    most_of(&a->browse.objects), SCENARIO_COUNT_MAX);
	if (a->port == 0)
		a->port = a->browse.security == BROWSE_TLS ? PORT_TLS :
		    PORT_CLEAR;
	return action_add_count(p, a, objects);
}

const struct verb verb_browse = {
	VERB_BROWSE, HEAD_TO | HEAD_PORT | HEAD_BY, HEAD_TO, NULL,
	set_defaults, check, PROPERTY_TABLE("browse", rows),
};
