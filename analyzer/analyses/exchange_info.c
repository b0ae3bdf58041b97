#include "analyzer/analyses/exchange_info.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/analyses/dns.h"
#include "analyzer/tracker/checksum_ends.h"
#include "base/cursor.h"
#include "base/table.h"
#include "base/text.h"

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMPV6 = 58,
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_LINUX_SLL = 113,
	MAC_BYTES = 6,
	PORT_DNS = 53,
	PORT_MDNS = 5353,
	PORT_LLMNR = 5355,
};

uint64_t
exchange_ip_id(const struct packet *p)
{
	const uint8_t *at = p->frame->data + p->network_at + 4;

	return p->ip_version == 4 ? (uint64_t)(at[0] << 8 | at[1]) :
	    TABLE_NO_U64;
}

/* Where what IP carries begins, and how many bytes were captured from there; 0
 * where headers were cut. */
static size_t
carried(const struct packet *p, size_t *at)
{
	struct checksum_ends ends;

	if (p->ip_version == 0 || packet_dst(p) == NULL ||
	    !checksum_ends_find(p, &ends) ||
	    ends.transport_at >= p->frame->cap_len)
		return 0;
	*at = ends.transport_at;
	return p->frame->cap_len - ends.transport_at;
}

/* The same of the header of ICMP, TCP or UDP; 0 in later fragments. */
static size_t
transport(const struct packet *p, size_t *at)
{
	return p->flags & PACKET_LATER_FRAGMENT ? 0 : carried(p, at);
}

/* FNV-1a of 64 bits, finished as splitmix64 is so that all bits count. */
struct hash {
	uint64_t value;
};

static void
hash_add(struct hash *h, const void *data, size_t n)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < n; i++)
		h->value = (h->value ^ at[i]) * 0x100000001b3;
}

static uint64_t
hash_value(const struct hash *h)
{
	uint64_t x = h->value;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	x ^= x >> 31;
	return x == TABLE_NO_U64 ? 0 : x;
}

/* Where the ARP header begins: behind Ethernet and its VLAN tags. */
static struct cursor
arp_find(const struct frame *f)
{
	struct cursor c = cursor_over(f->data, f->cap_len, f->wire_len);
	uint16_t type;

	if (f->link_type == LINKTYPE_LINUX_SLL) {
		cursor_take(&c, 14);
		type = cursor_be16(&c);
	} else if (f->link_type == LINKTYPE_ETHERNET) {
		cursor_take(&c, 2 * MAC_BYTES);
		type = cursor_be16(&c);
		while (!c.failed && (type == 0x8100 || type == 0x88a8)) {
			cursor_take(&c, 2);
			type = cursor_be16(&c);
		}
	} else {
		type = 0;
	}
	if (type != 0x0806)
		c.failed = true;
	return c;
}

enum { IDENTITY_BYTES = 64, ARP_BYTES = 28 };

/* Of all that ARP for IPv4 over Ethernet has; padding follows it. */
static uint64_t
arp_identity(const struct frame *f)
{
	struct hash h = { 0xcbf29ce484222325 };
	struct cursor c = arp_find(f);
	const uint8_t *all = cursor_take(&c, ARP_BYTES);

	if (c.failed)
		return TABLE_NO_U64;
	hash_add(&h, all, ARP_BYTES);
	return hash_value(&h);
}

/* Those of the transport that are the same everywhere: but for its checksum,
 * which the sender's network card may fill in behind the capture. */
static void
transport_add(struct hash *h, const struct packet *p, size_t at, size_t n)
{
	uint8_t bytes[IDENTITY_BYTES];

	memcpy(bytes, p->frame->data + at, n);
	if (p->flags & PACKET_LATER_FRAGMENT) {
		hash_add(h, &p->fragment_id, sizeof(p->fragment_id));
		hash_add(h, &p->fragment_at, sizeof(p->fragment_at));
	} else if (p->ip_protocol == PROTOCOL_TCP && n >= 18) {
		memset(bytes + 16, 0, 2);
	} else if (p->ip_protocol == PROTOCOL_UDP && n >= 8) {
		memset(bytes + 6, 0, 2);
	}
	hash_add(h, bytes, n);
}

/* Of the transport at most 64 bytes, but never the padding that Ethernet adds
 * to short packets. */
uint64_t
exchange_identity(const struct packet *p)
{
	struct hash h = { 0xcbf29ce484222325 };
	uint64_t id = exchange_ip_id(p);
	size_t at, n = carried(p, &at), end;

	if (n == 0)
		return p->ip_version == 0 ? arp_identity(p->frame) :
		    TABLE_NO_U64;
	end = (size_t)p->network_at + p->ip_bytes;
	if (end > at && n > end - at)
		n = end - at;
	if (n > IDENTITY_BYTES)
		n = IDENTITY_BYTES;
	hash_add(&h, packet_src(p), p->ip_version == 4 ? 4 : 16);
	hash_add(&h, packet_dst(p), p->ip_version == 4 ? 4 : 16);
	hash_add(&h, &p->ip_protocol, 1);
	if (id != TABLE_NO_U64)
		hash_add(&h, p->frame->data + p->network_at + 4, 2);
	transport_add(&h, p, at, n);
	return hash_value(&h);
}

static const char *
mac_text(char *text, const uint8_t *mac)
{
	sprintf(text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
	    mac[3], mac[4], mac[5]);
	return text;
}

