/*
 * summary: a row a capture.  Packets, bytes and inter-arrival times in and
 * out, and what else one wants to know first.
 *
 * With settings.by_protocol a row a protocol follows that of the capture, the
 * one with most packets first.  Their counts add up to those of the capture,
 * but for filtered records, whose protocol nobody has looked for; their gaps
 * are those between packets of the protocol.
 */
#ifndef ANALYZER_ANALYSES_SUMMARY_H
#define ANALYZER_ANALYSES_SUMMARY_H

#include "base/table.h"

/* The row; its columns, with units and meanings, are in summary.c. */
struct summary_row {
	const char *file, *format, *link_types, *status;
	uint64_t packets_in, packets_out, bytes_in, bytes_out;
	int128 time_in_mean, time_in_median, time_in_std;
	int128 time_out_mean, time_out_median, time_out_std;
	uint64_t packets_total, packets_other, packets_local, packets_transit;
	uint64_t packets_skipped, packets_filtered, packets_ipv4, packets_ipv6;
	uint64_t packets_tcp, packets_udp, packets_icmp;
	uint64_t packets_truncated, packets_malformed, packets_unsupported;
	uint64_t frame_bytes_total, frame_bytes_in, frame_bytes_out;
	uint64_t cap_bytes_total;
	int128 time_in_std_sample, time_out_std_sample;
	int128 time_in_min, time_in_max, time_out_min, time_out_max;
	int128 time_in_p90, time_in_p99, time_out_p90, time_out_p99;
	int128 time_all_mean, time_all_median, time_all_std;
	int128 time_all_std_sample;
	uint64_t backward_steps;
	int64_t first_time_ns, last_time_ns;
	int128 duration_s;
	uint64_t no_time, time_out_of_range, time_odd, tso_len_zero;
	const char *protocol;

	/* No columns: the counts of the original's one-file line (IPv4). */
	uint64_t ipv4_tcp, ipv4_udp, ipv4_icmp, ipv4_other;
};

#endif
