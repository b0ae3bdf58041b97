/*
 * mkload: captures of any length for measurements, made at the speed of the
 * disk and the same bytes on every machine.
 *
 * Ethernet, IPv4, TCP and UDP, with right checksums where the whole packet is
 * kept.  Conversations run between a host in 192.168/16 and one outside; each
 * packet goes either way with the same chance, so half of the sources are
 * local.  A few conversations carry most of the packets: conversation
 * C * u^8 is taken, u uniform in [0, 1).  Gaps are about exponential.
 *
 * Method: each flow has its headers ready, with the sums that its checksums
 * start from; a packet is a copy of them, a few patches, and random payload.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/splitmix.h"

enum {
	BUFFER_BYTES = 256 * 1024,
	FRAME_MAX = 1514,
	RECORD_MAX = 2048,		/* more than any record and its frame */
	ETHERNET_BYTES = 14,
	IP_BYTES = 20,
	TCP_BYTES = 20,
	UDP_BYTES = 8,
	HEADERS_MAX = ETHERNET_BYTES + IP_BYTES + TCP_BYTES,
	TRANSPORT_AT = ETHERNET_BYTES + IP_BYTES,
	NS_PER_S = 1000000000,
	SERVER_PORT = 5001,		/* iperf's; decoders leave it alone */
	START_S = 1700000000,		/* 2023-11-14 22:13:20 UTC */
};

/* Frame lengths, each with its weight of 32. */
struct shape {
	const char *name;
	uint32_t gap_ns, snaplen;
	struct {
		uint16_t len, weight;
	} sizes[3];
};

static const struct shape shapes[] = {
	{ "small", 2000, 65535, { { 64, 32 } } },
	{ "mixed", 6000, 65535, { { 64, 13 }, { 594, 8 }, { 1514, 11 } } },
	{ "mtu", 12000, 65535, { { FRAME_MAX, 32 } } },
	{ "snap96", 6000, 96, { { 64, 13 }, { 594, 8 }, { 1514, 11 } } },
};

struct flow {
	uint8_t headers[HEADERS_MAX];
	uint8_t len;			/* of the headers */
	bool tcp;
	uint16_t ip_sum, transport_sum;	/* of all that does not change */
	uint16_t id;
	uint32_t seq;
};

struct options {
	const struct shape *shape;
	uint64_t packets, bytes;	/* 0: no end */
	uint64_t flows, gap_ns;
	bool nanoseconds, pcapng;
	const char *path;
};

struct load {
	const struct options *o;
	struct splitmix random;
	struct flow *flows;
	uint32_t conversations;
	uint32_t s, ns;			/* time of the next packet */
	uint8_t lengths[32];		/* index into shape->sizes */
	uint8_t *buffer;
	size_t used;
	int fd;
	uint64_t packets, bytes;	/* written or in the buffer */
};

static void
put16(uint8_t *at, uint32_t value)
{
	uint16_t wire = htobe16((uint16_t)value);

	memcpy(at, &wire, sizeof(wire));
}

static void
put32(uint8_t *at, uint32_t value)
{
	uint32_t wire = htobe32(value);

	memcpy(at, &wire, sizeof(wire));
}

static uint8_t *
put_le32(uint8_t *at, uint32_t value)
{
	uint32_t wire = htole32(value);

	memcpy(at, &wire, sizeof(wire));
	return at + sizeof(wire);
}

static uint32_t
sum_bytes(const uint8_t *data, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	return sum;
}

static uint16_t
fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)((sum >> 16) + (sum & 0xffff));
}

/* Host `number` in 192.168/16, and one outside that it talks to. */
static void
put_addresses(uint8_t *local, uint8_t *remote, uint32_t number)
{
	struct splitmix random = { number };

	put32(local, UINT32_C(0xc0a80000) | splitmix_below(&random, 65536));
	/* 16.0.0.0 to 126.255.255.255 */
	put32(remote, UINT32_C(0x10000000) +
	    splitmix_below(&random, UINT32_C(0x6f000000)));
}

