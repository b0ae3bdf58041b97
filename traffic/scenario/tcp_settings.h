/*
 * How a host's TCP behaves: what the scenario may set.
 */
#ifndef TRAFFIC_SCENARIO_TCP_SETTINGS_H
#define TRAFFIC_SCENARIO_TCP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* tcp_settings_default() gives what a plain host of today does. */
struct tcp_settings {
	uint32_t mss;			/* 0: by the link's MTU; at least 88 */
	bool window_scaling;		/* RFC 7323; the shift follows from
					   receive_buffer */
	bool sack;			/* SACK permitted and sent, RFC 2018 */
	bool timestamps;		/* RFC 7323 */
	bool delayed_ack;		/* RFC 1122 4.2.3.2, at most 40 ms */
	bool nagle;			/* RFC 896 */
	uint32_t initial_window;	/* segments; 10 by RFC 6928 */
	uint32_t receive_buffer;	/* bytes */
	bool isn_set;			/* else drawn by the seed */
	uint32_t isn;			/* near 2^32 for a wrap */
	int64_t keepalive_ns;		/* idle time before a probe; 0: none */
	int64_t rto_min_ns;		/* RFC 6298 says 1 s, hosts 200 ms */
	int64_t fin_wait_ns;		/* how long nothing may come from a peer
					   that does not close; no word of a
					   scenario sets it */
	uint32_t syn_retries, retries;	/* before a connection is given up */
};

static inline struct tcp_settings
tcp_settings_default(void)
{
	return (struct tcp_settings){
		.window_scaling = true, .sack = true, .timestamps = true,
		.delayed_ack = true, .initial_window = 10,
		.receive_buffer = 131072, .rto_min_ns = 200000000,
		.fin_wait_ns = INT64_C(180000000000),
		.syn_retries = 6, .retries = 15,
	};
}

#endif
