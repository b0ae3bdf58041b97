/*
 * printf_rows four|all FILE: the rows of `pcapstat packets --format csv` for
 * captures of `labgen load --ip 4`, written with printf into a 256 KiB buffer,
 * as a baseline for the benchmark: `four` is the original's columns, `all`
 * every one.
 *
 * Reads classic pcap in this machine's byte order, IPv4 without options on
 * Ethernet, TCP and UDP; anything else is refused.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_BYTES = 256 * 1024, FRAME_MAX = 65535, HEADERS_BYTES = 42 };

struct record {
	uint32_t s, fraction, cap_len, wire_len;
};

struct rows {
	bool all, nanoseconds;
	const char *file;
	uint64_t number;
	int64_t last_ns[2];	/* by direction; out is 1 */
	bool started[2];
};

static unsigned
be16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t
be32(const uint8_t *at)
{
	return (uint32_t)be16(at) << 16 | be16(at + 2);
}

static void
print_four(const struct rows *r, const struct record *h, const uint8_t *ip)
{
	printf("%u.%u.%u.%u,%u.%u.%u.%u,%u,%" PRIu32 ".%0*" PRIu32,
	    ip[12], ip[13], ip[14], ip[15], ip[16], ip[17], ip[18], ip[19],
	    be16(ip + 2), h->s, r->nanoseconds ? 9 : 6, h->fraction);
}

/* With 12 decimals, as all durations have; gaps are not negative here. */
static void
print_gap(struct rows *r, const struct record *h, bool out)
{
	int64_t ts_ns = (int64_t)h->s * 1000000000 +
	    (int64_t)h->fraction * (r->nanoseconds ? 1 : 1000);
	int64_t gap = ts_ns - r->last_ns[out];

	if (r->started[out])
		printf("%" PRId64 ".%09" PRId64 "000", gap / 1000000000,
		    gap % 1000000000);
	r->started[out] = true;
	r->last_ns[out] = ts_ns;
}

/* What follows the gap: flags, in quotes if there is a comma; seq; ack where it
 * is one; length of the payload. */
static void
print_tcp(const uint8_t *tcp, unsigned len)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	unsigned flags = tcp[13];
	const char *quote = (flags & (flags - 1)) != 0 ? "\"" : "";
	const char *comma = "";

	printf(",%s", quote);
	for (int i = 0; i < 8; i++)
		if (flags & 1U << i) {
			printf("%s%s", comma, names[i]);
			comma = ",";
		}
	printf("%s,%" PRIu32 ",", quote, be32(tcp + 4));
	if (flags & 0x10)
		printf("%" PRIu32, be32(tcp + 8));
	printf(",%u\n", len - (tcp[12] >> 4) * 4U);
}

static void
print_rest(struct rows *r, const struct record *h, const uint8_t *ip)
{
	const uint8_t *transport = ip + 20;
	bool out = ip[12] == 192 && ip[13] == 168, tcp = ip[9] == 6;
	unsigned len = be16(ip + 2) - 20;

	printf(",%s,%" PRIu64 ",%s,%" PRIu32 ",%" PRIu32 ",%s,%u,%u,",
	    r->file, r->number, out ? "out" : "in", h->wire_len, h->cap_len,
	    tcp ? "tcp" : "udp", be16(transport), be16(transport + 2));
	print_gap(r, h, out);
	if (tcp)
		print_tcp(transport, len);
	else
		printf(",,,,%u\n", len - 8);
}

/* 1: printed; 0: the end; -1: cut, or nothing for us. */
static int
print_row(struct rows *r, FILE *from, uint8_t *frame)
{
	const uint8_t *ip = frame + 14;
	struct record h;
	size_t got = fread(&h, 1, sizeof(h), from);

	if (got == 0)
		return 0;
	if (got != sizeof(h) || h.cap_len > FRAME_MAX ||
	    h.cap_len < HEADERS_BYTES ||
	    fread(frame, 1, h.cap_len, from) != h.cap_len ||
	    be16(frame + 12) != 0x0800 || ip[0] != 0x45 ||
	    (ip[9] != 17 && (ip[9] != 6 || h.cap_len < HEADERS_BYTES + 12)))
		return -1;
	r->number++;
	print_four(r, &h, ip);
	if (r->all)
		print_rest(r, &h, ip);
	else
		putchar('\n');
	return 1;
}

static int
print_rows(struct rows *r, FILE *from)
{
	uint8_t frame[FRAME_MAX];
	uint32_t header[6];
	int got;

	if (fread(header, 1, sizeof(header), from) != sizeof(header) ||
	    (header[0] != 0xa1b2c3d4 && header[0] != 0xa1b23c4d))
		return -1;
	r->nanoseconds = header[0] == 0xa1b23c4d;
	printf("Source_IP,Destination_IP,packet_len,time%s\n", !r->all ? "" :
	    ",file,number,direction,frame_len,cap_len,protocol,src_port,"
	    "dst_port,iat_s,tcp_flags,tcp_seq,tcp_ack,payload_len");
	while ((got = print_row(r, from, frame)) == 1)
		continue;
	return got;
}

int
main(int argc, char **argv)
{
	struct rows r = { 0 };
	FILE *from;
	int failed;

	if (argc != 3 || (strcmp(argv[1], "four") != 0 &&
	    strcmp(argv[1], "all") != 0)) {
		fprintf(stderr, "usage: printf_rows four|all FILE\n");
		return 2;
	}
	r.all = strcmp(argv[1], "all") == 0;
	r.file = argv[2];
	from = fopen(argv[2], "rb");
	if (from == NULL) {
		perror(argv[2]);
		return 1;
	}
	setvbuf(from, NULL, _IOFBF, BUFFER_BYTES);
	setvbuf(stdout, NULL, _IOFBF, BUFFER_BYTES);
	failed = print_rows(&r, from) == -1 || ferror(from);
	if (fclose(from) != 0 || fflush(stdout) != 0 || failed) {
		fprintf(stderr, "printf_rows: %s: record %" PRIu64
		    " is not TCP or UDP over IPv4\n", argv[2], r.number + 1);
		return 1;
	}
	return 0;
}
