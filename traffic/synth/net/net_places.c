/*
 * Who has which address, and the way to it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/synth/net/net_internal.h"

enum { KEY_BYTES = sizeof(((struct net_place *)NULL)->key) };

/* An address: its version, then its bytes. */
static void
address_key(uint8_t key[KEY_BYTES], const struct scenario_address *address)
{
	memset(key, 0, KEY_BYTES);
	key[0] = address->version;
	memcpy(key + 1, address->bytes, address->version == 4 ? 4 : 16);
}

/* A MAC: no version, the network, then the MAC. */
static void
mac_key(uint8_t key[KEY_BYTES], size_t network, const uint8_t mac[6])
{
	memset(key, 0, KEY_BYTES);
	for (unsigned i = 0; i < 8; i++)
		key[1 + i] = (uint8_t)((uint64_t)network >> (56 - 8 * i));
	memcpy(key + 9, mac, 6);
}

static int
compare_keys(const void *a, const void *b)
{
	return memcmp(((const struct net_place *)a)->key,
	    ((const struct net_place *)b)->key, KEY_BYTES);
}

static void
add_address(struct net *net, const struct scenario_address *address,
    size_t host)
{
	struct net_place *p = &net->places[net->place_count];

	if (address->version == 0)
		return;
	address_key(p->key, address);
	p->host = host;
	net->place_count++;
}

static void
add_mac(struct net *net, size_t network, const uint8_t mac[6], size_t host)
{
	struct net_place *p = &net->places[net->place_count++];

	mac_key(p->key, network, mac);
	p->host = host;
}

static void
name_router(struct net *net, size_t network)
{
	const struct scenario_address *ipv4 =
	    &net->setup.scenario->networks[network].router[0];
	uint8_t *mac = net->router_mac[network];

	mac[0] = 2;
	mac[1] = ipv4->version == 0;
	for (unsigned i = 0; i < 4; i++)
		mac[2 + i] = ipv4->version != 0 ? ipv4->bytes[i] :
		    (uint8_t)(network >> (24 - 8 * i));
}

int
net_places_init(struct net *net, struct errbuf *err)
{
	const struct scenario *s = net->setup.scenario;

	net->places = memory_array(s->host_count + s->network_count + 1,
	    3 * sizeof(*net->places));
	net->router_mac = memory_array(s->network_count + 1,
	    sizeof(*net->router_mac));
	if (net->places == NULL || net->router_mac == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < s->host_count; i++) {
		const struct scenario_host *h = &s->hosts[i];

		add_address(net, &h->address[0], i);
		add_address(net, &h->address[1], i);
		add_mac(net, h->network, h->mac, i);
	}
	for (size_t i = 0; i < s->network_count; i++) {
		name_router(net, i);
		add_address(net, &s->networks[i].router[0], SCENARIO_NONE);
		add_address(net, &s->networks[i].router[1], SCENARIO_NONE);
		add_mac(net, i, net->router_mac[i], SCENARIO_NONE);
	}
	qsort(net->places, net->place_count, sizeof(*net->places),
	    compare_keys);
	return 0;
}

static bool
find(const struct net *net, const struct net_place *key, size_t *host)
{
	const struct net_place *found = bsearch(key, net->places,
	    net->place_count, sizeof(*net->places), compare_keys);

	if (found == NULL)
		return false;
	*host = found->host;
	return true;
}

bool
net_find_address(const struct net *net,
    const struct scenario_address *address, size_t *host)
{
	struct net_place key;

	address_key(key.key, address);
	return find(net, &key, host);
}

bool
net_find_mac(const struct net *net, size_t network, const uint8_t mac[6],
    size_t *host)
{
	struct net_place key;

	mac_key(key.key, network, mac);
	return find(net, &key, host);
}

static bool
is_in(const struct scenario_network *network,
    const struct scenario_address *address)
{
	bool is_6 = address->version == 6;

	return network->has_prefix[is_6] && network_contains(
	    &network->prefix[is_6], address->version, address->bytes);
}

bool
net_has_route(const struct net *net, const struct scenario_address *address)
{
	const struct scenario *s = net->setup.scenario;

	for (size_t i = 0; i < s->network_count; i++)
		if (is_in(&s->networks[i], address))
			return true;
	return false;
}

/* Multicast, and IPv4's broadcast to the link. */
static bool
is_group(const struct scenario_address *a)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (a->version == 6)
		return a->bytes[0] == 0xff;
	return a->bytes[0] >> 4 == 0xe || memcmp(a->bytes, all, 4) == 0;
}

/* RFC 1112 and RFC 2464. */
static void
group_mac(const struct scenario_address *a, uint8_t mac[6])
{
	if (a->version == 6) {
		memset(mac, 0x33, 2);
		memcpy(mac + 2, a->bytes + 12, 4);
	} else if (a->bytes[0] == 255) {
		memset(mac, 0xff, 6);
	} else {
		memcpy(mac, (const uint8_t[]){ 1, 0, 0x5e }, 3);
		mac[3] = a->bytes[1] & 0x7f;
		memcpy(mac + 4, a->bytes + 2, 2);
	}
}

int
net_next_hop(const struct net *net, size_t host,
    const struct scenario_address *to, struct scenario_address *hop)
{
	const struct scenario_host *h = &net->setup.scenario->hosts[host];
	const struct scenario_network *n =
	    &net->setup.scenario->networks[h->network];
	bool is_6 = to->version == 6;

	if (h->address[is_6].version == 0)
		return -1;
	*hop = is_group(to) || is_in(n, to) ? *to : n->router[is_6];
	return hop->version == 0 ? -1 : 0;
}

int
net_mac(const struct net *net, size_t host,
    const struct scenario_address *of, uint8_t mac[6])
{
	const struct scenario *s = net->setup.scenario;
	const struct scenario_address *router;
	size_t network = s->hosts[host].network, found;

	if (is_group(of)) {
		group_mac(of, mac);
		return 0;
	}
	router = &s->networks[network].router[of->version == 6];
	if (scenario_address_equal(of, router)) {
		memcpy(mac, net->router_mac[network], 6);
		return 0;
	}
	if (!net_find_address(net, of, &found) || found == SCENARIO_NONE ||
	    s->hosts[found].network != network)
		return -1;
	memcpy(mac, s->hosts[found].mac, 6);
	return 0;
}
