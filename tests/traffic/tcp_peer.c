#include "tests/traffic/tcp_peer.h"

#include <check.h>

struct lab lab;

static bool
drop_all(struct lab *l, const struct lab_segment *segment)
{
	(void)l;
	(void)segment;
	return true;
}

struct tcp_settings
peer_plain(void)
{
	struct tcp_settings s = tcp_settings_default();

	s.window_scaling = s.sack = s.timestamps = false;
	s.receive_buffer = WINDOW;
	s.isn_set = true;
	s.isn = OWN_ISN;
	return s;
}

struct tcp_segment
peer_segment(uint32_t seq, uint32_t ack, uint8_t flags)
{
	return (struct tcp_segment){ .seq = PEER_ISN + seq,
	    .ack = OWN_ISN + ack, .flags = flags, .window = WINDOW };
}

void
peer_sends(uint32_t seq, uint32_t ack, uint8_t flags, size_t len)
{
	static const uint8_t zeros[65536];
	struct tcp_segment s = peer_segment(seq, ack, flags);

	s.payload = zeros;
	s.len = len;
	lab_input(&lab, 0, &s);
}

void
peer_acks(uint32_t ack)
{
	peer_sends(1, ack, TCP_ACK, 0);
}

void
peer_start(const struct tcp_settings *settings)
{
	lab_init(&lab, 1, settings, settings, MSS);
	lab.drop = drop_all;
	lab.now_ns = LAB_S;
}

void
peer_waits(int64_t ns)
{
	lab_run(&lab, lab.now_ns + ns);
}

void
peer_opens_after(const struct tcp_settings *settings, int64_t wait_ns)
{
	struct tcp_segment s = peer_segment(0, 1, TCP_SYN | TCP_ACK);

	peer_start(settings);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	peer_waits(wait_ns);
	s.mss = MSS;
	s.sack_permitted = settings->sack;
	s.has_scale = settings->window_scaling;
	s.has_times = settings->timestamps;
	s.ts_value = 1;
	s.ts_echo = lab_last(&lab, 0)->ts_value;
	lab_input(&lab, 0, &s);
	ck_assert(lab.ends[0].established);
}

void
peer_opens(const struct tcp_settings *settings)
{
	peer_opens_after(settings, 100 * LAB_MS);
}

size_t
peer_saw(void)
{
	return lab.ends[0].trace.count;
}

const struct lab_segment *
peer_saw_at(size_t i)
{
	ck_assert_uint_lt(i, peer_saw());
	return &lab.ends[0].trace.items[i];
}

void
peer_sacks(uint32_t ack, uint32_t begin, uint32_t end)
{
	struct tcp_segment s = peer_segment(1, ack, TCP_ACK);

	s.sack_count = 1;
	s.sack[0].begin = OWN_ISN + begin;
	s.sack[0].end = OWN_ISN + end;
	lab_input(&lab, 0, &s);
}

void
peer_closes_window(uint32_t ack, uint16_t window)
{
	struct tcp_segment s = peer_segment(1, ack, TCP_ACK);

	s.window = window;
	lab_input(&lab, 0, &s);
}