/* One direction of a conversation; odd numbers are the way back. */
static void
flow_init(struct flow *f, uint32_t number)
{
	uint32_t conversation = number / 2;
	struct splitmix random = { ~(uint64_t)conversation };
	bool back = number % 2 != 0;
	uint8_t *ip = f->headers + ETHERNET_BYTES;
	uint8_t *transport = ip + IP_BYTES;
	uint32_t client_port = 16384 + splitmix_below(&random, 49152);

	f->tcp = splitmix_below(&random, 4) != 0;
	f->len = (uint8_t)(TRANSPORT_AT + (f->tcp ? TCP_BYTES : UDP_BYTES));
	put32(f->headers, 0x02000000);
	put16(f->headers + 4, back ? 1 : 2);
	put32(f->headers + 6, 0x02000000);
	put16(f->headers + 10, back ? 2 : 1);
	put16(f->headers + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 6, 0x4000);			/* don't fragment */
	ip[8] = 64;
	ip[9] = f->tcp ? 6 : 17;
	put_addresses(ip + (back ? 16 : 12), ip + (back ? 12 : 16),
	    conversation);
	put16(transport + (back ? 2 : 0), client_port);
	put16(transport + (back ? 0 : 2), SERVER_PORT);
	if (f->tcp) {
		transport[12] = 5 << 4;
		transport[13] = 0x18;		/* PSH, ACK */
		put16(transport + 14, 501);
	}
	f->ip_sum = fold(sum_bytes(ip, IP_BYTES));
	f->transport_sum = fold((uint64_t)sum_bytes(ip + 12, 8) + ip[9] +
	    sum_bytes(transport, f->len - TRANSPORT_AT));
	f->seq = (uint32_t)splitmix_next(&random) ^ -(uint32_t)back;
}

/* Exponential with this mean, near enough: -log2(u) is the number of leading
 * zeros of u and a fraction, taken as linear between powers of two (which
 * brings the mean to 3/2). */
static uint64_t
next_gap_ns(struct load *l)
{
	uint64_t u = splitmix_next(&l->random) | 1;
	unsigned zeros = (unsigned)__builtin_clzll(u);
	uint32_t fraction = (uint32_t)(~(u << zeros) >> 47 & 0xffff);

	return l->o->gap_ns * ((uint64_t)zeros << 16 | fraction) / (3 << 15);
}

static void
advance(struct load *l)
{
	uint64_t ns = l->ns + next_gap_ns(l);

	if (ns >= NS_PER_S) {
		l->s += (uint32_t)(ns / NS_PER_S);
		ns %= NS_PER_S;
	}
	l->ns = (uint32_t)ns;
}

/* The number of a flow; the other direction's is that ^ 1. */
static size_t
pick_flow(const struct load *l, uint64_t random)
{
	uint64_t u = random >> 32;

	for (int i = 0; i < 3; i++)
		u = u * u >> 32;
	return 2 * (u * l->conversations >> 32) + (random & 1);
}

/* n random bytes; returns their sum, as for the checksum.  Writes whole words:
 * up to 7 bytes past the end. */
static uint64_t
put_payload(struct load *l, uint8_t *at, size_t n)
{
	uint64_t sum = 0;

	for (;; at += 8, n -= 8) {
		uint64_t random = splitmix_next(&l->random);
		uint64_t word = htobe64(random);

		memcpy(at, &word, sizeof(word));
		if (n <= 8) {
			/* What lies past the end counts as zeros. */
			random &= n == 0 ? 0 : UINT64_MAX << 8 * (8 - n);
			return sum + (random >> 32) + (random & UINT32_MAX);
		}
		sum += (random >> 32) + (random & UINT32_MAX);
	}
}

/* The frame of `len` bytes, of which the caller keeps `kept`.  Each side of a
 * TCP conversation acknowledges all that the other one has sent. */
static void
put_frame(struct load *l, size_t flow, uint8_t *at, size_t len, size_t kept)
{
	struct flow *f = &l->flows[flow];
	uint8_t *ip = at + ETHERNET_BYTES, *transport = at + TRANSPORT_AT;
	uint32_t ip_len = (uint32_t)(len - ETHERNET_BYTES);
	uint32_t transport_len = ip_len - IP_BYTES;
	uint64_t sum = (uint64_t)f->transport_sum + transport_len;

	memcpy(at, f->headers, HEADERS_MAX);
	put16(ip + 2, ip_len);
	put16(ip + 4, f->id);
	put16(ip + 10, (uint16_t)~fold((uint64_t)f->ip_sum + ip_len + f->id));
	f->id++;
	sum += put_payload(l, at + f->len, kept - f->len);
	if (f->tcp) {
		put32(transport + 4, f->seq);
		put32(transport + 8, l->flows[flow ^ 1].seq);
		sum += (uint64_t)f->seq + l->flows[flow ^ 1].seq;
		f->seq += transport_len - TCP_BYTES;
		put16(transport + 16, (uint16_t)~fold(sum));
	} else {
		uint16_t checksum;

		put16(transport + 4, transport_len);
		checksum = (uint16_t)~fold(sum + transport_len);
		put16(transport + 6, checksum == 0 ? 0xffff : checksum);
	}
}

