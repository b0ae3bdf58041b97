#include "traffic/hosts/wiring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traffic/hosts/shaping.h"

static const char plain_bridge[] =
    "type bridge stp_state 0 forward_delay 0 mcast_snooping 0";

void
wiring_bridge_name(char name[WIRING_NAME_BYTES], size_t network)
{
	snprintf(name, WIRING_NAME_BYTES, "br%u", (unsigned)network);
}

void
wiring_router_mac(uint8_t mac[6], const struct scenario *s, size_t network)
{
	const struct scenario_address *ipv4 = &s->networks[network].router[0];

	mac[0] = 2;
	mac[1] = ipv4->version == 0;
	for (unsigned i = 0; i < 4; i++)
		mac[2 + i] = ipv4->version != 0 ? ipv4->bytes[i] :
		    (uint8_t)(network >> (24 - 8 * i));
}

bool
wiring_is_shaped(const struct scenario_link *link, bool has_netem)
{
	enum shaping shaping = shaping_of(link);

	return shaping == SHAPING_TBF ||
	    (shaping == SHAPING_NETEM && has_netem);
}

/* The largest MTU in the network: a switch passes everything on. */
static uint16_t
bridge_mtu(const struct scenario *s, size_t network)
{
	uint16_t most = 1500;

	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].network == network && s->hosts[i].mtu > most)
			most = s->hosts[i].mtu;
	return most;
}

static void
add_bridge(struct command_text *c, const struct scenario *s, size_t network)
{
	uint8_t mac[6];

	wiring_router_mac(mac, s, network);
	command_add(c, "link add br%zu mtu %u address ", network,
	    bridge_mtu(s, network));
	command_add_mac(c, mac);
	command_add(c, " %s\nlink set br%zu addrgenmode none\n",
	    plain_bridge, network);
}

void
wiring_bridges(struct command_text *c, const struct scenario *s)
{
	for (size_t i = 0; i < s->network_count; i++)
		add_bridge(c, s, i);
}

static void
add_router(struct command_text *c, const struct scenario *s, size_t network)
{
	const struct scenario_network *n = &s->networks[network];

	for (int v = 0; v < 2; v++) {
		if (!n->has_prefix[v])
			continue;
		command_add(c, "addr add ");
		command_add_address(c, &n->router[v]);
		command_add(c, "/%u dev br%zu%s\n", n->prefix[v].bits,
		    network, v == 0 ? "" : " nodad");
	}
	/* The kernel asks for neighbours of others by such an address alone. */
	if (n->has_prefix[1])
		command_add(c, "addr add fe80::1/64 dev br%zu nodad\n",
		    network);
	command_add(c, "link set br%zu up\n", network);
}

void
wiring_router(struct command_text *c, const struct scenario *s)
{
	for (size_t i = 0; i < s->network_count; i++)
		add_router(c, s, i);
}

/* The router fragments, or says "too big", by the MTU of the host's link. */
static void
add_way_to(struct command_text *c, const struct scenario *s, size_t host)
{
	const struct scenario_host *h = &s->hosts[host];

	if (h->mtu == bridge_mtu(s, h->network))
		return;
	for (int v = 0; v < 2; v++) {
		if (h->address[v].version == 0)
			continue;
		command_add(c, "route add ");
		command_add_address(c, &h->address[v]);
		command_add(c, " dev br%zu mtu lock %u\n", h->network, h->mtu);
	}
}

static void
add_short_bridge(struct command_text *c, size_t host, uint16_t mtu)
{
	command_add(c, "link add c%zu mtu %u %s\n", host, mtu, plain_bridge);
	command_add(c, "link add u%zu mtu %u type veth peer name p%zu mtu %u\n",
	    host, mtu, host, mtu);
	command_add(c, "link set t%zu master c%zu\nlink set u%zu master c%zu\n"
	    "link set c%zu up\nlink set t%zu up\nlink set u%zu up\n",
	    host, host, host, host, host, host, host);
}

void
wiring_cable(struct command_text *c, const struct scenario *s, size_t host,
    const char *space, bool up_is_shaped)
{
	const struct scenario_host *h = &s->hosts[host];
	uint16_t mtu = bridge_mtu(s, h->network);

	command_add(c, "link add %c%zu mtu %u type veth peer name "
	    WIRING_HOST_DEVICE " mtu %u address ", up_is_shaped ? 't' : 'p',
	    host, mtu, h->mtu);
	command_add_mac(c, h->mac);
	command_add(c, " netns %s\n", space);
	if (up_is_shaped)
		add_short_bridge(c, host, mtu);
	command_add(c, "link set p%zu master br%zu\nlink set p%zu up\n", host,
	    h->network, host);
	add_way_to(c, s, host);
}

