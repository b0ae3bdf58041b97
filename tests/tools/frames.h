/*
 * Builds frames: headers are appended from the outside in, then frames_finish()
 * fills in lengths and checksums from the inside out.
 *
 * Each header enters its own number into the type or protocol field of the one
 * around it, so a frame is right by the order of the calls alone:
 *
 *	frames_begin(&f);
 *	frames_ethernet(&f, &client, &server);
 *	frames_ip(&f, &client, &server, 64, 1);
 *	frames_udp(&f, &client, &server);
 *	frames_payload(&f, "hello", 5);
 *	frames_finish(&f);			f.data, f.len
 *
 * Input:  numbers in host order; addresses and payload as they go on the wire.
 * Errors: none; what a caller gets wrong (no room, a header without the one
 *         around it) is a bug and asserted.
 */
#ifndef TESTS_TOOLS_FRAMES_H
#define TESTS_TOOLS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAMES_ROOM = 9216,
	FRAMES_HEADERS_MAX = 12,
	FRAMES_MIN_BYTES = 60,		/* Ethernet, without the FCS */
};

enum {
	FRAMES_FIN = 1,
	FRAMES_SYN = 2,
	FRAMES_RST = 4,
	FRAMES_PSH = 8,
	FRAMES_ACK = 16,
};

enum { FRAMES_8021Q = 0x8100, FRAMES_8021AD = 0x88a8 };
enum { FRAMES_ARP_REQUEST = 1, FRAMES_ARP_REPLY = 2 };

struct frames_host {
	uint8_t mac[6];
	uint8_t ip_version;	/* 4 or 6 */
	uint8_t ip[16];		/* the first 4 bytes for version 4 */
	uint16_t port;
};

struct frames_tcp {
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags;		/* FRAMES_FIN and so on */
	const uint8_t *options;	/* borrowed; NULL where options_len == 0 */
	size_t options_len;	/* a multiple of 4, at most 40 */
};

struct frames_header {
	uint8_t kind;		/* private to frames.c */
	size_t at;
};

struct frames {
	uint8_t data[FRAMES_ROOM];
	size_t len;
	size_t type_at;		/* field that names the next header */
	size_t type_len;	/* 2: EtherType; 1: IP protocol; 0: none */
	size_t header_count;
	struct frames_header headers[FRAMES_HEADERS_MAX];
};

void frames_begin(struct frames *f);

/* Link headers: LINKTYPE_ETHERNET, and LINKTYPE_LINUX_SLL as the host that
 * captures sees it (outgoing, or sent to it). */
void frames_ethernet(struct frames *f, const struct frames_host *from,
    const struct frames_host *to);
void frames_cooked(struct frames *f, const struct frames_host *from,
    bool outgoing);

/* A tag with priority 0; tpid is FRAMES_8021Q or FRAMES_8021AD. */
void frames_vlan(struct frames *f, uint16_t tpid, uint16_t id);

/* Who has to's address? / from's address is at from's MAC.  IPv4. */
void frames_arp(struct frames *f, uint16_t operation,
    const struct frames_host *from, const struct frames_host *to);

/* IPv4 (don't fragment, with the id) or IPv6, as the hosts are. */
void frames_ip(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, uint8_t ttl, uint16_t id);

void frames_tcp(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, const struct frames_tcp *tcp);
void frames_udp(struct frames *f, const struct frames_host *from,
    const struct frames_host *to);

/* ICMP or ICMPv6, as the IP header around it is; `rest` is the second word
 * (identifier and sequence number of an echo). */
void frames_icmp(struct frames *f, uint8_t type, uint8_t code, uint32_t rest);

void frames_payload(struct frames *f, const void *data, size_t n);

/* Lengths and checksums; nothing but frames_pad() follows. */
void frames_finish(struct frames *f);

/* Zeros up to n bytes: what Ethernet puts behind a short packet. */
void frames_pad(struct frames *f, size_t n);

#endif
