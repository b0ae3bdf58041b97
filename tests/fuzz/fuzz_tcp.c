/*
 * One end of TCP (traffic/synth/tcp/tcp.h) and everything that can happen to it.
 *
 * The first byte says how it is set up; then each happening is a byte and what
 * it needs: segments of the peer, whose numbers are near those that are
 * expected, the program's calls, and time.  What goes out is checked, and at
 * last the end is left alone until it comes to rest.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traffic/synth/tcp/tcp.h"

enum {
	MSS = 600,
	HAPPENINGS_MAX = 3000,
	/* An end that is left alone gives up by then. */
	TICKS_MAX = 20000,
	READ_BYTES = 700,
};
#define MS INT64_C(1000000)

struct end {
	const uint8_t *at;
	size_t left;
	struct tcp *tcp;
	int64_t now_ns, timer_ns;
	uint32_t next, received;	/* of what it has sent last */
	uint32_t peer_next;		/* what it has acknowledged */
	size_t sent;
	bool ended;
};

static uint8_t
take_byte(struct end *e)
{
	if (e->left == 0)
		return 0;
	e->left--;
	return *e->at++;
}

static uint32_t
take_word(struct end *e)
{
	uint32_t word = take_byte(e);

	return word << 8 | take_byte(e);
}

static void
on_output(void *owner, const struct tcp_segment *s)
{
	struct end *e = owner;

	FUZZ_CHECK(!e->ended);
	FUZZ_CHECK(s->len <= MSS);
	FUZZ_CHECK(tcp_option_bytes(s) <= 40);
	FUZZ_CHECK(s->sack_count <= TCP_SACK_BLOCKS);
	FUZZ_CHECK(s->len == 0 || s->payload != NULL);
	for (size_t i = 0; i < s->len; i++)
		FUZZ_CHECK(s->payload[i] == 'x');
	e->sent++;
	e->next = s->seq + (uint32_t)s->len;
	if (s->flags & TCP_ACK)
		e->peer_next = s->ack;
}

static void
on_timer(void *owner, int64_t at_ns)
{
	((struct end *)owner)->timer_ns = at_ns;
}

static void
on_nothing(void *owner)
{
	FUZZ_CHECK(!((struct end *)owner)->ended);
}

static void
on_ended(void *owner, enum tcp_end why)
{
	struct end *e = owner;

	(void)why;
	FUZZ_CHECK(!e->ended);
	e->ended = true;
}

static const struct tcp_calls calls = {
	on_output, on_timer, on_nothing, on_nothing, on_nothing, on_ended,
};

static void
advance(struct end *e, int64_t ns)
{
	int64_t end_ns = e->now_ns + ns;

	for (int i = 0; i < TICKS_MAX && e->timer_ns <= end_ns; i++) {
		if (e->timer_ns > e->now_ns)
			e->now_ns = e->timer_ns;
		e->timer_ns = INT64_MAX;
		tcp_tick(e->tcp, e->now_ns);
	}
	e->now_ns = end_ns;
}

/* Numbers are so far from what is expected, as 16 bits with a sign; flags with
 * the upper bits say what follows. */
static void
receive(struct end *e)
{
	static const uint8_t bytes[2 * MSS];
	struct tcp_segment s = { .flags = take_byte(e) };
	uint8_t what = s.flags >> 5;

	s.flags &= 31;
	s.seq = e->peer_next + (uint32_t)(int16_t)take_word(e);
	s.ack = e->next + (uint32_t)(int16_t)take_word(e);
	s.window = (uint16_t)take_word(e);
	s.payload = bytes;
	s.len = take_word(e) % sizeof(bytes);
	if (s.flags & TCP_SYN) {
		s.mss = (uint16_t)take_word(e);
		s.has_scale = what & 1;
		s.scale = take_byte(e);
		s.sack_permitted = what & 2;
	} else {
		s.sack_count = what & 3;
	}
	s.has_times = what & 4;
	s.ts_value = take_byte(e);
	for (size_t i = 0; i < s.sack_count; i++) {
		s.sack[i].begin = e->next + (uint32_t)(int16_t)take_word(e);
		s.sack[i].end = s.sack[i].begin + take_word(e);
	}
	tcp_input(e->tcp, &s, e->now_ns);
}

static void
write_some(struct end *e)
{
	size_t len = take_word(e) % 20000;
	void *data = malloc(len + 1);

	FUZZ_CHECK(data != NULL);
	memset(data, 'x', len + 1);
	/* An input of a few bytes may not ask for gigabytes. */
	if (tcp_unacknowledged(e->tcp) < 1000000)
		FUZZ_CHECK(tcp_write(e->tcp, data, len, e->now_ns) == 0);
	free(data);
}

static void
read_some(struct end *e)
{
	uint8_t data[READ_BYTES];
	size_t room = take_word(e) % sizeof(data);
	size_t len = tcp_read(e->tcp, data, room, e->now_ns);

	FUZZ_CHECK(len <= room);
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK(data[i] == 0);
}

static void
happen(struct end *e)
{
	switch (take_byte(e) % 8) {
	case 0: case 1: case 2: receive(e); break;
	case 3: write_some(e); break;
	case 4: read_some(e); break;
	case 5: advance(e, (int64_t)take_word(e) * MS); break;
	case 6: tcp_shutdown(e->tcp, e->now_ns); break;
	default:
		if (take_byte(e) == 255)
			tcp_abort(e->tcp, e->now_ns);
	}
}

static struct tcp_settings
settings_of(uint8_t bits)
{
	struct tcp_settings s = tcp_settings_default();

	s.window_scaling = bits & 1;
	s.sack = bits & 2;
	s.timestamps = bits & 4;
	s.nagle = bits & 8;
	s.delayed_ack = bits & 16;
	s.receive_buffer = bits & 32 ? MSS : 200000;
	s.isn_set = true;
	s.isn = bits & 64 ? UINT32_MAX - 1000 : 5;
	return s;
}

/* All that an end does by itself it does not for ever; without a FIN of its own
 * and without data it may rest open. */
static void
leave_alone(struct end *e)
{
	size_t sent = e->sent;

	tcp_shutdown(e->tcp, e->now_ns);
	advance(e, INT64_MAX / 4);
	FUZZ_CHECK(e->timer_ns == INT64_MAX);
	FUZZ_CHECK(e->sent - sent < TICKS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct end e = { .at = data, .left = size, .timer_ns = INT64_MAX };
	uint8_t bits = take_byte(&e);
	struct tcp_settings settings = settings_of(bits);

	e.tcp = tcp_new(&settings, MSS, 0, 0, &calls, &e);
	FUZZ_CHECK(e.tcp != NULL);
	if (bits & 128)
		tcp_listen(e.tcp, 0);
	else
		tcp_connect(e.tcp, 0);
	/* The SYN takes a number. */
	e.next = settings.isn + 1;
	for (int i = 0; i < HAPPENINGS_MAX && e.left > 0; i++)
		happen(&e);
	leave_alone(&e);
	tcp_free(e.tcp);
	return 0;
}
