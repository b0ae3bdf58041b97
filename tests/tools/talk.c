#include "tests/tools/talk.h"

#include <string.h>

enum {
	MTU = 1500,
	OPTIONS_BYTES = 12,		/* NOP, NOP, time stamps */
	CLIENT_WINDOW = 2048,		/* in units of 2^6, as scaled */
	SERVER_WINDOW = 501,
	NS_PER_US = 1000,
	NS_PER_MS = 1000000,
};

static enum talk_side
other(enum talk_side side)
{
	return side == TALK_CLIENT ? TALK_SERVER : TALK_CLIENT;
}

static void
put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Between low and high microseconds. */
static int64_t
some_us(struct talk *t, uint32_t low, uint32_t high)
{
	return NS_PER_US * (int64_t)low +
	    splitmix_below(&t->random, (high - low) * NS_PER_US);
}

/* The millisecond clock of a side, which starts anywhere. */
static uint32_t
clock_ms(const struct talk *t, enum talk_side side, int64_t ts_ns)
{
	uint32_t start = side == TALK_CLIENT ? 0x2c51d800 : 0x91e04a00;

	return start + (uint32_t)(ts_ns / NS_PER_MS) + t->host[side].port;
}

/* What the segment seen at ts_ns says of the clocks; the server wrote its own
 * half a round trip ago, having seen the client's of a whole one ago. */
static void
put_time_stamps(const struct talk *t, enum talk_side side, int64_t ts_ns,
    uint8_t options[10])
{
	int64_t sent = side == TALK_CLIENT ? ts_ns : ts_ns - t->rtt_ns / 2;
	int64_t heard = side == TALK_CLIENT ? ts_ns - t->rtt_ns / 2 :
	    ts_ns - t->rtt_ns;

	options[0] = 8;
	options[1] = 10;
	put32(options + 2, clock_ms(t, side, sent));
	put32(options + 6, clock_ms(t, other(side), heard));
}

static void
add_segment(struct talk *t, enum talk_side side, int64_t ts_ns,
    const struct frames_tcp *tcp, const uint8_t *data, size_t n)
{
	const struct frames_host *from = &t->host[side];
	const struct frames_host *to = &t->host[other(side)];
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, from, to);
	for (size_t i = 0; i < t->vlan_count; i++)
		frames_vlan(&f, i + 1 < t->vlan_count ?
		    FRAMES_8021AD : FRAMES_8021Q, t->vlan[i]);
	frames_ip(&f, from, to, side == TALK_CLIENT ? 64 : 52,
	    t->ip_id[side]++);
	frames_tcp(&f, from, to, tcp);
	frames_payload(&f, data, n);
	frames_finish(&f);
	if (side == TALK_SERVER)
		frames_pad(&f, FRAMES_MIN_BYTES);
	trace_add(t->to, ts_ns, 0, &f);
}

/* A segment after the handshake's first two; moves the side's seq. */
static void
say(struct talk *t, enum talk_side side, int64_t ts_ns, uint8_t flags,
    const uint8_t *data, size_t n)
{
	uint8_t options[OPTIONS_BYTES] = { 1, 1 };
	struct frames_tcp tcp = {
		.seq = t->seq[side],
		.ack = t->seq[other(side)],
		.window = side == TALK_CLIENT ? CLIENT_WINDOW : SERVER_WINDOW,
		.flags = flags,
		.options = options,
		.options_len = sizeof(options),
	};

	put_time_stamps(t, side, ts_ns, options + 2);
	add_segment(t, side, ts_ns, &tcp, data, n);
	t->seq[side] += (uint32_t)n + ((flags & FRAMES_FIN) != 0);
}

static void
say_syn(struct talk *t, enum talk_side side, int64_t ts_ns)
{
	uint8_t options[20] = {
		2, 4, 0, 0,		/* MSS, below */
		4, 2,			/* selective acknowledgments */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0,	/* time stamps */
		1, 3, 3, 6,		/* window scale */
	};
	size_t mss = MTU - (t->host[side].ip_version == 4 ? 40 : 60);
	struct frames_tcp tcp = {
		.seq = t->seq[side]++,
		.ack = side == TALK_SERVER ? t->seq[TALK_CLIENT] : 0,
		.window = 65535,
		.flags = side == TALK_SERVER ?
		    FRAMES_SYN | FRAMES_ACK : FRAMES_SYN,
		.options = options,
		.options_len = sizeof(options),
	};

	options[2] = (uint8_t)(mss >> 8);
	options[3] = (uint8_t)mss;
	put_time_stamps(t, side, ts_ns, options + 6);
	if (side == TALK_CLIENT)
		put32(options + 12, 0);	/* nothing heard yet */
	add_segment(t, side, ts_ns, &tcp, NULL, 0);
}

