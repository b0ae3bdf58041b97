#include <stddef.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/statement.h"

#define AT(field) offsetof(struct scenario_network, field)

static int
read_prefixes(struct parser *p, struct scenario_network *n,
    struct network_draft *draft)
{
	struct network one;
	struct place place;
	int family;

	do {
		if (prefix_read(p, &one, &place) == -1)
			return -1;
		family = family_of(one.version);
		if (n->has_prefix[family])
			return parser_fault_at(p, place, "a second IPv%d "
			    "prefix: one of each family is all", one.version);
		n->prefix[family] = one;
		n->has_prefix[family] = true;
		draft->prefix[family] = place;
	} while (!script_line_at_end(&p->line));
	return 0;
}

int
network_begin(struct parser *p)
{
	size_t drafts = p->scenario->network_count;
	struct network_draft *draft;
	struct scenario_network *n;

	if (drafts == SCENARIO_NETWORKS_MAX)
		return parser_fault(p, p->line.begin, "more than %d networks",
		    SCENARIO_NETWORKS_MAX);
	draft = parser_add(&p->networks, &drafts);
	n = draft == NULL ? NULL : parser_add(&p->scenario->networks,
	    &p->scenario->network_count);
	if (n == NULL)
		return parser_no_memory(p);
	n->line = p->line.line;
	if (parser_name(p, "the network's name", &n->name, &draft->name) ==
	    -1)
		return -1;
	return read_prefixes(p, n, draft);
}

static int
read_router(struct parser *p, const struct property *row, void *target)
{
	struct scenario_network *n = target;
	struct network_draft *draft =
	    &p->networks[p->scenario->network_count - 1];

	(void)row;
	do {
		if (address_read(p, n->router, draft->router) == -1)
			return -1;
	} while (!script_line_at_end(&p->line));
	return 0;
}

static const struct property rows[] = {
	{ "router", read_router },
	{ "capture", capture_read, AT(capture) },
};

const struct property_table network_properties =
    PROPERTY_TABLE("network", rows);

void
network_target(struct parser *p, struct property_reader *reader)
{
	reader->target = parser_network(p);
}
