/*
 * Sequence numbers, modulo 2^32 (RFC 9293, section 3.4).
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_SEQUENCE_H
#define TRAFFIC_SYNTH_TCP_TCP_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

/* How far a is behind b; negative where it comes before. */
static inline int32_t
tcp_distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline bool
tcp_before(uint32_t a, uint32_t b)
{
	return tcp_distance(a, b) < 0;
}

static inline bool
tcp_after(uint32_t a, uint32_t b)
{
	return tcp_distance(a, b) > 0;
}

#endif
