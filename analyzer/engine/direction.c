#include "analyzer/engine/direction.h"

#include <string.h>

/* The one IPv4 network that nearly every run has, as a compare and a mask in
 * the packet's own byte order. */
struct quick {
	uint32_t mask, net;
};

static inline uint32_t
load(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static struct quick
make_quick(const struct network *n)
{
	uint8_t mask[4] = { 0 };

	for (unsigned i = 0; i < n->bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return (struct quick){ load(mask), load(n->prefix) };
}

static inline void
set(struct packet *p, bool src_local, bool dst_local)
{
	p->direction = src_local ? DIRECTION_OUT : DIRECTION_IN;
	p->flags |= (uint16_t)((src_local == dst_local) * PACKET_SAME_SIDE);
}

static void
set_general(const struct networks *local, struct packet *p)
{
	const uint8_t *dst;

	if (p->ip_version == 0) {
		p->direction = p->flags & PACKET_SKIPPED ?
		    DIRECTION_SKIPPED : DIRECTION_OTHER;
		return;
	}
	if (!(p->ip_version == 4 ? local->has_ipv4 : local->has_ipv6)) {
		p->direction = DIRECTION_OTHER;
		return;
	}
	dst = packet_dst(p);
	if (dst == NULL)	/* cut behind the source: not known */
		p->direction = networks_contain(local, p->ip_version,
		    packet_src(p)) ? DIRECTION_OUT : DIRECTION_IN;
	else
		set(p, networks_contain(local, p->ip_version, packet_src(p)),
		    networks_contain(local, p->ip_version, dst));
}

static void
count(const struct packet *p, struct direction_counts *counts)
{
	uint64_t *const by_direction[DIRECTIONS] = {
		[DIRECTION_IN] = &counts->in,
		[DIRECTION_OUT] = &counts->out,
		[DIRECTION_OTHER] = &counts->other,
		[DIRECTION_SKIPPED] = &counts->skipped,
	};

	++*by_direction[p->direction];
}

void
direction_set(const struct networks *local, struct packet *packets, size_t n,
    struct direction_counts *counts)
{
	bool one = local->count == 1 && local->has_ipv4;
	uint64_t quick = 0, quick_out = 0;
	struct quick q = { 0, 0 };

	if (one)
		q = make_quick(&local->list[0]);
	for (size_t i = 0; i < n; i++) {
		struct packet *p = &packets[i];
		const uint8_t *src;

		if (!one || p->ip_version != 4 ||
		    p->network_at + 20 > p->frame->cap_len) {
			set_general(local, p);
			count(p, counts);
			continue;
		}
		src = p->frame->data + p->network_at + 12;
		set(p, (load(src) & q.mask) == q.net,
		    (load(src + 4) & q.mask) == q.net);
		quick++;
		quick_out += p->direction == DIRECTION_OUT;
	}
	counts->out += quick_out;
	counts->in += quick - quick_out;
}
