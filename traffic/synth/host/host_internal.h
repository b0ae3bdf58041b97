/*
 * A host's parts, for the files host*.c and nobody else.
 *
 *   host.c             life; which part a packet is for
 *   host_ip.c          what is sent: addresses, id, TTL, fragments
 *   host_fragments.c   fragments that arrive
 *   host_neighbours.c  ARP and neighbour discovery
 *   host_icmp.c        pings, errors that arrive and that are sent
 *   host_udp.c         sockets
 *   host_ports.c       raw ports, and ports that are free
 *   host_tcp.c         who a segment is for: connections, listeners, nobody
 *   host_conn.c        a TCP connection
 *   host_conn_program.c  and its program
 *   host_conns.c       all of them
 *   host_lookup.c      names
 */
#ifndef TRAFFIC_SYNTH_HOST_HOST_INTERNAL_H
#define TRAFFIC_SYNTH_HOST_HOST_INTERNAL_H

#include "traffic/synth/host/host.h"
#include "traffic/synth/host/inbox.h"
#include "traffic/synth/packet/frame_bytes.h"
#include "traffic/synth/packet/icmp_error.h"
#include "traffic/synth/packet/icmp_types.h"

enum {
	CONN_BUCKETS = 256, NEIGHBOUR_BUCKETS = 256,
	PATH_MTUS = 64,
	IP4_HEADER = 20, IP6_HEADER = 40, IP6_FRAGMENT_HEADER = 8,
	TCP_HEADER = 20, UDP_HEADER = 8, ICMP_HEADER = 8,
	IP_PAYLOAD_MAX = 65535,
	PORT_MIN = 32768, PORT_MAX = 60999,	/* ephemeral ones */
};

struct path_mtu {
	struct scenario_address to;
	uint16_t mtu;
};

struct host {
	const struct scenario *scenario;
	const struct scenario_host *self;
	size_t number;
	struct clock *clock;
	struct net *net;
	struct truth *truth;
	uint64_t seed;
	struct random reaction, lookup_ids;
	struct frame_maker *maker;	/* NULL until an error is sent */

	struct inbox arrivals;		/* for the kernel */
	struct inbox told;		/* for programs: UDP, raw ports, pings */

	uint16_t next_ip_id, next_port;
	uint32_t next_fragment_id;
	struct path_mtu path_mtus[PATH_MTUS];	/* the oldest goes */
	size_t path_mtu_count;
	struct neighbour *neighbours[NEIGHBOUR_BUCKETS];
	size_t unknown_neighbours;	/* of them */
	struct reassembly *reassemblies;
	size_t reassembly_count;

	struct pinger *pingers;
	struct raw_port *raw_ports;
	struct udp_socket *sockets;
	struct lookup *lookups;

	struct listener *listeners;
	struct conn *conns[CONN_BUCKETS];
	struct conn *first_conn, *last_conn;	/* in the order of their
						   beginning */
	uint8_t *read;			/* SIDE_READ_MAX; NULL until there is
					   a connection */
};

/* host.c */
/* Drawn for what a program, or the kernel, is about to do. */
int64_t host_reaction_ns(struct host *host);
/* To the part that it is for, now; borrowed. */
void host_packet_in(struct host *host, struct sim_packet *packet);
/* A program, after its reaction time: UDP, raw ports, pings. */
void host_tell(struct host *host, struct sim_packet *packet);
/* Ends clock_run() with that reason. */
void host_no_memory(struct host *host);

/* host_ip.c */
/* From this host to there; NULL (and the clock knows): no memory. */
struct sim_packet *host_packet(struct host *host, enum sim_kind kind,
    const struct scenario_address *to, const void *data, size_t len);
/* Takes the reference over. */
void host_ip_send(struct host *host, struct sim_packet *packet);
/* A router says that larger ones do not pass. */
void host_path_mtu(struct host *host, const struct scenario_address *to,
    uint32_t mtu);
