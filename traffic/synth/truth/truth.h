/*
 * What really happened, for truth.json (labgen-truth(5)): every packet with its
 * cause and fate and where it was seen, every connection with its ISNs, counts
 * and round trips, the labels; and for each capture what can be known there.
 *
 * Those who make it happen tell it here; nothing is ever computed from a
 * capture's bytes.  Calls cannot fail: short memory is kept for truth_write().
 *
 * Times are virtual, as of the clock (clock.h), unless said.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_H

#include <stdint.h>

#include "base/errbuf.h"
#include "base/sink.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/tcp/tcp.h"

struct truth;

struct truth_setup {
	const struct scenario *scenario;
	uint64_t seed;
	int64_t start_ns;
	uint32_t snaplen;		/* as of the command line */
};

/* NULL: no memory. */
struct truth *truth_new(const struct truth_setup *setup);

/* NULL does nothing. */
void truth_free(struct truth *truth);

/* A capture, in the order of its numbers from 0. `host` or `network` is
 * SCENARIO_NONE.  The file name is copied. */
void truth_capture(struct truth *truth, const char *file, size_t host,
    size_t network, const struct scenario_capture *how);

/* A packet is sent by a host (or the router); returns its number, from 1.
 * Copies that the network makes share it; fragments have numbers of their
 * own. */
uint64_t truth_sent(struct truth *truth, const struct sim_packet *packet,
    int64_t at_ns);

/* It stands in a capture as this frame (from 1), with this time of the
 * capture's clock (since 1970) and this TTL.  The packet may be a copy that a
 * router changed or the network made. */
void truth_seen(struct truth *truth, size_t capture, uint64_t frame,
    const struct sim_packet *packet, int64_t ts_ns);

enum fate {
	FATE_DELIVERED,		/* to the host that has the address */
	FATE_LOST,		/* by the link's loss, or by number */
	FATE_QUEUE,		/* a queue was full */
	FATE_TTL, FATE_TOO_BIG, FATE_NO_ROUTE,
	FATE_NOBODY,		/* nobody has that address */
	FATE_UNFINISHED,	/* under way when the scenario was cut off */
};

/* What became of one copy of it.  host: whose link it was, or who got it. */
void truth_fate(struct truth *truth, uint64_t number, enum fate fate,
    size_t host, int64_t at_ns);

/* What the network did to a packet on a link, beside its fate. */
enum { TRUTH_DUPLICATED = 1, TRUTH_REORDERED = 2, TRUTH_FRAGMENTED = 4 };

/* TRUTH_ bits, added to those it has; an unknown number does nothing. */
void truth_mark(struct truth *truth, uint64_t number, unsigned marks);

/* Where one end of a TCP connection stands. */
struct truth_end {
	size_t host;
	struct scenario_address address;
	uint16_t port;
	uint32_t isn;
};

/* A TCP connection is opened by its client; the number, from 1, goes into
 * sim_packet.connection of both ends' segments.  The server's ISN follows with
 * truth_end_report(). */
uint64_t truth_connection(struct truth *truth, const struct truth_end *client,
    const struct truth_end *server, const char *label, int64_t at_ns);

/* What one end says when it is over (or the scenario is).  Once it is over that
 * stands: a late copy of a SYN may open an end once more. */
void truth_end_report(struct truth *truth, uint64_t connection,
    bool is_client, const struct tcp_counts *counts, bool is_over,
    enum tcp_end why, int64_t at_ns);

/* A message of a program that a connection or datagram carried, as it was
 * sent: for whoever compares what was said.  `what` is a constant text. */
void truth_message(struct truth *truth, size_t from, size_t to,
    const char *what, const void *data, size_t len, int64_t at_ns);

struct truth_totals {
	uint64_t packets;	/* sent */
	uint64_t frames;	/* in all captures */
	size_t captures;
	int64_t last_ns;	/* when the last packet was sent; 0: none was */
};

/* So far; while the scenario is played, too. */
void truth_totals(const struct truth *truth, struct truth_totals *out);

/* truth.json: truth_json.h and truth_known.h say what stands in it.  -1: the
 * sink, or memory that was short before. */
int truth_write(struct truth *truth, struct sink *sink, struct errbuf *err);

#endif
