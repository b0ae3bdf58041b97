/*
 * What the files of tcp.h share.
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_INTERNAL_H
#define TRAFFIC_SYNTH_TCP_TCP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/tcp/tcp.h"
#include "traffic/synth/tcp/tcp_ranges.h"
#include "traffic/synth/tcp/tcp_sent.h"
#include "traffic/synth/tcp/tcp_stream.h"

enum { TCP_UNSCALED_MOST = 65535 };	/* a window without its scale */

#define TCP_NEVER INT64_MAX
#define TCP_SECOND_NS INT64_C(1000000000)
#define TCP_MS_NS INT64_C(1000000)

/* RFC 9293, section 3.3.2; CLOSED is before the first call and at the end. */
enum tcp_state {
	TCP_CLOSED, TCP_LISTEN, TCP_SYN_SENT, TCP_SYN_RECEIVED,
	TCP_ESTABLISHED, TCP_FIN_WAIT_1, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT,
	TCP_CLOSING, TCP_LAST_ACK, TCP_TIME_WAIT,
};

/* Times at which something is due; TCP_NEVER: nothing. */
enum tcp_timer {
	TCP_TIMER_RESEND,	/* RFC 6298 */
	TCP_TIMER_PERSIST,	/* the window is closed, or too small */
	TCP_TIMER_ACK,		/* a delayed one */
	TCP_TIMER_KEEPALIVE,
	TCP_TIMER_WAIT,		/* the end of FIN_WAIT_2 and TIME_WAIT */
	TCP_TIMERS,
};

/* Who decides how much may be on its way. */
enum tcp_phase {
	TCP_PHASE_OPEN,		/* slow start or congestion avoidance */
	TCP_PHASE_FAST,		/* fast recovery, until `recover` */
	TCP_PHASE_TIMEOUT,	/* after a timeout, until `recover` */
};

struct tcp_congestion {
	enum tcp_phase phase;
	uint32_t window, threshold;	/* cwnd, ssthresh; bytes */
	uint32_t acked;		/* towards the next segment of avoidance */
	uint32_t recover;	/* the last number sent when it began */
	bool has_recover;	/* until `una` is past it */
	bool timed_out;		/* the slow start is one after a timeout */
	unsigned duplicates;	/* ACKs in a row */
	uint32_t credit;	/* without SACK: bytes that duplicates say
				   have arrived */
	uint32_t limited;	/* sent by limited transmit (RFC 3042) */
	bool force;		/* the next lost segment goes out in any case */
	enum tcp_why why;	/* of what is sent again next */
};

struct tcp {
	struct tcp_settings settings;
	struct tcp_calls calls;
	void *owner;
	int64_t now_ns;		/* of the call that is being made */
	enum tcp_state state;

	bool started;			/* connect or listen was called */

	/* What goes out. */
	uint32_t isn, una, next;	/* oldest without ACK; next new one */
	bool syn_acked;
	struct tcp_stream out;		/* from the oldest byte without ACK */
	uint32_t written;		/* number behind the last byte */
	bool fin_wanted, fin_sent;
	uint32_t window, window_max;	/* of the peer, bytes */
	uint32_t window_seq, window_ack;	/* SND.WL1, SND.WL2 */
	uint32_t link_mss, mss;		/* our MSS; of what we send, less
					   options */
	struct tcp_sent_list sent;
	bool probe_sent;	/* the byte at `next`, to a closed window; no
				   answer came yet */
	unsigned probes;	/* since the window was closed ... */
	unsigned unanswered;	/* ... and since the peer was heard of */
	unsigned tries;		/* timeouts in a row */
	int64_t last_data_ns;	/* sent */

	/* What comes in. */
	uint32_t peer_isn, received;	/* RCV.NXT */
	uint32_t read;			/* number of the next byte to read */
	uint32_t edge;			/* right edge that was announced */
	struct tcp_stream in;		/* from `read` on */
	struct tcp_ranges ranges;
	bool peer_fin, peer_fin_known;	/* taken; seen, perhaps beyond a hole */
	uint32_t peer_fin_seq;
	bool reopened;		/* the window was closed, and no data has come
				   since it was opened */
	uint32_t full_bytes;	/* of the largest segment so far */
	uint32_t ack_owed;	/* bytes received since the last ACK */
	bool ack_now;
	int64_t challenged_ns;	/* the last ACK that data did not ask for */

	/* Options that both ends want. */
	bool scaling, sack, times;
	uint8_t scale, peer_scale;
	uint32_t times_offset, ts_recent, ack_sent;
	int64_t ts_recent_ns;

	struct tcp_congestion congestion;

	/* RFC 6298; 0: no round trip was measured yet. */
	int64_t srtt_ns, rttvar_ns, rto_ns;
	int64_t heard_ns;	/* last segment of the peer */
	unsigned keepalives;	/* without an answer */

	int64_t timers[TCP_TIMERS];
	int64_t asked_ns;	/* calls->timer was called with it */

	/* Told to the owner when the call ends. */
	bool tell_established, tell_readable, tell_writable, tell_ended;
	enum tcp_end end;

	struct tcp_counts counts;
};