static uint8_t *
put_pcap_header(uint8_t *at, const struct options *o)
{
	at = put_le32(at, o->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	at = put_le32(at, 4 << 16 | 2);
	at = put_le32(at, 0);
	at = put_le32(at, 0);
	at = put_le32(at, o->shape->snaplen);
	return put_le32(at, 1);
}

static uint8_t *
put_pcapng_header(uint8_t *at, const struct options *o)
{
	at = put_le32(at, 0x0a0d0d0a);
	at = put_le32(at, 28);
	at = put_le32(at, 0x1a2b3c4d);
	at = put_le32(at, 1);			/* version 1.0 */
	at = put_le32(at, UINT32_MAX);
	at = put_le32(at, UINT32_MAX);
	at = put_le32(at, 28);

	at = put_le32(at, 1);			/* interface, Ethernet */
	at = put_le32(at, 32);
	at = put_le32(at, 1);
	at = put_le32(at, o->shape->snaplen);
	at = put_le32(at, 1 << 16 | 9);		/* if_tsresol */
	at = put_le32(at, o->nanoseconds ? 9 : 6);
	at = put_le32(at, 0);
	return put_le32(at, 32);
}

/* The headers of a record are 16 bytes, those of a block 28. */
static uint8_t *
put_record_header(const struct load *l, uint8_t *at, uint32_t cap_len,
    uint32_t wire_len)
{
	uint32_t fraction = l->o->nanoseconds ? l->ns : l->ns / 1000;

	if (l->o->pcapng) {
		uint64_t ticks = fraction + l->s *
		    (l->o->nanoseconds ? UINT64_C(1000000000) : 1000000);

		at = put_le32(at, 6);
		at = put_le32(at, 32 + ((cap_len + 3) & ~3U));
		at = put_le32(at, 0);
		at = put_le32(at, (uint32_t)(ticks >> 32));
		at = put_le32(at, (uint32_t)ticks);
	} else {
		at = put_le32(at, l->s);
		at = put_le32(at, fraction);
	}
	at = put_le32(at, cap_len);
	return put_le32(at, wire_len);
}

static void
add_packet(struct load *l)
{
	uint64_t random = splitmix_next(&l->random);
	uint8_t size = l->lengths[random >> 1 & 31];
	uint32_t wire_len = l->o->shape->sizes[size].len;
	uint32_t cap_len = wire_len;
	uint8_t *start = l->buffer + l->used, *at;

	if (cap_len > l->o->shape->snaplen)
		cap_len = l->o->shape->snaplen;
	at = put_record_header(l, start, cap_len, wire_len);
	put_frame(l, pick_flow(l, random), at, wire_len, cap_len);
	at += cap_len;
	if (l->o->pcapng) {
		put_le32(at, 0);		/* padding */
		at += -cap_len & 3;
		at = put_le32(at, 32 + ((cap_len + 3) & ~3U));
	}
	l->used += (size_t)(at - start);
	l->bytes += (uint64_t)(at - start);
	l->packets++;
	advance(l);
}

static int
flush(struct load *l)
{
	size_t done = 0;

	while (done < l->used) {
		ssize_t n = write(l->fd, l->buffer + done, l->used - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		done += (size_t)n;
	}
	l->used = 0;
	return 0;
}

static bool
finished(const struct load *l)
{
	return (l->o->packets != 0 && l->packets >= l->o->packets) ||
	    (l->o->bytes != 0 && l->bytes >= l->o->bytes);
}

static int
run(struct load *l)
{
	uint8_t *at = l->o->pcapng ? put_pcapng_header(l->buffer, l->o) :
	    put_pcap_header(l->buffer, l->o);

	l->used = (size_t)(at - l->buffer);
	l->bytes = l->used;
	while (!finished(l)) {
		if (l->used > BUFFER_BYTES - RECORD_MAX && flush(l) == -1)
			return -1;
		add_packet(l);
	}
	return flush(l);
}

static int
load_init(struct load *l, const struct options *o)
{
	size_t n = 0;

	memset(l, 0, sizeof(*l));
	l->o = o;
	l->s = START_S;
	l->conversations = (uint32_t)(o->flows / 2);
	l->flows = calloc(2 * (size_t)l->conversations, sizeof(*l->flows));
	l->buffer = malloc(BUFFER_BYTES);
	if (l->flows == NULL || l->buffer == NULL)
		return -1;
	for (uint32_t i = 0; i < 2 * l->conversations; i++)
		flow_init(&l->flows[i], i);
	for (uint8_t i = 0; n < sizeof(l->lengths); i++)
		for (uint16_t k = 0; k < o->shape->sizes[i].weight; k++)
			l->lengths[n++] = i;
	return 0;
}

static const struct option long_options[] = {
	{ "packets", required_argument, NULL, 'n' },
	{ "bytes", required_argument, NULL, 'b' },
	{ "flows", required_argument, NULL, 'f' },
	{ "gap", required_argument, NULL, 'g' },
	{ "nanoseconds", no_argument, NULL, 'N' },
	{ "pcapng", no_argument, NULL, 'P' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
    "usage: mkload small|mixed|mtu|snap96 [OPTION]... -o FILE|-\n"
    "Writes a capture until --packets or --bytes are reached (or for ever)\n"
    "and prints to standard error how many there were.\n"
    "  -n, --packets N     packets\n"
    "  -b, --bytes N       bytes of the file, at least\n"
    "  -f, --flows N       flows, two a conversation; 10000\n"
    "  -g, --gap NS        mean gap in nanoseconds; depends on the sizes\n"
    "  -N, --nanoseconds   nanosecond time stamps\n"
    "  -P, --pcapng        pcapng instead of classic pcap\n"
    "  -o, --output FILE   where to; - is standard output\n";

static uint64_t
number(const char *text, uint64_t min, uint64_t max)
{
	char *end;
	uintmax_t value;

	errno = 0;
	value = strtoumax(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 ||
	    value < min || value > max) {
		fprintf(stderr, "mkload: %s: not a number from %" PRIu64
		    " to %" PRIu64 "\n", text, min, max);
		exit(2);
	}
	return value;
}

static const struct shape *
find_shape(const char *name)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (strcmp(shapes[i].name, name) == 0)
			return &shapes[i];
	fprintf(stderr, "mkload: %s: no such sizes; see mkload --help\n", name);
	exit(2);
}

static void
parse_options(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "n:b:f:g:NPo:h", long_options,
	    NULL)) != -1)
		switch (c) {
		case 'n': o->packets = number(optarg, 1, UINT64_MAX); break;
		case 'b': o->bytes = number(optarg, 1, UINT64_MAX); break;
		case 'f': o->flows = number(optarg, 2, 100000000); break;
		case 'g': o->gap_ns = number(optarg, 1, NS_PER_S); break;
		case 'N': o->nanoseconds = true; break;
		case 'P': o->pcapng = true; break;
		case 'o': o->path = optarg; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: exit(2);
		}
	if (argc != optind + 1 || o->path == NULL) {
		fputs(usage, stderr);
		exit(2);
	}
	o->shape = find_shape(argv[optind]);
	if (o->gap_ns == 0)
		o->gap_ns = o->shape->gap_ns;
}

int
main(int argc, char **argv)
{
	struct options o = { .flows = 10000 };
	struct load l;
	int failed;

	parse_options(&o, argc, argv);
	if (load_init(&l, &o) == -1) {
		fprintf(stderr, "mkload: out of memory\n");
		return 1;
	}
	l.fd = strcmp(o.path, "-") == 0 ? STDOUT_FILENO :
	    open(o.path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	failed = l.fd == -1 || run(&l) == -1 || close(l.fd) == -1;
	if (failed)
		fprintf(stderr, "mkload: %s: %s\n", o.path, strerror(errno));
	else
		fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " bytes\n",
		    l.packets, l.bytes);
	free(l.flows);
	free(l.buffer);
	return failed;
}
