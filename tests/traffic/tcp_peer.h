/*
 * One end of TCP and a peer whose segments a test makes by hand: end 0 of a lab
 * that loses all that is sent.
 *
 * Sequence numbers are offsets from the initial ones: 0 is the SYN's, 1 that of
 * the first byte.
 */
#ifndef TESTS_TRAFFIC_TCP_PEER_H
#define TESTS_TRAFFIC_TCP_PEER_H

#include "tests/traffic/tcp_lab.h"
#include "traffic/synth/tcp/tcp_internal.h"

enum { MSS = 1000, OWN_ISN = 1000, PEER_ISN = 70000, WINDOW = 60000 };

/* That of the test that runs. */
extern struct lab lab;

/* No options but the MSS, and a buffer of WINDOW: what counts stands out. */
struct tcp_settings peer_plain(void);

void peer_start(const struct tcp_settings *settings);
/* Established: the peer answers the SYN after 100 ms, or so much, and can what
 * we can. */
void peer_opens(const struct tcp_settings *settings);
void peer_opens_after(const struct tcp_settings *settings, int64_t wait_ns);

/* One of the peer's, with that window, and not sent. */
struct tcp_segment peer_segment(uint32_t seq, uint32_t ack, uint8_t flags);
/* The same with so many zeros. */
void peer_sends(uint32_t seq, uint32_t ack, uint8_t flags, size_t len);
void peer_acks(uint32_t ack);
void peer_sacks(uint32_t ack, uint32_t begin, uint32_t end);
void peer_closes_window(uint32_t ack, uint16_t window);
void peer_waits(int64_t ns);

/* What the peer would have seen: how many segments, one of them, and whether
 * the last is like that. */
size_t peer_saw(void);
const struct lab_segment *peer_saw_at(size_t i);

#define PEER_CHECK_LAST(seq_, len_, flags_)				\
	do {								\
		const struct tcp_segment *l_ = lab_last(&lab, 0);	\
									\
		ck_assert_uint_eq(l_->seq - OWN_ISN, (seq_));		\
		ck_assert_uint_eq(l_->len, (len_));			\
		ck_assert_uint_eq(l_->flags, (flags_));			\
	} while (0)

#endif
