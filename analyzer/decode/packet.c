#include "analyzer/decode/packet.h"

#include "analyzer/decode/internal.h"

/* A later fragment is what its datagram is, though no header says so. */
static enum layer
innermost(const struct packet *p)
{
	enum layer last = (enum layer)p->layers[p->layer_count - 1];
	enum layer carried = p->flags & PACKET_LATER_FRAGMENT &&
	    (last == LAYER_IPV4 || last == LAYER_IPV6) ?
	    layer_of_ip_protocol(p->ip_protocol) : LAYER_NONE;

	return carried == LAYER_NONE ? last : carried;
}

enum layer
packet_protocol(const struct packet *p)
{
	size_t n = p->layer_count;

	for (size_t i = 0; i + 1 < n; i++)
		if (p->layers[i] == LAYER_IPV4 || p->layers[i] == LAYER_IPV6)
			return (enum layer)p->layers[i + 1];
	return n == 0 ? LAYER_NONE : innermost(p);
}
