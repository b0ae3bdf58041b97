#include "analyzer/decode/packet.h"

enum layer
packet_protocol(const struct packet *p)
{
	size_t n = p->layer_count;

	for (size_t i = 0; i + 1 < n; i++)
		if (p->layers[i] == LAYER_IPV4 || p->layers[i] == LAYER_IPV6)
			return (enum layer)p->layers[i + 1];
	return n == 0 ? LAYER_NONE : (enum layer)p->layers[n - 1];
}