void
talk_open(struct talk *t)
{
	for (int side = 0; side < 2; side++) {
		t->seq[side] = (uint32_t)splitmix_next(&t->random);
		t->ip_id[side] = (uint16_t)splitmix_next(&t->random);
	}
	t->window = TALK_WINDOW_FIRST;
	say_syn(t, TALK_CLIENT, t->now_ns);
	t->now_ns += t->rtt_ns + some_us(t, 0, 400);
	say_syn(t, TALK_SERVER, t->now_ns);
	t->now_ns += some_us(t, 20, 60);
	say(t, TALK_CLIENT, t->now_ns, FRAMES_ACK, NULL, 0);
	t->now_ns += some_us(t, 100, 900);
}

static size_t
segment_bytes(const struct talk *t)
{
	size_t ip = t->host[TALK_CLIENT].ip_version == 4 ? 20 : 40;

	return MTU - ip - 20 - OPTIONS_BYTES;
}

/* The client's segments leave together and are answered by one ACK. */
static void
send_up(struct talk *t, const uint8_t *data, size_t n)
{
	size_t most = segment_bytes(t);

	while (n > 0) {
		size_t len = n < most ? n : most;

		say(t, TALK_CLIENT, t->now_ns,
		    len == n ? FRAMES_ACK | FRAMES_PSH : FRAMES_ACK, data, len);
		t->now_ns += some_us(t, 2, 9);
		data += len;
		n -= len;
	}
	t->now_ns += t->rtt_ns + some_us(t, 0, 400);
	say(t, TALK_SERVER, t->now_ns, FRAMES_ACK, NULL, 0);
}

/* The client never acknowledges two segments in the wrong order. */
static void
acknowledge(struct talk *t, int64_t heard_ns)
{
	int64_t ts_ns = heard_ns + some_us(t, 15, 60);

	if (ts_ns <= t->last_ack_ns)
		ts_ns = t->last_ack_ns + NS_PER_US;
	say(t, TALK_CLIENT, ts_ns, FRAMES_ACK, NULL, 0);
	t->last_ack_ns = ts_ns;
}

/* One window of the server's segments; returns how many bytes it took. */
static size_t
send_window(struct talk *t, const uint8_t *data, size_t n)
{
	size_t most = segment_bytes(t), sent = 0;
	int64_t ts_ns = t->now_ns, next_ns = t->now_ns + t->rtt_ns;

	for (size_t i = 1; i <= t->window && sent < n; i++) {
		size_t len = n - sent < most ? n - sent : most;
		bool last = i == t->window || sent + len == n;

		say(t, TALK_SERVER, ts_ns,
		    last ? FRAMES_ACK | FRAMES_PSH : FRAMES_ACK,
		    data + sent, len);
		sent += len;
		if (i % 2 == 0 || last)
			acknowledge(t, ts_ns);
		ts_ns += some_us(t, 2, 14);
	}
	if (t->window < TALK_WINDOW_MAX)
		t->window *= 2;
	t->now_ns = sent == n || ts_ns > next_ns ? ts_ns : next_ns;
	return sent;
}

void
talk_send(struct talk *t, enum talk_side side, const uint8_t *data, size_t n)
{
	if (side == TALK_CLIENT) {
		send_up(t, data, n);
		return;
	}
	while (n > 0) {
		size_t sent = send_window(t, data, n);

		data += sent;
		n -= sent;
	}
	if (t->now_ns < t->last_ack_ns)
		t->now_ns = t->last_ack_ns;
	t->now_ns += some_us(t, 5, 20);
}

void
talk_pause(struct talk *t, int64_t mean_ns)
{
	t->now_ns += mean_ns / 2 + splitmix_below(&t->random, NS_PER_MS) *
	    (mean_ns / NS_PER_MS);
}

void
talk_close(struct talk *t)
{
	say(t, TALK_CLIENT, t->now_ns, FRAMES_FIN | FRAMES_ACK, NULL, 0);
	t->now_ns += t->rtt_ns + some_us(t, 0, 400);
	say(t, TALK_SERVER, t->now_ns, FRAMES_FIN | FRAMES_ACK, NULL, 0);
	t->now_ns += some_us(t, 15, 60);
	say(t, TALK_CLIENT, t->now_ns, FRAMES_ACK, NULL, 0);
}

void
talk_abort(struct talk *t)
{
	say(t, TALK_CLIENT, t->now_ns, FRAMES_RST | FRAMES_ACK, NULL, 0);
}
