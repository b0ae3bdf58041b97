#include "analyzer/decode/decode.h"

#include "analyzer/decode/internal.h"

/*
 * `carrier`: may have IP inside.  A frame that ends in such a layer, before an
 * IP source, ends before we know what it is, and is skipped.
 */
static const struct {
	layer_decode *decode;
	bool carrier;
} layers[LAYERS] = {
	[LAYER_ETHERNET] = { decode_ethernet, true },
	[LAYER_LLC] = { decode_llc, true },
	[LAYER_SNAP] = { decode_snap, true },
	[LAYER_VLAN] = { decode_vlan, true },
	[LAYER_MPLS] = { decode_mpls, true },
	[LAYER_PPPOE] = { decode_pppoe, true },
	[LAYER_PPPOE_DISCOVERY] = { decode_pppoe_discovery, false },
	[LAYER_PPP] = { decode_ppp, true },
	[LAYER_CHDLC] = { decode_chdlc, true },
	[LAYER_SLL] = { decode_sll, true },
	[LAYER_SLL2] = { decode_sll2, true },
	[LAYER_RAW] = { decode_raw, true },
	[LAYER_LOOPBACK] = { decode_loopback, true },
	[LAYER_IEEE80211] = { decode_ieee80211, true },
	[LAYER_RADIOTAP] = { decode_radiotap, true },
	[LAYER_PPI] = { decode_ppi, true },
	[LAYER_FDDI] = { decode_fddi, true },
	[LAYER_FRAME_RELAY] = { decode_frame_relay, true },
	[LAYER_NFLOG] = { decode_nflog, true },
	[LAYER_IPOIB] = { decode_ipoib, true },
	[LAYER_ARP] = { decode_arp, false },
	[LAYER_IPV4] = { decode_ipv4, true },
	[LAYER_IPV6] = { decode_ipv6, true },
	[LAYER_TCP] = { decode_tcp, false },
	[LAYER_UDP] = { decode_udp, false },
	[LAYER_UDPLITE] = { decode_udplite, false },
	[LAYER_ICMP] = { decode_icmp, false },
	[LAYER_ICMPV6] = { decode_icmpv6, false },
	[LAYER_IGMP] = { decode_igmp, false },
	[LAYER_SCTP] = { decode_sctp, false },
	[LAYER_GRE] = { decode_gre, false },
	[LAYER_ESP] = { decode_esp, false },
};

/* By LINKTYPE_ number.  12 and 14 are what some systems called raw IP. */
static const struct {
	const char *name;
	enum layer first;
} links[] = {
	[0] = { "null", LAYER_LOOPBACK },
	[1] = { "ethernet", LAYER_ETHERNET },
	[9] = { "ppp", LAYER_PPP },
	[10] = { "fddi", LAYER_FDDI },
	[12] = { "raw", LAYER_RAW },
	[14] = { "raw", LAYER_RAW },
	[50] = { "ppp_hdlc", LAYER_PPP },
	[51] = { "ppp_ether", LAYER_PPPOE },
	[101] = { "raw", LAYER_RAW },
	[104] = { "c_hdlc", LAYER_CHDLC },
	[105] = { "ieee802_11", LAYER_IEEE80211 },
	[107] = { "frelay", LAYER_FRAME_RELAY },
	[108] = { "loop", LAYER_LOOPBACK },
	[113] = { "linux_sll", LAYER_SLL },
	[127] = { "ieee802_11_radiotap", LAYER_RADIOTAP },
	[192] = { "ppi", LAYER_PPI },
	[228] = { "ipv4", LAYER_IPV4 },
	[229] = { "ipv6", LAYER_IPV6 },
	[239] = { "nflog", LAYER_NFLOG },
	[242] = { "ipoib", LAYER_IPOIB },
	[276] = { "linux_sll2", LAYER_SLL2 },
};

static const char *const layer_names[LAYERS] = {
#define LAYER_TEXT(name, text) [LAYER_##name] = text,
	LAYER_LIST(LAYER_TEXT)
#undef LAYER_TEXT
};

