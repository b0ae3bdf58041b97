#include <string.h>
#include <strings.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/check.h"

enum { MTU_LEAST_IPV6 = 1280, FIRST_HOST = 10 };

/* Whoever has it before host `hosts`; NULL: nobody. */
static const char *
find_owner(const struct scenario *s, const struct scenario_address *address,
    size_t hosts)
{
	int family = family_of(address->version);

	for (size_t i = 0; i < s->network_count; i++)
		if (scenario_address_equal(&s->networks[i].router[family],
		    address))
			return "the router";
	for (size_t i = 0; i < hosts; i++)
		if (scenario_address_equal(&s->hosts[i].address[family],
		    address))
			return s->hosts[i].name;
	return NULL;
}

static size_t
find_network(const struct scenario *s, const struct scenario_address *address)
{
	int family = family_of(address->version);

	for (size_t i = 0; i < s->network_count; i++)
		if (s->networks[i].has_prefix[family] && network_contains(
		    &s->networks[i].prefix[family], address->version,
		    address->bytes))
			return i;
	return SCENARIO_NONE;
}

static int
check_address(const struct parser *p, size_t i, int family)
{
	struct scenario *s = p->scenario;
	struct scenario_host *h = &s->hosts[i];
	struct place place = p->hosts[i].address[family];
	const struct scenario_address *address = &h->address[family];
	char text[ADDRESS_TEXT_BYTES];
	const char *owner = find_owner(s, address, i);
	size_t network = find_network(s, address);

	address_text(text, address);
	if (network == SCENARIO_NONE)
		return parser_fault_at(p, place, "%s is in no network", text);
	if (!address_is_usable(&s->networks[network].prefix[family], address))
		return parser_fault_at(p, place,
		    "%s is not an address of one host", text);
	if (owner != NULL)
		return parser_fault_at(p, place, "%s is that of %s%s%s", text,
		    strchr(owner, ' ') == NULL ? "`" : "", owner,
		    strchr(owner, ' ') == NULL ? "`" : "");
	if (h->network != SCENARIO_NONE && h->network != network)
		return parser_fault_at(p, place, "%s is in `%s`, the other "
		    "address in `%s`", text, s->networks[network].name,
		    s->networks[h->network].name);
	h->network = network;
	return 0;
}

/*
 * The first that is free from .10 on, else from .1 on, in the first network:
 * for hosts that name none.  *number is where the last one was found; so many
 * are tried as there may be in use, and those before .10.
 */
static int
choose_address(const struct parser *p, size_t i, uint32_t *number)
{
	struct scenario *s = p->scenario;
	const struct scenario_network *n = &s->networks[0];
	int family = n->has_prefix[0] ? 0 : 1;
	struct scenario_address one;

	for (size_t tried = 0; tried < s->host_count + 2 * FIRST_HOST;
	    tried++) {
		one = address_of(&n->prefix[family], (*number)++);
		if (one.version == 0) {
			*number = 1;
			continue;
		}
		if (find_owner(s, &one, s->host_count) != NULL)
			continue;
		s->hosts[i].address[family] = one;
		s->hosts[i].network = 0;
		return 0;
	}
	return parser_fault_at(p, p->hosts[i].name,
	    "`%s` has no address free for it", n->name);
}

static int
check_addresses(const struct parser *p)
{
	struct scenario *s = p->scenario;
	uint32_t number = FIRST_HOST;

	for (size_t i = 0; i < s->host_count; i++)
		for (int family = 0; family < 2; family++)
			if (s->hosts[i].address[family].version != 0 &&
			    check_address(p, i, family) == -1)
				return -1;
	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].network == SCENARIO_NONE &&
		    choose_address(p, i, &number) == -1)
			return -1;
	return 0;
}

static void
settle_mac(struct scenario_host *h)
{
	const struct scenario_address *a = &h->address[0];

	h->mac[0] = 2;
	h->mac[1] = a->version == 0 ? 6 : 0;
	memcpy(h->mac + 2, a->version == 0 ? h->address[1].bytes + 12 :
	    a->bytes, 4);
}

/* It has 02:00 and its IPv4 address, or 02:01 and the network's number. */
static bool
is_router_mac(const struct scenario *s, size_t network, const uint8_t mac[6])
{
	const struct scenario_address *a = &s->networks[network].router[0];
	uint8_t router[6] = { 2, 1, 0, 0, 0, (uint8_t)network };

	if (a->version != 0) {
		router[1] = 0;
		memcpy(router + 2, a->bytes, 4);
	}
	return memcmp(mac, router, sizeof(router)) == 0;
}

static int
check_mac(const struct parser *p, size_t i)
{
	struct scenario *s = p->scenario;
	struct scenario_host *h = &s->hosts[i];

	if (p->hosts[i].mac.line == 0)
		settle_mac(h);
	else if (is_router_mac(s, h->network, h->mac))
		return parser_fault_at(p, p->hosts[i].mac,
		    "that is the router's MAC");
	for (size_t k = 0; k < i; k++)
		if (s->hosts[k].network == h->network &&
		    memcmp(s->hosts[k].mac, h->mac, sizeof(h->mac)) == 0)
			return parser_fault_at(p, p->hosts[i].mac.line == 0 ?
			    p->hosts[i].name : p->hosts[i].mac,
			    "`%s` has the same MAC", s->hosts[k].name);
	return 0;
}

static int
check_dns_name(const struct parser *p, size_t i)
{
	const struct scenario *s = p->scenario;

	for (size_t k = 0; k < i && s->hosts[i].dns_name != NULL; k++)
		if (s->hosts[k].dns_name != NULL &&
		    strcasecmp(s->hosts[k].dns_name,
		    s->hosts[i].dns_name) == 0)
			return parser_fault_at(p, p->hosts[i].dns_name,
			    "`%s` has that name already", s->hosts[k].name);
	return 0;
}

static bool
serves_dns(const struct scenario_host *h)
{
	for (size_t i = 0; i < h->service_count; i++)
		if (h->services[i].kind == SERVICE_DNS)
			return true;
	return false;
}

static int
check_resolver(const struct parser *p, size_t i)
{
	const struct reference *r = &p->hosts[i].resolver;
	struct scenario_host *h = &p->scenario->hosts[i];
	const struct scenario_host *to;

	if (r->name == NULL)
		return 0;
	if (check_reference(p, r, &h->resolver) == -1)
		return -1;
	to = &p->scenario->hosts[h->resolver];
	if (!serves_dns(to))
		return parser_fault_at(p, r->place, "`%s` does not `serve dns`",
		    to->name);
	if ((h->address[0].version == 0 || to->address[0].version == 0) &&
	    (h->address[1].version == 0 || to->address[1].version == 0))
		return parser_fault_at(p, r->place, "`%s` cannot be reached: "
		    "one has only IPv4, the other only IPv6", to->name);
	return 0;
}

static int
check_mtu(const struct parser *p, size_t i)
{
	const struct scenario_host *h = &p->scenario->hosts[i];

	if (h->address[1].version == 0 || h->mtu >= MTU_LEAST_IPV6)
		return 0;
	return parser_fault_at(p, p->hosts[i].mtu,
	    "a host with IPv6 needs an MTU of %d", MTU_LEAST_IPV6);
}

int
check_hosts(struct parser *p)
{
	if (check_addresses(p) == -1)
		return -1;
	for (size_t i = 0; i < p->scenario->host_count; i++)
		if (check_mac(p, i) == -1 || check_mtu(p, i) == -1 ||
		    check_dns_name(p, i) == -1 || check_resolver(p, i) == -1)
			return -1;
	return 0;
}
