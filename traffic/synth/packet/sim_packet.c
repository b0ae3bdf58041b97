#include "traffic/synth/packet/sim_packet.h"

#include <stdlib.h>
#include <string.h>

enum {
	ARP_BYTES = 28,
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
	IPV6_FRAGMENT_BYTES = 8,
	TCP_BYTES = 20,
	UDP_BYTES = 8,
	ICMP_BYTES = 8,
	ETHERNET_BYTES = 14,
	FRAME_BYTES_MIN = 60,	/* without the check sequence */
};

/* The whole struct, which ends before the padding that stands behind `data`
 * on some machines. */
static struct sim_packet *
make(const struct sim_packet *like, const void *data, size_t len)
{
	struct sim_packet *p;

	if (len > SIZE_MAX - sizeof(*p))
		return NULL;
	p = malloc(sizeof(*p) + len);
	if (p == NULL)
		return NULL;
	*p = *like;
	p->references = 1;
	p->len = len;
	if (data == NULL)
		memset(p->data, 0, len);
	else if (len > 0)
		memcpy(p->data, data, len);
	p->segment.payload = p->data;
	p->segment.len = len;
	return p;
}

struct sim_packet *
sim_packet_new(enum sim_kind kind, const void *data, size_t len)
{
	const struct sim_packet like = { .kind = kind };

	return make(&like, data, len);
}

struct sim_packet *
sim_packet_copy(const struct sim_packet *packet)
{
	struct sim_packet *copy = make(packet, packet->data, packet->len);

	if (copy != NULL && copy->whole != NULL)
		sim_packet_hold(copy->whole);
	return copy;
}

struct sim_packet *
sim_packet_fragment(struct sim_packet *p, size_t offset, size_t length)
{
	bool is_fragment = p->kind == SIM_FRAGMENT;
	struct sim_packet *part = make(p, NULL, 0);

	if (part == NULL)
		return NULL;
	part->kind = SIM_FRAGMENT;
	part->whole = sim_packet_hold(is_fragment ? p->whole : p);
	part->offset = offset + (is_fragment ? p->offset : 0);
	part->length = length;
	part->more = offset + length < sim_packet_payload_bytes(p) ||
	    (is_fragment && p->more);
	return part;
}

struct sim_packet *
sim_packet_hold(struct sim_packet *packet)
{
	packet->references++;
	return packet;
}

/* A fragment's whole is no fragment, so this goes one step down at most. */
void
sim_packet_release(struct sim_packet *packet)
{
	if (packet == NULL || --packet->references > 0)
		return;
	sim_packet_release(packet->whole);
	free(packet);
}

size_t
sim_packet_payload_bytes(const struct sim_packet *p)
{
	switch (p->kind) {
	case SIM_TCP:
		return TCP_BYTES + tcp_option_bytes(&p->segment) + p->len;
	case SIM_UDP:
		return UDP_BYTES + p->len;
	case SIM_ICMP:
		return ICMP_BYTES + p->len;
	case SIM_FRAGMENT:
		return p->length;
	case SIM_ARP:
		break;
	}
	return 0;
}

size_t
sim_packet_ip_bytes(const struct sim_packet *p)
{
	size_t header = IPV4_BYTES;

	if (p->kind == SIM_ARP)
		return ARP_BYTES;
	if (p->source.version == 6)
		header = IPV6_BYTES +
		    (p->kind == SIM_FRAGMENT ? IPV6_FRAGMENT_BYTES : 0);
	return header + sim_packet_payload_bytes(p);
}

size_t
sim_packet_frame_bytes(const struct sim_packet *p)
{
	size_t bytes = ETHERNET_BYTES + sim_packet_ip_bytes(p);

	return bytes < FRAME_BYTES_MIN ? FRAME_BYTES_MIN : bytes;
}
