/*
 * What travels through the network in virtual time: a packet as plain fields.
 * Its bytes are made where a capture sees it (frame_bytes.h).
 *
 * Shared and counted: a packet that is on its way twice is one struct.  It does
 * not change once it is sent, but for a router's copy.
 */
#ifndef TRAFFIC_SYNTH_PACKET_SIM_PACKET_H
#define TRAFFIC_SYNTH_PACKET_SIM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/scenario/scenario.h"
#include "traffic/synth/tcp/tcp.h"

enum sim_kind { SIM_ARP, SIM_TCP, SIM_UDP, SIM_ICMP, SIM_FRAGMENT };

/* What a packet is there for: the truth file says it. */
enum sim_cause {
	SIM_CAUSE_DATA,		/* what a program or a protocol says */
	SIM_CAUSE_ACK,		/* TCP without payload, SYN, FIN or RST */
	SIM_CAUSE_SYN, SIM_CAUSE_FIN, SIM_CAUSE_RESET,
	SIM_CAUSE_TIMEOUT,	/* sent again: RTO */
	SIM_CAUSE_FAST,		/* sent again: duplicate ACKs */
	SIM_CAUSE_RECOVERY,	/* sent again: another hole of the same loss */
	SIM_CAUSE_WINDOW_PROBE, SIM_CAUSE_KEEPALIVE,
	SIM_CAUSE_NEIGHBOUR,	/* ARP, neighbour discovery */
	SIM_CAUSE_ERROR,	/* ICMP: something could not be delivered */
};

struct sim_packet {
	unsigned references;
	uint64_t number;	/* of the truth, from 1; copies share it */
	size_t sender;		/* host, or SCENARIO_NONE: the router */
	uint64_t connection;	/* of the truth, from 1; 0: none */
	enum sim_cause cause;
	const char *label;	/* borrowed from the scenario; NULL */

	uint8_t source_mac[6], destination_mac[6];
	enum sim_kind kind;

	/* IP; of ARP the sender's and the target's protocol address. */
	struct scenario_address source, destination;
	uint8_t ttl;
	uint16_t id;		/* IPv4 */
	bool dont_fragment;

	/* TCP, UDP */
	uint16_t source_port, destination_port;
	struct tcp_segment segment;	/* its payload points to data */

	/* ICMP and ICMPv6, with the second word of the header in host order
	 * and what follows it in data (of neighbour discovery the target and
	 * one option of 8 bytes, as RFC 4861 has them);
	 * ARP: type 1 asks, 2 answers, target_mac is that of the header. */
	uint8_t type, code;
	uint32_t rest;
	uint8_t target_mac[6];

	/* A fragment is a range of the IP payload of `whole`, which it holds. */
	struct sim_packet *whole;
	uint32_t fragment_id;	/* IPv6; IPv4 has it in `id` */
	size_t offset, length;
	bool more;

	size_t len;
	uint8_t data[];		/* payload behind the transport header */
};

/* With one reference; data is copied, or zeros where it is NULL.  A fragment
 * has none.  NULL: no memory. */
struct sim_packet *sim_packet_new(enum sim_kind kind, const void *data,
    size_t len);

/* Another that the caller may change, with the same number, NULL: no memory. */
struct sim_packet *sim_packet_copy(const struct sim_packet *packet);

/*
 * `length` bytes of what its IP header carries, from `offset` (a multiple of
 * 8, counted from the packet's own first byte), as a fragment with the packet's
 * header fields; of a fragment a smaller one.  It holds the whole.  The id is
 * the packet's; IPv6's fragment_id is the caller's to set.  NULL: no memory.
 */
struct sim_packet *sim_packet_fragment(struct sim_packet *packet,
    size_t offset, size_t length);

/* One reference more; returns the packet. */
struct sim_packet *sim_packet_hold(struct sim_packet *packet);

/* The last reference frees it, and lets go of its whole.  NULL does nothing. */
void sim_packet_release(struct sim_packet *packet);

/* What the IP header carries: transport header and data, or the bytes that a
 * fragment has of them (without IPv6's fragment header). ARP: 0. */
size_t sim_packet_payload_bytes(const struct sim_packet *packet);

/* Bytes of the IP packet (ARP: 28), and of the frame: with 14 of Ethernet,
 * padded to 60. */
size_t sim_packet_ip_bytes(const struct sim_packet *packet);

/* Without the frame check sequence. */
size_t sim_packet_frame_bytes(const struct sim_packet *packet);

#endif
