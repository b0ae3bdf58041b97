/*
 * What a host sends: IPv4 (RFC 791) with an id that counts, IPv6 (RFC 8200),
 * both cut into fragments where the link or the way is too small.
 */
#include "traffic/synth/host/host_internal.h"

enum {
	MTU_MIN_4 = 576, MTU_MIN_6 = 1280,
	FRAGMENT_UNIT = 8,
};

struct sim_packet *
host_packet(struct host *host, enum sim_kind kind,
    const struct scenario_address *to, const void *data, size_t len)
{
	struct sim_packet *packet = sim_packet_new(kind, data, len);

	if (packet == NULL) {
		host_no_memory(host);
		return NULL;
	}
	packet->source = host->self->address[to->version == 6];
	packet->destination = *to;
	return packet;
}

/* Of each destination one, the newest. */
static struct path_mtu *
path_find(struct host *host, const struct scenario_address *to)
{
	for (size_t i = 0; i < PATH_MTUS && i < host->path_mtu_count; i++)
		if (scenario_address_equal(&host->path_mtus[i].to, to))
			return &host->path_mtus[i];
	return NULL;
}

void
host_path_mtu(struct host *host, const struct scenario_address *to,
    uint32_t mtu)
{
	uint32_t least = to->version == 6 ? MTU_MIN_6 : MTU_MIN_4;
	struct path_mtu *path = path_find(host, to);

	if (mtu < least)
		mtu = least;
	if (mtu >= host_mtu_to(host, to))
		return;
	if (path == NULL)
		path = &host->path_mtus[host->path_mtu_count++ % PATH_MTUS];
	*path = (struct path_mtu){ *to, (uint16_t)mtu };
}

uint16_t
host_mtu_to(struct host *host, const struct scenario_address *to)
{
	const struct path_mtu *path = path_find(host, to);

	return path == NULL ? host->self->mtu : path->mtu;
}

static void
send_fragments(struct host *host, const struct scenario_address *hop,
    struct sim_packet *whole, size_t mtu)
{
	size_t header = whole->source.version == 6 ?
	    IP6_HEADER + IP6_FRAGMENT_HEADER : IP4_HEADER;
	size_t step = (mtu - header) / FRAGMENT_UNIT * FRAGMENT_UNIT;
	size_t all = sim_packet_payload_bytes(whole);

	for (size_t at = 0; at < all; at += step) {
		size_t length = all - at < step ? all - at : step;
		struct sim_packet *f =
		    sim_packet_fragment(whole, at, length);

		if (f == NULL) {
			host_no_memory(host);
			break;
		}
		f->fragment_id = host->next_fragment_id;
		host_neighbour_send(host, hop, f);
	}
	host->next_fragment_id++;
	sim_packet_release(whole);
}

/* To an address of its own: no link, and no capture, sees it. */
static bool
sent_to_itself(struct host *host, struct sim_packet *packet)
{
	if (!scenario_address_equal(&packet->destination,
	    &host->self->address[packet->destination.version == 6]))
		return false;
	host_arrival(host, packet);
	sim_packet_release(packet);
	return true;
}

/* TCP never sends what may not be cut and is too large: both ends say their
 * MSS, and the links of the ends are all links that there are. */
void
host_ip_send(struct host *host, struct sim_packet *packet)
{
	struct scenario_address hop;
	size_t mtu = host_mtu_to(host, &packet->destination);

	packet->sender = host->number;
	packet->ttl = host->self->ttl;
	if (packet->destination.version == 4)
		packet->id = host->next_ip_id++;
	if (sent_to_itself(host, packet))
		return;
	if (net_next_hop(host->net, host->number, &packet->destination,
	    &hop) != 0) {
		sim_packet_release(packet);
		return;
	}
	if (sim_packet_ip_bytes(packet) <= mtu)
		host_neighbour_send(host, &hop, packet);
	else if (!packet->dont_fragment)
		send_fragments(host, &hop, packet, mtu);
	else
		sim_packet_release(packet);
}
