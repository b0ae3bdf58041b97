/*
 * What can be known at a capture point, in the words of pcapstat's columns;
 * private to truth*.c.
 *
 * It comes from the packets' records and from where they were seen, never from
 * the bytes of a capture, and shares no code with pcapstat: it is a second
 * opinion.  Where names are the same the definitions are those of the manual of
 * that column; a time in seconds there is one in nanoseconds here (irtt_s,
 * irtt_ns).  null: not known there, which is an empty cell.
 *
 * totals		of pcapstat-summary(1), with the capture's networks as
 *			the local ones.  time_in, time_out, time_all are gaps,
 *			as are a_iat and b_iat below: how many, their sum_ns,
 *			the sum of their squares, min_ns, max_ns, and of
 *			median, p90 and p99 the two that they lie between,
 *			the same one twice where they are on it.
 *			packets_arp: of ARP. Nothing is malformed, and no
 *			checksum is wrong.
 * flows		of pcapstat-flows(1), in the order of their first
 *			frames
 * connections		of pcapstat-tcp(1); `is`: its number in the truth.
 *			*_rtt and *_ts_rtt: samples, sum_ns, min_ns, max_ns
 * segments		frames of TCP that are something besides what their
 *			headers say, or make a round-trip sample: verdict,
 *			rtt_frame, rtt_ns, rtt_ambiguous, ts_rtt_ns as in
 *			pcapstat-tcp(1)
 *
 * flows, connections and segments are left out where the snaplen is below 122:
 * then headers may be cut.
 *
 * Segments that begin below the highest number of their sender, and are no
 * keep-alive or window probe, have
 *
 * seen_before		how much of it has passed this capture, or was
 *			acknowledged there: all, some, none
 * really		sent again; copy (the network made it of a frame that
 *			had passed); late (others overtook it)
 *
 * A connection counts them by side: *_seen_before (all), *_partly_seen,
 * *_fills_gap (none).  What was all seen before is a retransmission to whoever
 * looks at the capture, a copy included.  What was not may have been sent
 * again, the first having been lost before the capture, or be late: a capture
 * cannot tell for sure, so that retransmissions and out_of_order are known as
 * their sum alone.  labgen verify counts how often pcapstat guesses what it
 * really is, and takes neither for a difference.
 *
 * A SYN without ACK begins another connection where it is of another in the
 * truth; one that is of none there (of a scan, of a flood) where its number is
 * another.  So a scenario should not give the same ISN to connections between
 * the same ports: to a capture the second SYN is a repeat of the first.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_KNOWN_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_KNOWN_H

#include <stddef.h>

#include "traffic/synth/truth/json_out.h"
#include "traffic/synth/truth/truth_record.h"

/* The value of the member `known` of a capture.  repeats: of truth_repeats().
 * -1: no memory. */
int truth_known_write(const struct truth *truth, size_t capture,
    const uint64_t *repeats, struct json_out *out);

/*
 * By packet number (from index 1): the packet whose bytes this TCP segment
 * repeats, the one that had its first byte first; 0: it repeats none.  NULL: no
 * memory; release with free().
 */
uint64_t *truth_repeats(const struct truth *truth);

#endif
