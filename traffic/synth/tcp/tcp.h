/*
 * One end of a TCP connection: RFC 9293, with slow start, congestion avoidance,
 * fast retransmit and fast recovery (RFC 5681, 6582; with SACK RFC 6675), RTO
 * (RFC 6298), window scaling and time stamps (RFC 7323), SACK (RFC 2018),
 * delayed ACKs and keep-alive (RFC 1122), Nagle (RFC 896), zero window probes.
 *
 * Pure: segments, bytes of the program and the time come in, segments and
 * events go out by calls; no clock, no addresses, no randomness.  So it runs in
 * virtual time, and in tests over a channel that loses what it likes.
 *
 * Whatever comes in, it ends: each timer backs off and gives up.
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_H
#define TRAFFIC_SYNTH_TCP_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/scenario/tcp_settings.h"

enum {
	TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16,
	TCP_SACK_BLOCKS = 4,
};

/* Why a segment is sent. */
enum tcp_why {
	TCP_WHY_NEW,		/* first time: data, SYN, FIN, or only an ACK */
	TCP_WHY_TIMEOUT, TCP_WHY_FAST, TCP_WHY_RECOVERY,
	TCP_WHY_WINDOW_PROBE, TCP_WHY_KEEPALIVE,
};

struct tcp_segment {
	uint32_t seq, ack;
	uint16_t window;	/* as on the wire: scaled */
	uint8_t flags;
	uint16_t mss;		/* option; 0: not there */
	bool has_scale, sack_permitted, has_times;
	uint8_t scale;
	uint32_t ts_value, ts_echo;
	size_t sack_count;
	struct { uint32_t begin, end; } sack[TCP_SACK_BLOCKS];
	const uint8_t *payload;	/* borrowed for the call */
	size_t len;
	enum tcp_why why;	/* of segments that go out */
};

/* Bytes of the options as they are written: NOPs for alignment included, a
 * multiple of 4. */
size_t tcp_option_bytes(const struct tcp_segment *segment);

enum tcp_end {
	TCP_END_CLOSED,		/* both sides sent FIN, everything arrived */
	TCP_END_REFUSED,	/* RST in answer to the SYN */
	TCP_END_RESET,		/* RST later */
	TCP_END_TIMED_OUT,	/* given up */
	TCP_END_ABORTED,	/* tcp_abort() */
};

struct tcp;

/* What an end does; none of these may call back into it. */
struct tcp_calls {
	void (*output)(void *owner, const struct tcp_segment *segment);
	/* tcp_tick() at that time; replaces the time before. INT64_MAX: never. */
	void (*timer)(void *owner, int64_t at_ns);
	/* These may be delivered a moment later: the owner calls the program
	 * after the call into tcp has returned. */
	void (*established)(void *owner);
	void (*readable)(void *owner);	/* tcp_read() has bytes, or the FIN */
	void (*writable)(void *owner);	/* everything written so far is
					   acknowledged */
	void (*ended)(void *owner, enum tcp_end why);	/* no call follows */
};

/*
 * What happened at this end, for the truth file.  Segments sent count as often
 * as they went out; sent_again_* are those of them that had gone out before, by
 * enum tcp_why; window_probes those that ask with a byte that is not yet the
 * stream's, or where only a FIN waits in the form of a keep-alive.
 * duplicate_acks: received, as RFC 5681 has them, or with SACK those that name
 * something new.  A round trip is measured where an ACK of something new covers
 * no segment that was sent twice, or that a SACK block had named: from when the
 * last of them was sent.
 */
struct tcp_counts {
	uint64_t segments_sent, segments_received;
	uint64_t payload_sent, payload_received;	/* first time sent;
							   in order received */
	uint64_t sent_again_timeout, sent_again_fast, sent_again_recovery;
	uint64_t window_probes, keepalives, duplicate_acks;
	uint64_t rtt_samples;		/* ACK of a segment sent once */
	int64_t rtt_min_ns, rtt_max_ns, rtt_sum_ns, rtt_first_ns;
	uint32_t isn, peer_isn;
	bool was_established;
};

/* mss: what fits into the link, without IP and TCP headers (options are taken
 * from it).  isn: where settings have none.  times: added to the clock of the
 * time stamps, in milliseconds; where it is the same for the same ports, a new
 * connection has later ones than the old (RFC 6191).  The settings are copied.
 * NULL: no memory. */
struct tcp *tcp_new(const struct tcp_settings *settings, uint32_t mss,
    uint32_t isn, uint32_t times, const struct tcp_calls *calls, void *owner);

/* Nothing is sent, no call is made.  NULL does nothing. */
void tcp_free(struct tcp *tcp);

/* Sends the SYN. */
void tcp_connect(struct tcp *tcp, int64_t now_ns);

/* Waits for a SYN, which is the first tcp_input(); behind a call of
 * tcp_connect() it does nothing. */
void tcp_listen(struct tcp *tcp, int64_t now_ns);

/* A segment of the peer, borrowed; behind the end it is only counted. */
void tcp_input(struct tcp *tcp, const struct tcp_segment *segment,
    int64_t now_ns);

/* Does what is due by now; for the owner, when timer() asked for it. */
void tcp_tick(struct tcp *tcp, int64_t now_ns);

/* Bytes to be sent; all are taken (copied); the last has PSH.  Those behind a
 * tcp_shutdown() or the end are dropped.  -1: no memory, or 1 GiB waits. */
int tcp_write(struct tcp *tcp, const void *data, size_t len, int64_t now_ns);

/* Written and not yet acknowledged. */
size_t tcp_unacknowledged(const struct tcp *tcp);

/* The next bytes in order, at most `room`; 0: none.  What is not read closes
 * the window. */
size_t tcp_read(struct tcp *tcp, void *out, size_t room, int64_t now_ns);
/* The peer's FIN was received and everything before it read. */
bool tcp_is_at_end(const struct tcp *tcp);

/* Both sides are closed and the port is kept for 60 s more: a host may take a
 * new SYN for it, as hosts do (RFC 9293, section 3.6.1), and free this one. */
bool tcp_is_in_time_wait(const struct tcp *tcp);

/* FIN behind what was written.  What the peer sends after it is still received,
 * unless nothing comes for the fin_wait_ns of the settings. */
void tcp_shutdown(struct tcp *tcp, int64_t now_ns);

/* At once, with RST where the peer may know of the connection; ended()
 * follows. */
void tcp_abort(struct tcp *tcp, int64_t now_ns);

/* What has happened so far; also after the end. */
void tcp_counts(const struct tcp *tcp, struct tcp_counts *out);

#endif