/* Bytes of an IP packet: what a router said, or the host's own. */
uint16_t host_mtu_to(struct host *host,
    const struct scenario_address *to);

/* host_fragments.c */
/* One that arrives; with the last that is missing the whole one is taken. */
void host_fragment(struct host *host, struct sim_packet *packet);
/* What is not whole is dropped; nobody is told. */
void host_fragments_free(struct host *host);

/* host_neighbours.c: hosts and routers are the only ones who become known, at
 * most two addresses each.  So that invented senders do not fill the memory, no
 * more than NEIGHBOURS_UNKNOWN_MAX are asked for at a time; what is for one
 * more is dropped, as Linux does where its table overflows. */
enum { NEIGHBOURS_UNKNOWN_MAX = 4096 };
/* Takes the reference over; all but the MACs is there. */
void host_neighbour_send(struct host *host,
    const struct scenario_address *hop, struct sim_packet *packet);
/* Learns who asks us or was asked for; answers what is for our address. */
void host_arp(struct host *host, const struct sim_packet *packet);
/* The same of IPv6: solicitations and advertisements, from this link only (hop
 * limit 255). */
void host_neighbour_discovery(struct host *host,
    const struct sim_packet *packet);
/* What waits for an answer is dropped. */
void host_neighbours_free(struct host *host);

/* host_icmp.c */
/* A ping is answered; the others go on to whom they are for. */
void host_icmp(struct host *host, struct sim_packet *packet);
/* An error about a packet goes to whoever sent it. */
void host_icmp_error(struct host *host, enum icmp_error what,
    const struct sim_packet *about);
/* The program that pings; at its time. */
void host_tell_ping(struct host *host, const struct sim_packet *packet);
/* Answers that come later find nobody. */
void host_pingers_free(struct host *host);

/* A packet of ours that an error quotes. */
struct quoted {
	enum sim_kind kind;	/* SIM_TCP, SIM_UDP; others have no ports */
	uint16_t own_port;
	struct endpoint peer;
};
/* False: it quotes nothing that can be read. */
bool host_quoted(const struct sim_packet *packet, struct quoted *out);

/* host_udp.c */
/* To its socket or raw port, after the reaction time; an ICMP error if none. */
void host_udp(struct host *host, struct sim_packet *packet);
/* The program of a socket, at its time; the data is borrowed. */
void host_tell_udp(struct udp_socket *socket,
    const struct sim_packet *packet);
/* NULL: nobody has that port open. */
struct udp_socket *host_udp_find(const struct host *host, uint16_t port);
/* Each as by host_udp_close(). */
void host_sockets_free(struct host *host);

/* host_ports.c */
/* NULL: nobody watches that port. */
struct raw_port *host_raw_find(const struct host *host, uint16_t port);
/* The program that watches the port, at its time; borrowed. */
void host_tell_raw(const struct raw_port *raw,
    const struct sim_packet *packet);
/* Nobody is told; raw_arrival is not called again. */
void host_raw_ports_free(struct host *host);
/* The next ephemeral port that is_free() says to be; 0: none is. */
uint16_t host_port_pick(struct host *host,
    bool (*is_free)(struct host *host, uint16_t port, const void *context),
    const void *context);

/* host_tcp.c */
/* To its connection, raw port or listener; a RST is the answer if none. */
void host_tcp(struct host *host, struct sim_packet *packet);
/* Is there a host_listen() for it? */
bool host_listens(const struct host *host, uint16_t port);
/* A packet to that peer came to nothing: who waits for the connection to be
 * established need not. */
void host_conn_unreachable(struct host *host, uint16_t own_port,
    const struct endpoint *peer, enum tcp_end why);
/* For a host without connections: they would still point here. */
void host_listeners_free(struct host *host);

/* host_lookup.c */
/* Nobody is answered any more. */
void host_lookups_free(struct host *host);

#endif
