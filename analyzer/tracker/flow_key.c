#include "analyzer/tracker/flow_key.h"

#include <errno.h>
#include <sys/random.h>

/* The VLAN ids that are known; zeros where a tag was not kept. */
static void
read_vlans(struct flow_key *key, const struct packet *p)
{
	unsigned n = p->vlan_count;

	key->vlan_count = p->vlan_count;
	if (n > PACKET_VLANS_MAX)
		n = PACKET_VLANS_MAX;
	memcpy(key->vlan, p->vlan, n * sizeof(key->vlan[0]));
}

/* Is (address, port) of the source above the destination's? */
static inline bool
source_is_higher(int order, uint16_t src_port, uint16_t dst_port)
{
	return order > 0 || (order == 0 && src_port > dst_port);
}

unsigned
flow_key_read(struct flow_key *key, const struct packet *p)
{
	const uint8_t *src = packet_src(p), *dst = packet_dst(p);
	uint16_t src_port = 0, dst_port = 0;
	unsigned from;

	memset(key, 0, sizeof(*key));
	key->ip_version = p->ip_version;
	key->ip_protocol = p->ip_protocol;
	if (p->flags & PACKET_HAS_PORTS) {
		key->has_ports = 1;
		src_port = packet_src_port(p);
		dst_port = packet_dst_port(p);
	}
	if (p->vlan_count != 0)
		read_vlans(key, p);
	/* Lengths that are constants become single loads and stores. */
	if (p->ip_version == 4) {
		from = source_is_higher(memcmp(src, dst, 4), src_port,
		    dst_port);
		memcpy(key->address[from], src, 4);
		memcpy(key->address[!from], dst, 4);
	} else {
		from = source_is_higher(memcmp(src, dst, 16), src_port,
		    dst_port);
		memcpy(key->address[from], src, 16);
		memcpy(key->address[!from], dst, 16);
	}
	key->ports[from] = src_port;
	key->ports[!from] = dst_port;
	return from;
}

int
flow_hash_init(struct flow_hash *hash, struct errbuf *err)
{
	ssize_t n;

	/* Up to 256 bytes come at once or not at all. */
	do
		n = getrandom(hash->keys, sizeof(hash->keys), 0);
	while (n == -1 && errno == EINTR);
	if (n == (ssize_t)sizeof(hash->keys))
		return 0;
	errbuf_set(err, "getrandom: %s", n == -1 ? strerror(errno) :
	    "too few bytes");
	return -1;
}
