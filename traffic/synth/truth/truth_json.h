/*
 * The parts of truth.json; private to truth_json*.c.
 *
 * A member a line; a line for each host, connection, packet, message, for
 * grep as for jq.  Times that end in _ns are integers of nanoseconds: virtual
 * ones from the start on, but where it says "since 1970".  A member that does
 * not apply is null or left out.
 *
 * truth_version	1; a change that old readers would misread raises it
 * scenario, title	its name, and what it calls itself
 * seed			a decimal number, as text
 * start, start_ns	of virtual time, since 1970
 * networks		network, prefixes, router: its addresses
 * hosts		host, network, addresses, mac, dns_name, and
 *			clock_offset_ns of its capture
 * captures		capture: its number, which `seen` names; file; host
 *			(null: of a network's switch), network; local: what
 *			pcapstat takes as --local; format; microseconds: times
 *			are cut to them; snaplen; clock_offset_ns; frames;
 *			known: see truth_known.h
 * connections		connection: its number; opened_ns; label; client and
 *			server with host, ip, port, isn, end: closed, refused,
 *			reset, timed out, aborted (null: still open when the
 *			scenario ended), end_ns, and what that end counted
 *			(tcp.h): of segments and payload each first time sent
 *			or received in order, of what was sent again why, of
 *			round trips what it measured itself
 * packets		see below
 * messages		sent_ns, from, to, what, and text, or hex where it is
 *			no UTF-8
 * labels		label, first_ns, last_ns, packets: of those sent with
 *			it
 *
 * A packet:
 * packet		its number, from 1; copies that the network makes share
 *			it, fragments have numbers of their own
 * sent_ns, sender	when it left whom (a host, or router)
 * cause		data: what a program or protocol says; ack, syn, fin,
 *			reset: TCP without payload; sent again for a timeout,
 *			fast retransmit (duplicate ACKs) or recovery (another
 *			hole of the same loss); window probe, keep-alive;
 *			neighbour (ARP, neighbour discovery); error (ICMP tells
 *			of another packet)
 * connection		where it is of one
 * repeats		the packet that had its first byte (or SYN, FIN) first
 * label		of the action that it is of
 * protocol		tcp, udp, icmp, icmpv6, arp
 * src_ip ... ts_echo	as the headers have it; frame_bytes with Ethernet's
 *			header and padding; len is payload behind the transport
 *			header, of a fragment all that it carries; of a later
 *			fragment there is no more
 * fragment		of: the packet, if it was sent whole; offset, more
 * marks		duplicated, reordered (others overtook it), fragmented
 * fates		[what, whose link or who, ns] of each copy: delivered,
 *			lost, queue full, ttl, too big, no route, nobody (has
 *			the address), unfinished (on its way when the scenario
 *			ended)
 * seen			[capture, frame, ns since 1970 by the capture's clock]
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_JSON_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_JSON_H

#include <stddef.h>

#include "traffic/synth/truth/json_out.h"
#include "traffic/synth/truth/truth_record.h"

/* A member that is a list, and an object in it, on lines of their own. */
void truth_json_list(struct json_out *out, const char *key);

/* Opens the object: the caller closes it. */
void truth_json_item(struct json_out *out);

/* "router" for SCENARIO_NONE. */
const char *truth_json_host(const struct truth *truth, size_t host);

/* Version 0: null. */
void truth_json_address(struct json_out *out,
    const struct scenario_address *address);

/* The members `connections`, `packets`, `messages` and `labels`.  -1: no
 * memory. */
void truth_json_connections(const struct truth *truth, struct json_out *out);

/* repeats: by packet number, which packet had its bytes first; 0: none. */
void truth_json_packets(const struct truth *truth, const uint64_t *repeats,
    struct json_out *out);

/* In the order in which they were sent. */
void truth_json_messages(const struct truth *truth, struct json_out *out);

/* -1: no memory; the list is closed all the same. */
int truth_json_labels(const struct truth *truth, struct json_out *out);

#endif