void
wiring_shapers(struct command_text *c, const struct scenario *s, size_t host,
    bool has_netem)
{
	const struct scenario_host *h = &s->hosts[host];
	bool up = wiring_is_shaped(&h->up, has_netem);
	char device[WIRING_NAME_BYTES];

	if (up) {
		snprintf(device, sizeof(device), "u%u", (unsigned)host);
		shaping_commands(c, device, &h->up, h->mtu);
	}
	if (wiring_is_shaped(&h->down, has_netem)) {
		snprintf(device, sizeof(device), "%c%u", up ? 't' : 'p',
		    (unsigned)host);
		shaping_commands(c, device, &h->down, h->mtu);
	}
}

/* What a route says of TCP, where it is not the kernel's own way.  advmss is
 * less than the path's MTU in any case. */
static void
add_metrics(struct command_text *c, const struct tcp_settings *tcp)
{
	const struct tcp_settings plain = tcp_settings_default();

	if (tcp->mss != 0)
		command_add(c, " advmss %" PRIu32, tcp->mss);
	if (tcp->initial_window != plain.initial_window)
		command_add(c, " initcwnd %" PRIu32, tcp->initial_window);
	if (tcp->rto_min_ns != plain.rto_min_ns)
		command_add(c, " rto_min %" PRId64 "ms",
		    (tcp->rto_min_ns + 999999) / 1000000);
	if (!tcp->delayed_ack)
		command_add(c, " quickack 1");
}

static void
add_prefix(struct command_text *c, const struct network *prefix)
{
	struct scenario_address address = { .version = prefix->version };

	memcpy(address.bytes, prefix->prefix, sizeof(address.bytes));
	command_add_address(c, &address);
	command_add(c, "/%u", prefix->bits);
}

static void
add_routes(struct command_text *c, const struct scenario *s,
    const struct scenario_host *h, int v)
{
	const struct scenario_network *n = &s->networks[h->network];

	command_add(c, "route replace ");
	add_prefix(c, &n->prefix[v]);
	command_add(c, " dev " WIRING_HOST_DEVICE " proto kernel src ");
	command_add_address(c, &h->address[v]);
	if (v == 0)
		command_add(c, " scope link");
	else
		command_add(c, " metric 256");
	add_metrics(c, &h->tcp);
	command_add(c, "\nroute add default via ");
	command_add_address(c, &n->router[v]);
	command_add(c, " dev " WIRING_HOST_DEVICE);
	add_metrics(c, &h->tcp);
	command_add(c, "\n");
}

static void
add_neighbour(struct command_text *c, const struct scenario_address *address,
    const uint8_t mac[6])
{
	command_add(c, "neigh replace ");
	command_add_address(c, address);
	command_add(c, " lladdr ");
	command_add_mac(c, mac);
	command_add(c, " dev " WIRING_HOST_DEVICE " nud permanent\n");
}

static void
add_neighbours(struct command_text *c, const struct scenario *s, size_t host,
    int v)
{
	size_t network = s->hosts[host].network;
	uint8_t mac[6];

	for (size_t i = 0; i < s->host_count; i++)
		if (i != host && s->hosts[i].network == network &&
		    s->hosts[i].address[v].version != 0)
			add_neighbour(c, &s->hosts[i].address[v],
			    s->hosts[i].mac);
	wiring_router_mac(mac, s, network);
	add_neighbour(c, &s->networks[network].router[v], mac);
}

void
wiring_host(struct command_text *c, const struct scenario *s, size_t host)
{
	const struct scenario_host *h = &s->hosts[host];
	const struct scenario_network *n = &s->networks[h->network];

	command_add(c, "link set lo up\n");
	if (h->address[1].version != 0)
		command_add(c, "link set " WIRING_HOST_DEVICE
		    " addrgenmode none\n");
	for (int v = 0; v < 2; v++) {
		if (h->address[v].version == 0)
			continue;
		command_add(c, "addr add ");
		command_add_address(c, &h->address[v]);
		command_add(c, "/%u dev " WIRING_HOST_DEVICE "%s\n",
		    n->prefix[v].bits, v == 0 ? "" : " nodad");
	}
	command_add(c, "link set " WIRING_HOST_DEVICE " up\n");
	for (int v = 0; v < 2; v++) {
		if (h->address[v].version == 0)
			continue;
		add_routes(c, s, h, v);
		if (h->neighbours_known)
			add_neighbours(c, s, host, v);
	}
}
