/*
 * A host in virtual time: ARP and neighbour discovery, IPv4 and IPv6 with
 * fragments, ICMP, UDP, TCP by tcp.h, and DNS lookups; and what programs use of
 * it.
 *
 * A program is told of what arrives after the host's reaction time, one call at
 * a time and never from within a call of its own; in order for each connection,
 * and for all that is no connection.  A host's kernel (ACKs, answers to pings,
 * ARP, errors) needs a tenth of that time, at most 10 us.
 *
 * Who has an address is asked once: it stays known.  After three questions a
 * second apart that nobody answers, what waited is dropped.  Datagrams that are
 * not whole after 30 s are dropped, and their sender is told.
 */
#ifndef TRAFFIC_SYNTH_HOST_HOST_H
#define TRAFFIC_SYNTH_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/random.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/net/net.h"
#include "traffic/synth/truth/truth.h"

struct host;
struct conn;		/* a TCP connection, as a program has it */
struct udp_socket;

struct endpoint {
	struct scenario_address address;
	uint16_t port;
};

struct host_setup {
	const struct scenario *scenario;
	size_t host;
	struct clock *clock;
	struct net *net;
	struct truth *truth;
	uint64_t seed;
};

/* All of the setup is borrowed.  NULL: no memory. */
struct host *host_new(const struct host_setup *setup, struct errbuf *err);
/* Connections that are open are ended for the truth, unheard by programs; NULL
 * does nothing. */
void host_free(struct host *host);
/* In the scenario's list, from 0. */
size_t host_number(const struct host *host);

/* net.h's arrival, for this host. */
void host_arrival(struct host *host, struct sim_packet *packet);

/* TCP.  What may be NULL does nothing. */
struct conn_calls {
	/* Of host_connect() only. */
	void (*connected)(void *app, struct conn *conn);
	/* What one read of a program gives: at most SIDE_READ_MAX bytes, what
	 * has arrived by then. */
	void (*received)(void *app, struct conn *conn, const uint8_t *data,
	    size_t len);
	void (*finished)(void *app, struct conn *conn);	/* the peer's FIN;
					   NULL: it is closed */
	void (*drained)(void *app, struct conn *conn);	/* all is acknowledged */
	/* The last; conn is gone when it returns.  TCP_END_CLOSED comes with
	 * the last FIN or its ACK, not behind TIME_WAIT; TCP_END_REFUSED and
	 * TCP_END_TIMED_OUT also where ICMP, or nobody, answered the SYN. */
	void (*ended)(void *app, struct conn *conn, enum tcp_end why);
};

/* A new connection's app and calls are given by accepted(), -1 resets it.  128
 * may wait for it; SYNs past that are dropped. */
struct listener_calls {
	int (*accepted)(void *owner, struct conn *conn, void **app,
	    const struct conn_calls **calls);
};

/* -1: the port is taken. */
int host_listen(struct host *host, uint16_t port,
    const struct listener_calls *calls, void *owner, struct errbuf *err);
/* Those that were not accepted yet are reset. */
void host_unlisten(struct host *host, uint16_t port);

/* from_port 0: the next ephemeral one (32768 to 60999, drawn by the seed at
 * first, then counted).  A port in TIME_WAIT may be named again.  label: for
 * the truth, NULL for ordinary; borrowed.  NULL: no memory, or the port is in
 * use. */
struct conn *host_connect(struct host *host, const struct endpoint *to,
    uint16_t from_port, const char *label, const struct conn_calls *calls,
    void *app, struct errbuf *err);

/* Copied, and sent as the peer lets it; dropped when the connection is over.
 * No memory ends clock_run(). */
void conn_write(struct conn *conn, const void *data, size_t len);
/* Bytes that were written and not yet acknowledged. */
size_t conn_unacknowledged(const struct conn *conn);
/* While it is held the program does not read, and the window closes. */
void conn_hold(struct conn *conn, bool hold);
/* FIN behind what was written.  What the peer says is still received; a hold is
 * over. */
void conn_close(struct conn *conn);
/* RST; ended() follows. */
void conn_abort(struct conn *conn);
/* The other end, whether it is still there or not. */
void conn_peer(const struct conn *conn, struct endpoint *out);
/* The end of this host. */
void conn_own(const struct conn *conn, struct endpoint *out);

/* UDP.  Datagrams larger than the MTU are fragmented; those to a port without
 * a socket are answered by ICMP.  Data of more than 65507 bytes (IPv6: 65527)
 * is not sent. */
typedef void udp_arrival(void *app, struct udp_socket *socket,
    const struct endpoint *from, const uint8_t *data, size_t len);

/* port 0: an ephemeral one.  arrival NULL: what comes is taken, and thrown
 * away.  NULL: taken, or no memory. */
struct udp_socket *host_udp_open(struct host *host, uint16_t port,
    const char *label, udp_arrival *arrival, void *app, struct errbuf *err);
/* Frees it: nothing more arrives.  NULL does nothing. */
void host_udp_close(struct udp_socket *socket);
/* From the socket's port; copied.  Whether it arrives nobody says. */
void host_udp_send(struct udp_socket *socket, const struct endpoint *to,
    const void *data, size_t len);
/* The one that was asked for, or drawn. */
uint16_t host_udp_port(const struct udp_socket *socket);

/* Echo requests; the answers come to the last one that asked with this id. */
typedef void ping_answer(void *app, uint16_t id, uint16_t sequence);
/* `len` bytes of payload; more than 65507 are not sent.  Nobody is told when no
 * answer comes. */
void host_ping(struct host *host, const struct scenario_address *to,
    uint16_t id, uint16_t sequence, size_t len, const char *label,
    ping_answer *answer, void *app);

/* A packet as it is, with whatever source it names: scans and floods.  MACs,
 * IP id and TTL are filled in; takes the reference over. */
void host_send_raw(struct host *host, struct sim_packet *packet);
/* Sees each TCP segment, UDP datagram and ICMP error for this port of the host
 * that belongs to no connection or socket, instead of the RST or the ICMP error
 * that would answer it; NULL ends it. */
typedef void raw_arrival(void *app, const struct sim_packet *packet);
/* One at a time for a port: the next replaces it.  No memory ends
 * clock_run(). */
void host_raw_port(struct host *host, uint16_t port, raw_arrival *arrival,
    void *app);
/* The next ephemeral port; 0: all are taken. */
uint16_t host_new_port(struct host *host);

/* Asks the host's resolver (A and AAAA, as the host has addresses, again after
 * 5 s, three times in all).  The list is borrowed; count 0: there is no such
 * name, or no answer.  The name is copied.  -1: there is no resolver. */
typedef void lookup_answer(void *app, const struct scenario_address *list,
    size_t count);
/* answer() is called once.  -1 also without memory, or of a name that is too
 * long. */
int host_lookup(struct host *host, const char *name, const char *label,
    lookup_answer *answer, void *app, struct errbuf *err);

#endif
