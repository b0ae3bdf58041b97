#include "tests/tools/fixtures.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/tools/frames.h"
#include "tests/tools/savefile.h"

enum {
	LINKTYPE_ETHERNET = 1,
	TTL = 64,
	WINDOW = 65535,
	PAYLOAD = 100,
	ICMP_ECHO_REQUEST = 8,
};

#define BASE_NS (1700000000 * INT64_C(1000000000))

static const struct frames_host client = {
	{ 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 1, 10 }, 40000 };
static const struct frames_host server = {
	{ 2, 0, 0, 0, 0, 2 }, 4, { 10, 20, 30, 3 }, 80 };

static const uint8_t syn_options[] = { 2, 4, 5, 180, 1, 3, 3, 7 };

/* A segment of the list; numbers are relative to the first ones. */
struct step {
	uint32_t us;		/* since the capture's start */
	uint8_t from;		/* 0: the client */
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t len;
};

enum {
	S = FRAMES_SYN, A = FRAMES_ACK, F = FRAMES_FIN,
};

static const struct step peer_1_steps[] = {
	{ 0, 0, S, 0, 0, 0 },
	{ 20000, 1, S | A, 0, 1, 0 },
	{ 21000, 0, A, 1, 1, 0 },
	{ 30000, 0, A, 1, 1, PAYLOAD },
	{ 55000, 1, A, 1, 101, 0 },
	{ 60000, 0, A, 101, 1, PAYLOAD },
	{ 60100, 0, A, 201, 1, PAYLOAD },
	{ 60200, 0, A, 301, 1, PAYLOAD },
	{ 80000, 1, A, 1, 201, 0 },
	{ 80100, 1, A, 1, 201, 0 },
	{ 300000, 0, A, 201, 1, PAYLOAD },
	{ 320000, 1, A, 1, 401, 0 },
	{ 400000, 1, A, 101, 401, PAYLOAD },
	{ 400500, 1, A, 1, 401, PAYLOAD },
	{ 401000, 0, A, 401, 201, 0 },
	{ 10000000, 0, A, 400, 201, 0 },
	{ 10020000, 1, A, 201, 401, 0 },
	{ 10100000, 1, F | A, 201, 401, 0 },
	{ 10101000, 0, A, 401, 202, 0 },
	{ 10200000, 0, F | A, 401, 202, 0 },
	{ 10220000, 1, A, 202, 402, 0 },
};

static const struct step wrap_steps[] = {
	{ 20003, 0, S, 0, 0, 0 },
	{ 40003, 1, S | A, 0, 1, 0 },
	{ 41003, 0, A, 1, 1, 0 },
	{ 50003, 0, A, 1, 1, 10 },
	{ 70003, 1, A, 1, 11, 0 },
	{ 80003, 0, F | A, 11, 1, 0 },
	{ 100003, 1, F | A, 1, 12, 0 },
	{ 101003, 0, A, 12, 2, 0 },
};

static const struct step karn_steps[] = {
	{ 0, 0, S, 0, 0, 0 },
	{ 20000, 1, S | A, 0, 1, 0 },
	{ 21000, 0, A, 1, 1, 0 },
	{ 100000, 0, A, 1, 1, PAYLOAD },
	{ 500000, 0, A, 1, 1, PAYLOAD },
	{ 520000, 1, A, 1, 101, 0 },
	{ 600000, 0, A, 101, 1, PAYLOAD },
	{ 620000, 1, A, 1, 201, 0 },
};

static void
add(struct savefile *to, struct frames *f, int64_t us)
{
	frames_finish(f);
	frames_pad(f, FRAMES_MIN_BYTES);
	savefile_add_packet(to, 0, BASE_NS + us * 1000, f->data, f->len);
}

static void
put_payload(struct frames *f, size_t n)
{
	uint8_t bytes[PAYLOAD];

	memset(bytes, 'x', n);
	frames_payload(f, bytes, n);
}

