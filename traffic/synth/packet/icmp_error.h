/*
 * ICMP errors about a packet: what a host or router sends to its source.
 */
#ifndef TRAFFIC_SYNTH_PACKET_ICMP_ERROR_H
#define TRAFFIC_SYNTH_PACKET_ICMP_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/synth/packet/frame_bytes.h"
#include "traffic/synth/packet/sim_packet.h"

enum icmp_error {
	ICMP_NO_ROUTE, ICMP_NO_HOST, ICMP_NO_PORT, ICMP_TOO_BIG,
	ICMP_TIME_EXCEEDED, ICMP_REASSEMBLY_TIME,
};

/*
 * It quotes as much of the packet as fits into 576 bytes (RFC 1812), of IPv6
 * into 1280 (RFC 4443), and has no MACs and no IPv4 id, SIM_CAUSE_ERROR and TTL
 * 64, and the connection and label of the packet.  mtu: of ICMP_TOO_BIG.
 *
 * NULL in *out: none may be sent (RFC 1122, 3.2.2: about errors, later
 * fragments, what was for a group; and what is no IP).  -1: no memory.
 */
int icmp_error_new(struct frame_maker *maker, enum icmp_error what,
    const struct sim_packet *about, const struct scenario_address *from,
    uint32_t mtu, struct sim_packet **out, struct errbuf *err);

/* Is it one itself? */
bool icmp_is_error(const struct sim_packet *packet);

#endif