static inline uint32_t
tcp_smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The number of the first byte in `out`: the SYN has none there. */
static inline uint32_t
tcp_first_byte(const struct tcp *tcp)
{
	return tcp->syn_acked ? tcp->una : tcp->isn + 1;
}

/* tcp.c: what is due is sent, timers are asked for, and the owner is told. */
void tcp_settle(struct tcp *tcp);
/* CLOSED: timers are off, what was to be sent is freed, the owner is told once.
 * What was received can still be read. */
void tcp_end(struct tcp *tcp, enum tcp_end why);
/* FIN_WAIT_2 and TIME_WAIT: nothing of ours follows. */
void tcp_wait(struct tcp *tcp, enum tcp_state state);
/* ESTABLISHED or later. */
bool tcp_is_synchronized(const struct tcp *tcp);

/* tcp_options.c */
/* Of time stamps: milliseconds, from an offset of its own. */
uint32_t tcp_clock(const struct tcp *tcp);
/* All that the settings offer; in a SYN-ACK what both ends want. */
void tcp_options_of_syn(const struct tcp *tcp, struct tcp_segment *out);
/* What the peer's SYN leaves of ours: options, scale, segment size. */
void tcp_options_agree(struct tcp *tcp, const struct tcp_segment *syn);
/* The least shift by which the buffer fits into 16 bits, at most 14. */
uint8_t tcp_scale_for(uint32_t buffer);

/* tcp_window.c: bytes that may come, and whether the program has made room
 * enough to say so. */
uint32_t tcp_window_offer(struct tcp *tcp);
/* The program has read: an ACK is due where that at least doubles a window of
 * half the buffer or less. */
void tcp_window_changed(struct tcp *tcp);

/* tcp_receive.c: the payload and the FIN of an acceptable segment. */
void tcp_receive(struct tcp *tcp, const struct tcp_segment *segment);

/* tcp_acknowledged.c: ACK, window and SACK blocks of an acceptable segment;
 * false: the segment is dropped. */
bool tcp_acknowledged(struct tcp *tcp, const struct tcp_segment *segment);

/* tcp_output.c */
/* SYN, or SYN-ACK in SYN_RECEIVED; never with a scaled window.  No memory:
 * aborted. */
void tcp_send_syn(struct tcp *tcp, enum tcp_why why);
/* An empty segment, with SACK blocks where there are holes. */
void tcp_send_ack(struct tcp *tcp);
/* An ACK that data did not ask for, at most one in half a second (RFC 5961,
 * section 7). */
void tcp_send_challenge(struct tcp *tcp);
/* With `seq` as its number; with_ack: it acknowledges what came, too. */
void tcp_send_reset(struct tcp *tcp, uint32_t seq, bool with_ack);
/* The next byte, into a closed window; where none waits, as a keep-alive. */
void tcp_send_probe(struct tcp *tcp);
/* An empty segment with the number before the oldest one without ACK. */
void tcp_send_keepalive(struct tcp *tcp, enum tcp_why why);
/* What is lost first, then new data, as far as both windows allow. */
void tcp_send_due(struct tcp *tcp);
/* Bytes, or a FIN, that were never sent. */
bool tcp_has_news(const struct tcp *tcp);
/* As much of it as the window takes, however little. */
void tcp_send_little(struct tcp *tcp);

/* tcp_congestion.c */
/* The window once the handshake is over: one segment where a SYN was lost. */
void tcp_congestion_start(struct tcp *tcp);
/* Before new data: after more than an RTO without any, the window is the
 * initial one at most (RFC 5681, section 4.1). */
void tcp_congestion_idle(struct tcp *tcp);
/* `acked` bytes of a flight of `flight`. */
void tcp_congestion_acked(struct tcp *tcp, uint32_t acked, uint32_t flight);
/* The third at the latest begins fast recovery, unless one is going on. */
void tcp_congestion_duplicate(struct tcp *tcp);
/* New SACK blocks in an ACK that is none. */
void tcp_congestion_sacked(struct tcp *tcp);
/* One segment of window; all that is not sacked counts as lost. */
void tcp_congestion_timeout(struct tcp *tcp);
/* May `len` more bytes be on their way beside those `pipe`? */
bool tcp_congestion_allows(const struct tcp *tcp, uint32_t pipe,
    uint32_t len);
/* Bytes on their way, less those that duplicate ACKs say have arrived. */
uint32_t tcp_congestion_pipe(const struct tcp *tcp);

/* tcp_timers.c */
/* Moves the estimate and the RTO, which stays from rto_min_ns to 60 s. */
void tcp_rtt_sample(struct tcp *tcp, int64_t rtt_ns);
/* Nanoseconds, doubled for each of `tries`; 60 s at most. */
int64_t tcp_rto(const struct tcp *tcp, unsigned tries);
/* So long after now_ns; it replaces the time before. */
void tcp_timer_set(struct tcp *tcp, enum tcp_timer timer, int64_t after_ns);
/* Nothing is due by this timer any more. */
void tcp_timer_stop(struct tcp *tcp, enum tcp_timer timer);
/* Whatever is due at tcp->now_ns. */
void tcp_timers_run(struct tcp *tcp);
/* RESEND or PERSIST, as the window asks. */
void tcp_timers_arrange(struct tcp *tcp);

#endif