static void
put_steps(struct savefile *to, const struct step *steps, size_t n,
    uint32_t client_isn, uint32_t server_isn)
{
	const uint32_t isn[] = { client_isn, server_isn };
	uint16_t ids[] = { 100, 7000 };
	struct frames f;

	for (size_t i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		const struct frames_host *from = s->from == 0 ? &client :
		    &server;
		const struct frames_host *dst = s->from == 0 ? &server :
		    &client;
		bool syn = s->flags & S;
		const struct frames_tcp tcp = {
			.seq = isn[s->from] + s->seq,
			.ack = s->flags & A ? isn[!s->from] + s->ack : 0,
			.window = WINDOW, .flags = s->flags,
			.options = syn ? syn_options : NULL,
			.options_len = syn ? sizeof(syn_options) : 0,
		};

		frames_begin(&f);
		frames_ethernet(&f, from, dst);
		frames_ip(&f, from, dst, TTL, ids[s->from]++);
		frames_tcp(&f, from, dst, &tcp);
		put_payload(&f, s->len);
		add(to, &f, s->us);
	}
}

static void
put_udp(struct savefile *to, int64_t us, const struct frames_host *from,
    const struct frames_host *dst, uint16_t vlan)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, from, dst);
	if (vlan != 0)
		frames_vlan(&f, FRAMES_8021Q, vlan);
	frames_ip(&f, from, dst, TTL, 1);
	frames_udp(&f, from, dst);
	put_payload(&f, 20);
	add(to, &f, us);
}

static void
put_icmp(struct savefile *to, int64_t us)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &client, &server);
	frames_ip(&f, &client, &server, TTL, 1);
	frames_icmp(&f, ICMP_ECHO_REQUEST, 0, 1 << 16 | 1);
	put_payload(&f, 32);
	add(to, &f, us);
}

static void
put_ipv6_syn(struct savefile *to, int64_t us)
{
	const struct frames_host from = { { 2, 0, 0, 0, 0, 1 }, 6,
	    { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 40001 };
	const struct frames_host dst = { { 2, 0, 0, 0, 0, 2 }, 6,
	    { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 80 };
	const struct frames_tcp tcp = { .seq = 9000000, .window = WINDOW,
	    .flags = S };
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &from, &dst);
	frames_ip(&f, &from, &dst, TTL, 0);
	frames_tcp(&f, &from, &dst, &tcp);
	add(to, &f, us);
}

#define STEPS(steps) steps, sizeof(steps) / sizeof(steps[0])

static void
peer_1(struct savefile *to)
{
	struct frames_host a = client;
	struct frames_host b = { { 2, 0, 0, 0, 0, 3 }, 4,
	    { 192, 168, 1, 20 }, 5000 };
	struct frames f;

	put_steps(to, STEPS(peer_1_steps), 1000000, 5000000);
	a.port = 5000;
	for (int i = 0; i < 4; i++) {
		put_udp(to, 11000000 + 100000 * i, &a, &b, 0);
		put_udp(to, 11013000 + 100000 * i, &b, &a, 0);
	}
	put_udp(to, 12000000, &a, &b, 7);
	put_ipv6_syn(to, 12100000);
	frames_begin(&f);
	frames_ethernet(&f, &a, &b);
	frames_arp(&f, FRAMES_ARP_REQUEST, &a, &b);
	add(to, &f, 12200000);
	put_icmp(to, 12300000);
	put_icmp(to, 12250000);
}

static void
wrap(struct savefile *to)
{
	put_steps(to, STEPS(wrap_steps), 4294967290, 7000000);
}

static void
karn(struct savefile *to)
{
	put_steps(to, STEPS(karn_steps), 1000000, 5000000);
}

const char *const fixture_names[] = { "peer-1", "wrap", "karn", NULL };

static void (*const recipes[])(struct savefile *to) = { peer_1, wrap, karn };

bool
fixture_write(const char *name, FILE *to)
{
	const struct savefile_interface interface = { LINKTYPE_ETHERNET,
	    SAVEFILE_MICROSECONDS, 0 };
	struct savefile savefile;

	for (size_t i = 0; fixture_names[i] != NULL; i++)
		if (strcmp(fixture_names[i], name) == 0) {
			savefile_pcap(&savefile, to, false, &interface);
			recipes[i](&savefile);
			return true;
		}
	return false;
}
