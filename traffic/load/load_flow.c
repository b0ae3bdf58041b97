#include "traffic/load/load_flow.h"

#include <string.h>

#include "traffic/synth/tcp/tcp.h"

enum {
	SERVER_PORT = 5001,	/* iperf's; decoders leave it alone */
	CLIENT_PORT_MIN = 16384, CLIENT_PORTS = 49152,
	PAYLOAD_MIN = 10,
	RUN_MAX = 20,		/* full segments that any window holds */
	LIFE_BITS_MAX = 10,	/* up to 2^10 packets with payload */
};

/* What a TCP conversation has besides data, a step each; in STEP_DATA it stays
 * as long as there is some. */
enum {
	STEP_SYN, STEP_SYN_ACK, STEP_ACK, STEP_DATA, STEP_FIN, STEP_FIN_BACK,
	STEP_LAST_ACK, STEP_OVER,
};

static const struct {
	uint8_t side, flags;
} steps[] = {
	[STEP_SYN] = { 0, TCP_SYN },
	[STEP_SYN_ACK] = { 1, TCP_SYN | TCP_ACK },
	[STEP_ACK] = { 0, TCP_ACK },
	[STEP_DATA] = { 0, TCP_PSH | TCP_ACK },
	[STEP_FIN] = { 0, TCP_FIN | TCP_ACK },
	[STEP_FIN_BACK] = { 1, TCP_FIN | TCP_ACK },
	[STEP_LAST_ACK] = { 0, TCP_ACK },
};

static uint8_t
kind_of(uint64_t number, enum load_ip ip)
{
	static const uint8_t kinds[8] = {
		LOAD_TCP, LOAD_TCP, 0, LOAD_TCP,
		LOAD_TCP | LOAD_IPV6, LOAD_TCP, 0, LOAD_IPV6,
	};
	uint8_t kind = kinds[number % 8];

	if (ip == LOAD_IP_4)
		kind &= (uint8_t)~LOAD_IPV6;
	else if (ip == LOAD_IP_6)
		kind |= LOAD_IPV6;
	return kind;
}

/* 192.168.x.x or fd00::x to 16.0.0.0 up to 126.255.255.255 or 2001:db8::x. */
static void
draw_addresses(struct load_addresses *a, bool is_ipv6, struct random *random)
{
	uint64_t inside = random_below(random, 65534) + 1;
	uint64_t outside = random_below(random, UINT32_C(0x6f000000)) +
	    UINT32_C(0x10000000);
	uint8_t *host = a->source, *server = a->destination;

	memset(a, 0, sizeof(*a));
	if (is_ipv6) {
		host[0] = 0xfd;
		memcpy(server, (const uint8_t[]){ 0x20, 1, 0x0d, 0xb8 }, 4);
		host += 12;
		server += 12;
	} else {
		host[0] = 192;
		host[1] = 168;
	}
	host[2] = (uint8_t)(inside >> 8);
	host[3] = (uint8_t)inside;
	for (int i = 0; i < 4; i++)
		server[i] = (uint8_t)(outside >> 8 * (3 - i));
	a->source_port = (uint16_t)(CLIENT_PORT_MIN +
	    random_below(random, CLIENT_PORTS));
	a->destination_port = SERVER_PORT;
}

static struct load_addresses
reversed(const struct load_addresses *a)
{
	struct load_addresses back = *a;

	memcpy(back.source, a->destination, sizeof(back.source));
	memcpy(back.destination, a->source, sizeof(back.destination));
	back.source_port = a->destination_port;
	back.destination_port = a->source_port;
	back.inwards = true;
	return back;
}

/* As many short ones as long ones, by powers of two. */
static uint32_t
draw_life(struct random *random)
{
	return 1 + (uint32_t)random_below(random, UINT64_C(1) <<
	    (1 + random_below(random, LIFE_BITS_MAX)));
}

void
load_flow_init(struct load_flow *flow, const struct load_frames *frames,
    const struct load_settings *settings, uint64_t number)
{
	struct load_addresses to, back;
	struct random random;

	random_init(&random, settings->seed, "load flow", number);
	memset(flow, 0, sizeof(*flow));
	flow->kind = kind_of(number, settings->ip);
	draw_addresses(&to, flow->kind & LOAD_IPV6, &random);
	back = reversed(&to);
	load_side_init(&flow->sides[0], &frames->templates[flow->kind], &to);
	load_side_init(&flow->sides[1], &frames->templates[flow->kind], &back);
	for (int i = 0; i < 2; i++)
		flow->sides[i].seq = (uint32_t)random_next(&random);
	flow->step = flow->kind & LOAD_TCP ? STEP_SYN : STEP_DATA;
	flow->left = settings->life != 0 ? settings->life :
	    draw_life(&random);
}

static size_t
payload_len(const struct load_flow *flow, const struct load_frames *frames,
    size_t frame_len)
{
	size_t headers = frames->templates[flow->kind].len;

	return frame_len < headers + PAYLOAD_MIN ? PAYLOAD_MIN :
	    frame_len - headers;
}

/* Who speaks: either side, but not so long that no window would hold it. */
static void
take_turn(struct load_flow *flow, bool other)
{
	if (other || flow->run == RUN_MAX) {
		flow->side ^= 1;
		flow->run = 0;
	}
	flow->run++;
}

bool
load_flow_next(struct load_flow *flow, const struct load_frames *frames,
    uint64_t random, size_t frame_len, struct load_packet *packet,
    struct load_side **side)
{
	uint8_t step = flow->step;

	if (step == STEP_OVER)
		return false;
	*packet = (struct load_packet){ .kind = flow->kind,
	    .random = random >> 32 };
	if (flow->kind & LOAD_TCP)
		packet->flags = steps[step].flags;
	if (step == STEP_DATA) {
		take_turn(flow, random & 1);
		packet->len = payload_len(flow, frames, frame_len);
		if (--flow->left == 0)
			flow->step = flow->kind & LOAD_TCP ? STEP_FIN :
			    STEP_OVER;
	} else {
		flow->side = steps[step].side;
		flow->step++;
	}
	*side = &flow->sides[flow->side];
	if (packet->flags & TCP_ACK)
		packet->ack = flow->sides[flow->side ^ 1].seq;
	return true;
}
