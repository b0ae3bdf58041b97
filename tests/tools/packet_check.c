#include "tests/tools/packet_check.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Fields and the flags of which one declares them; beside PACKET_*: */
enum { ALWAYS = 0, WITH_IP = 1 << 16 };

#define FIELD(name, when) \
	{ #name, offsetof(struct packet, name), \
	    sizeof(((struct packet *)NULL)->name), when }

static const struct field {
	const char *name;
	size_t offset, bytes;
	unsigned when;
} fields[] = {
	FIELD(status, ALWAYS),
	FIELD(flags, ALWAYS),
	FIELD(layer_count, ALWAYS),
	FIELD(vlan_count, ALWAYS),
	FIELD(ip_version, ALWAYS),
	FIELD(ip_protocol, ALWAYS),
	FIELD(ip_bytes, WITH_IP),
	FIELD(network_at, WITH_IP),
	FIELD(transport_at, PACKET_HAS_PORTS | PACKET_HAS_TCP),
	FIELD(payload_at, PACKET_HAS_PAYLOAD_LEN),
	FIELD(payload_len, PACKET_HAS_PAYLOAD_LEN),
	FIELD(fragment_id, PACKET_FRAGMENT),
	FIELD(fragment_at, PACKET_FRAGMENT),
};

static uint32_t
value_of(const struct packet *p, const struct field *f)
{
	const char *at = (const char *)p + f->offset;
	uint32_t value32;
	uint16_t value16;

	switch (f->bytes) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		memcpy(&value16, at, sizeof(value16));
		return value16;
	default:
		memcpy(&value32, at, sizeof(value32));
		return value32;
	}
}

static bool
is_there(const struct packet *p, const struct field *f)
{
	if (f->when == ALWAYS)
		return true;
	if (f->when == WITH_IP)
		return p->ip_version != 0;
	return (p->flags & f->when) != 0;
}

bool
packet_check_same(const struct packet *a, const struct packet *b,
    struct errbuf *why)
{
	size_t vlans;

	if (a->frame != b->frame) {
		errbuf_set(why, "frame");
		return false;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *f = &fields[i];

		if (!is_there(a, f) || value_of(a, f) == value_of(b, f))
			continue;
		errbuf_set(why, "%s: %" PRIu32 " and %" PRIu32, f->name,
		    value_of(a, f), value_of(b, f));
		return false;
	}
	vlans = a->vlan_count < PACKET_VLANS_MAX ?
	    a->vlan_count : PACKET_VLANS_MAX;
	if (memcmp(a->vlan, b->vlan, vlans * sizeof(a->vlan[0])) != 0) {
		errbuf_set(why, "vlan");
		return false;
	}
	if (memcmp(a->layers, b->layers, a->layer_count) != 0) {
		errbuf_set(why, "layers");
		return false;
	}
	return true;
}

static bool
has_sound_layers(const struct packet *p)
{
	if (p->status >= PACKET_STATUSES || p->layer_count > PACKET_LAYERS_MAX)
		return false;
	for (size_t i = 0; i < p->layer_count; i++)
		if (p->layers[i] == LAYER_NONE || p->layers[i] >= LAYERS)
			return false;
	return true;
}

/* The addresses, as far as packet_src() and packet_dst() give them. */
static bool
has_sound_network(const struct packet *p)
{
	uint64_t source_end = p->ip_version == 4 ? 16 : 24;

	if (p->ip_version == 0)
		return (p->flags & ~PACKET_SKIPPED) == 0;
	return (p->ip_version == 4 || p->ip_version == 6) &&
	    (p->flags & PACKET_SKIPPED) == 0 &&
	    p->network_at + source_end <= p->frame->cap_len;
}

static bool
has_sound_transport(const struct packet *p)
{
	uint64_t end = p->frame->cap_len;
	bool ports = (p->flags & PACKET_HAS_PORTS) != 0;

	if (ports && (uint64_t)p->transport_at + 4 > end)
		return false;
	if ((p->flags & PACKET_HAS_TCP) != 0 && (!ports ||
	    p->ip_protocol != 6 || (uint64_t)p->transport_at + 20 > end))
		return false;
	return (p->flags & PACKET_HAS_PAYLOAD_LEN) == 0 || p->payload_at <= end;
}

static bool
has_sound_fragment(const struct packet *p)
{
	return (p->flags & PACKET_LATER_FRAGMENT) == 0 ||
	    (p->flags & (PACKET_HAS_PORTS | PACKET_HAS_TCP |
	    PACKET_FRAGMENT)) == PACKET_FRAGMENT;
}

bool
packet_check_sound(const struct packet *p, struct errbuf *why)
{
	static const struct {
		bool (*holds)(const struct packet *);
		const char *what;
	} parts[] = {
		{ has_sound_layers, "status or layers" },
		{ has_sound_network, "ip_version, network_at or flags" },
		{ has_sound_transport, "transport_at, payload_at or flags" },
		{ has_sound_fragment, "flags of a later fragment" },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!parts[i].holds(p)) {
			errbuf_set(why, "%s not sound", parts[i].what);
			return false;
		}
	return true;
}