const char *
exchange_link(char *text, const struct packet *p, bool sender)
{
	const struct frame *f = p->frame;

	if (p->ip_version != 0)
		return NULL;
	if (f->link_type == LINKTYPE_ETHERNET && f->cap_len >= 2 * MAC_BYTES)
		return mac_text(text, f->data + (sender ? MAC_BYTES : 0));
	/* LINKTYPE_LINUX_SLL: type 2, ARPHRD 2, address length 2, address 8;
	 * only the sender's. */
	if (f->link_type == LINKTYPE_LINUX_SLL && sender && f->cap_len >= 14 &&
	    f->data[4] == 0 && f->data[5] == MAC_BYTES)
		return mac_text(text, f->data + 6);
	return NULL;
}

static const struct icmp_name {
	uint8_t version, type;
	const char *name;
	bool has_id;
} icmp_names[] = {
	{ 4, 0, "echo reply", true },
	{ 4, 3, "destination unreachable", false },
	{ 4, 4, "source quench", false },
	{ 4, 5, "redirect", false },
	{ 4, 8, "echo request", true },
	{ 4, 9, "router advertisement", false },
	{ 4, 10, "router solicitation", false },
	{ 4, 11, "time exceeded", false },
	{ 4, 12, "parameter problem", false },
	{ 4, 13, "timestamp request", true },
	{ 4, 14, "timestamp reply", true },
	{ 6, 1, "destination unreachable", false },
	{ 6, 2, "packet too big", false },
	{ 6, 3, "time exceeded", false },
	{ 6, 4, "parameter problem", false },
	{ 6, 128, "echo request", true },
	{ 6, 129, "echo reply", true },
	{ 6, 133, "router solicitation", false },
	{ 6, 134, "router advertisement", false },
	{ 6, 135, "neighbor solicitation", false },
	{ 6, 136, "neighbor advertisement", false },
	{ 6, 137, "redirect", false },
};

static const struct icmp_name *
icmp_find(unsigned version, unsigned type)
{
	for (size_t i = 0; i < sizeof(icmp_names) / sizeof(icmp_names[0]); i++)
		if (icmp_names[i].version == version &&
		    icmp_names[i].type == type)
			return &icmp_names[i];
	return NULL;
}

static const char *
icmp_info(char *text, size_t room, const struct packet *p)
{
	const struct icmp_name *name;
	struct cursor c;
	size_t at, n = transport(p, &at);
	unsigned type, code, id, seq;

	if (n == 0)
		return NULL;
	c = cursor_over(p->frame->data + at, n, n);
	type = cursor_u8(&c);
	code = cursor_u8(&c);
	if (c.failed)
		return NULL;
	name = icmp_find(p->ip_version, type);
	cursor_take(&c, 2);
	id = cursor_be16(&c);
	seq = cursor_be16(&c);
	if (name == NULL)
		snprintf(text, room, "type %u code %u", type, code);
	else if (name->has_id && !c.failed)
		snprintf(text, room, "%s id %u seq %u", name->name, id, seq);
	else if (code != 0)
		snprintf(text, room, "%s code %u", name->name, code);
	else
		snprintf(text, room, "%s", name->name);
	return text;
}

static const char *
arp_info(char *text, size_t room, const struct packet *p)
{
	struct cursor c = arp_find(p->frame);
	struct table_ip from = { .version = 4 }, to = { .version = 4 };
	char from_text[TEXT_IP_BYTES + 1], to_text[TEXT_IP_BYTES + 1];
	char mac[3 * MAC_BYTES];
	const uint8_t *addresses;
	uint64_t layout;
	unsigned operation;

	/* Hardware Ethernet, protocol IPv4, lengths 6 and 4. */
	layout = (uint64_t)cursor_be32(&c) << 16;
	layout |= cursor_be16(&c);
	operation = cursor_be16(&c);
	addresses = cursor_take(&c, 20);
	if (c.failed || layout != 0x000108000604)
		return NULL;
	memcpy(from.bytes, addresses + 6, 4);
	memcpy(to.bytes, addresses + 16, 4);
	*text_ip(from_text, &from) = '\0';
	*text_ip(to_text, &to) = '\0';
	if (operation == 1)
		snprintf(text, room, "who has %s, says %s", to_text, from_text);
	else if (operation == 2)
		snprintf(text, room, "%s is at %s", from_text,
		    mac_text(mac, addresses));
	else
		return NULL;
	return text;
}

static bool
is_dns_port(uint16_t port)
{
	return port == PORT_DNS || port == PORT_MDNS || port == PORT_LLMNR;
}

static const char *
dns_info(char *text, size_t room, const struct packet *p)
{
	size_t n;

	if (!(is_dns_port(packet_src_port(p)) ||
	    is_dns_port(packet_dst_port(p))) ||
	    p->payload_at >= p->frame->cap_len)
		return NULL;
	n = p->frame->cap_len - p->payload_at;
	if (n > p->payload_len)
		n = p->payload_len;
	dns_describe(text, room, p->frame->data + p->payload_at, n);
	return *text == '\0' ? NULL : text;
}

static bool
has_layer(const struct packet *p, enum layer layer)
{
	return p->layer_count > 0 && p->layers[p->layer_count - 1] == layer;
}

const char *
exchange_info(char *text, size_t room, const struct packet *p)
{
	unsigned both = PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN;

	if (p->ip_version == 0)
		return has_layer(p, LAYER_ARP) ? arp_info(text, room, p) : NULL;
	if (p->ip_protocol == PROTOCOL_ICMP ||
	    p->ip_protocol == PROTOCOL_ICMPV6)
		return icmp_info(text, room, p);
	if (p->ip_protocol == PROTOCOL_UDP && (p->flags & both) == both)
		return dns_info(text, room, p);
	return NULL;
}
