#include <string.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/check.h"

static bool
overlap(const struct network *a, const struct network *b)
{
	const struct network *wide = a->bits < b->bits ? a : b;
	const struct network *narrow = wide == a ? b : a;

	return a->version == b->version &&
	    network_contains(wide, narrow->version, narrow->prefix);
}

static int
check_prefix(const struct parser *p, size_t i, int family)
{
	const struct scenario_network *n = p->scenario->networks;

	for (size_t k = 0; k < i; k++)
		if (n[k].has_prefix[family] &&
		    overlap(&n[k].prefix[family], &n[i].prefix[family]))
			return parser_fault_at(p,
			    p->networks[i].prefix[family],
			    "the prefix overlaps with that of `%s` (line %zu)",
			    n[k].name, n[k].line);
	return 0;
}

/* The router has the first address unless the text says another. */
static int
settle_router(const struct parser *p, size_t i, int family)
{
	struct scenario_network *n = &p->scenario->networks[i];
	struct scenario_address *router = &n->router[family];

	if (!n->has_prefix[family]) {
		if (router->version == 0)
			return 0;
		return parser_fault_at(p, p->networks[i].router[family],
		    "the network has no IPv%d prefix", router->version);
	}
	if (router->version == 0)
		*router = address_of(&n->prefix[family], 1);
	if (network_contains(&n->prefix[family], router->version,
	    router->bytes) && address_is_usable(&n->prefix[family], router))
		return 0;
	return parser_fault_at(p, p->networks[i].router[family],
	    "not an address of a host in the network's prefix");
}

int
check_networks(struct parser *p)
{
	for (size_t i = 0; i < p->scenario->network_count; i++) {
		for (int family = 0; family < 2; family++) {
			if (p->scenario->networks[i].has_prefix[family] &&
			    check_prefix(p, i, family) == -1)
				return -1;
			if (settle_router(p, i, family) == -1)
				return -1;
		}
	}
	return 0;
}