const char *
layer_name(enum layer layer)
{
	return layer_names[layer];
}

const char *
decode_link_name(unsigned link_type)
{
	if (link_type >= sizeof(links) / sizeof(links[0]))
		return NULL;
	return links[link_type].name;
}

enum layer
layer_of_link_type(unsigned link_type)
{
	if (decode_link_name(link_type) == NULL)
		return LAYER_UNKNOWN;
	return links[link_type].first;
}

void
decoder_raise(struct decoder *d, enum packet_status status)
{
	static const uint8_t strength[PACKET_STATUSES] = {
		[PACKET_OK] = 0, [PACKET_UNSUPPORTED] = 1,
		[PACKET_TRUNCATED] = 2, [PACKET_MALFORMED] = 3,
	};

	if (strength[status] > strength[d->packet->status])
		d->packet->status = (uint8_t)status;
}

enum layer
decoder_malformed(struct decoder *d)
{
	if (!d->c.failed)
		decoder_raise(d, PACKET_MALFORMED);
	return LAYER_NONE;
}

void
decoder_trim(struct decoder *d, size_t n)
{
	size_t left = d->end - decoder_at(d);

	if (n > left)
		n = left;
	d->end -= n;
	cursor_limit(&d->c, left - n);
}

/*
 * One by one, not as a whole, for which the compiler takes a string instruction
 * that costs as much as all the decoding.  Layers, VLAN ids and the fragment's
 * place stay as they are: counts and flags say that they mean nothing.
 */
static inline void
packet_clear(struct packet *p, const struct frame *frame)
{
	p->frame = frame;
	p->ip_bytes = p->payload_len = 0;
	p->network_at = p->transport_at = p->payload_at = 0;
	p->layer_count = p->vlan_count = 0;
	p->status = PACKET_OK;
	p->ip_version = 0;
	p->ip_protocol = 0xff;
	p->flags = 0;
}

void
decoder_enter_tunnel(struct decoder *d)
{
	if (d->out == &d->scratch)
		return;
	d->out = &d->scratch;
	packet_clear(d->out, d->packet->frame);
}

/* A header went past the end of what there is. */
static void
decode_short(struct decoder *d, enum layer layer)
{
	if (d->c.clipped)
		decoder_raise(d, PACKET_TRUNCATED);
	else if (!d->fragment)
		decoder_raise(d, PACKET_MALFORMED);
	if (d->packet->ip_version == 0 && layers[layer].carrier)
		d->packet->flags |= PACKET_SKIPPED;
}

/* One step: the next layer, LAYER_NONE where there is none. */
static inline enum layer
decode_layer(struct decoder *d, enum layer layer)
{
	enum layer next;

	if (layers[layer].decode == NULL) {
		decoder_raise(d, PACKET_UNSUPPORTED);
		return LAYER_NONE;
	}
	next = layers[layer].decode(d);
	if (!d->c.failed)
		return next;
	decode_short(d, layer);
	return LAYER_NONE;
}

/* Comes to an end because no layer leads to the next without reading. */
static void
decode_layers(struct decoder *d, enum layer layer)
{
	struct packet *p = d->packet;
	uint8_t count = 0;

	for (; layer != LAYER_NONE; layer = decode_layer(d, layer))
		if (count < PACKET_LAYERS_MAX)
			p->layers[count++] = (uint8_t)layer;
	p->layer_count = count;
}

void
decode_frame(const struct frame *frame, struct packet *packet)
{
	enum layer first = layer_of_link_type(frame->link_type);
	/* Some writers store more than they say was on the wire. */
	size_t wire = frame->cap_len > frame->wire_len ?
	    frame->cap_len : frame->wire_len;
	struct decoder d;

	packet_clear(packet, frame);
	if (first == LAYER_UNKNOWN) {
		packet->status = PACKET_UNSUPPORTED;
		packet->flags = PACKET_SKIPPED;
		return;
	}
	d.c = cursor_over(frame->data, frame->cap_len, wire);
	d.end = wire;
	d.packet = d.out = packet;
	d.fragment = d.padded = false;
	decode_layers(&d, first);
}
