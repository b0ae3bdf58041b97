/*
 * mkodd DIR: writes the captures of tests/captures/ into DIR and lists them:
 * the same eight packets in every kind of savefile that the reader knows, and
 * what is odd about some of them.  The same bytes on every machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/frames.h"
#include "tests/tools/gzip_stored.h"
#include "tests/tools/savefile.h"

enum { LINKTYPE_ETHERNET = 1, LINKTYPE_RAW = 101, LINKTYPE_LINUX_SLL = 113,
    LINKTYPE_USER0 = 147 };
enum { SHOTS = 8, ETHERNET_BYTES = 14 };

#define NS_PER_S	INT64_C(1000000000)
#define START_S		1700000000	/* 2023-11-14 22:13:20 UTC */

static const struct frames_host client = {
	{ 2, 0, 0, 0, 2, 151 }, 4, { 192, 168, 2, 151 }, 50123
};
static const struct frames_host router = {
	{ 2, 0, 0, 0, 2, 1 }, 4, { 192, 168, 2, 1 }, 53
};
static const struct frames_host server = {
	{ 2, 0, 0, 0, 2, 1 }, 4, { 198, 51, 100, 7 }, 8080
};
static const struct frames_host stranger = {
	{ 2, 0, 0, 0, 2, 1 }, 4, { 203, 0, 113, 9 }, 53
};
static const struct frames_host client6 = {
	{ 2, 0, 0, 0, 2, 151 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 0x51 }, 50124
};
static const struct frames_host server6 = {
	{ 2, 0, 0, 0, 2, 1 }, 6, { 0x20, 1, 0xd, 0xb8, 0, 9, [15] = 0x80 }, 53
};

enum kind { TCP, UDP, ICMP, ARP };

/* Two packets out, three in, one of them between strangers; one between local
 * hosts, two without an IPv4 header; the sixth is older than the one before. */
static const struct shot {
	int64_t after_ns;		/* START_S */
	enum kind kind;
	const struct frames_host *from, *to;
	struct frames_tcp tcp;
	const char *text;
} shots[SHOTS] = {
	{ 123456789, TCP, &client, &server,
	    { 4294967290, 0, 65535, FRAMES_SYN, NULL, 0 }, "" },
	{ 143556001, TCP, &server, &client, { 7000, 4294967291, 28960,
	    FRAMES_SYN | FRAMES_ACK, NULL, 0 }, "" },
	{ 143999999, TCP, &client, &server, { 4294967291, 7001, 65535,
	    FRAMES_PSH | FRAMES_ACK, NULL, 0 }, "hello, world" },
	{ 150000000, ARP, &client, &router, { 0 }, "" },
	{ 180000001, UDP, &client6, &server6, { 0 }, "who?" },
	{ 170000000, ICMP, &server, &client, { 0 }, "0123456789" },
	{ 1180000000, UDP, &client, &router, { 0 }, "where?" },
	{ 2000000001, UDP, &server, &stranger, { 0 }, "there" },
};

static void
make_network(const struct shot *s, struct frames *f)
{
	frames_ip(f, s->from, s->to, 64, (uint16_t)(1 + (s - shots)));
	if (s->kind == TCP)
		frames_tcp(f, s->from, s->to, &s->tcp);
	else if (s->kind == UDP)
		frames_udp(f, s->from, s->to);
	else
		frames_icmp(f, 8, 0, 0x70690001);
	frames_payload(f, s->text, strlen(s->text));
}

static const struct frames *
make_ethernet(size_t i, struct frames *f)
{
	const struct shot *s = &shots[i];

	frames_begin(f);
	frames_ethernet(f, s->from, s->to);
	if (s->kind == ARP)
		frames_arp(f, FRAMES_ARP_REQUEST, s->from, s->to);
	else
		make_network(s, f);
	frames_finish(f);
	return f;
}

static int64_t
time_of(size_t i)
{
	return START_S * NS_PER_S + shots[i].after_ns;
}

/* What savefile.h cannot write is put together from numbers. */
struct put {
	FILE *to;
	bool big_endian;
};

static void
put(struct put p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		putc((int)(value >> 8 * (p.big_endian ? bytes - 1 - i : i) &
		    0xff), p.to);
}

static void
put_zeros(struct put p, size_t n)
{
	while (n-- > 0)
		putc(0, p.to);
}

struct sample {
	const char *file;
	void (*make)(const struct sample *, FILE *);
	bool big_endian;
	uint8_t tsresol;
	uint16_t link_type;
	uint32_t snaplen;
};

static struct savefile_interface
interface_of(const struct sample *sample)
{
	return (struct savefile_interface){ sample->link_type,
	    sample->tsresol, sample->snaplen };
}

static void
add_shots(struct savefile *s)
{
	struct frames f;

	for (size_t i = 0; i < SHOTS; i++) {
		make_ethernet(i, &f);
		savefile_add_packet(s, 0, time_of(i), f.data, f.len);
	}
}

static void
make_pcap(const struct sample *sample, FILE *to)
{
	const struct savefile_interface itf = interface_of(sample);
	struct savefile s;

	savefile_pcap(&s, to, sample->big_endian, &itf);
	add_shots(&s);
}

static void
make_pcapng(const struct sample *sample, FILE *to)
{
	const struct savefile_interface itf = interface_of(sample);
	struct savefile s;

	savefile_pcapng(&s, to, sample->big_endian);
	savefile_add_interface(&s, &itf);
	add_shots(&s);
}

static void
put_pcap_header(struct put p, uint32_t magic, unsigned minor)
{
	put(p, magic, 4);
	put(p, 2, 2);
	put(p, minor, 2);
	put_zeros(p, 8);
	put(p, 65535, 4);
	put(p, LINKTYPE_ETHERNET, 4);
}

/* Kuznetzov's patched libpcap: interface, protocol, packet type, padding. */
static void
make_modified(const struct sample *sample, FILE *to)
{
	struct put p = { to, sample->big_endian };
	struct frames f;

	put_pcap_header(p, 0xa1b2cd34, 4);
	for (size_t i = 0; i < SHOTS; i++) {
		make_ethernet(i, &f);
		put(p, (uint64_t)(time_of(i) / NS_PER_S), 4);
		put(p, (uint64_t)(time_of(i) % NS_PER_S / 1000), 4);
		put(p, f.len, 4);
		put(p, f.len, 4);
		put(p, 2, 4);
		put(p, 0x0800, 2);
		put_zeros(p, 2);
		fwrite(f.data, 1, f.len, to);
	}
}

/* Before version 2.3 the original length came first. */
static void
make_old(const struct sample *sample, FILE *to)
{
	struct put p = { to, sample->big_endian };
	struct frames f;

	put_pcap_header(p, 0xa1b2c3d4, 2);
	for (size_t i = 0; i < SHOTS; i++) {
		size_t cap_len;

		make_ethernet(i, &f);
		cap_len = f.len < sample->snaplen ? f.len : sample->snaplen;
		put(p, (uint64_t)(time_of(i) / NS_PER_S), 4);
		put(p, (uint64_t)(time_of(i) % NS_PER_S / 1000), 4);
		put(p, f.len, 4);
		put(p, cap_len, 4);
		fwrite(f.data, 1, cap_len, to);
	}
}

/* Fractions of a second that are none. */
static void
make_odd_times(const struct sample *sample, FILE *to)
{
	struct put p = { to, sample->big_endian };
	struct frames f;

	put_pcap_header(p, 0xa1b2c3d4, 4);
	for (size_t i = 0; i < 3; i++) {
		make_ethernet(i, &f);
		put(p, START_S, 4);
		put(p, 999999 + i, 4);
		put(p, f.len, 4);
		put(p, f.len, 4);
		fwrite(f.data, 1, f.len, to);
	}
}

static void
put_block(struct put p, uint32_t type, const void *body, size_t n)
{
	put(p, type, 4);
	put(p, 12 + (n + 3) / 4 * 4, 4);
	fwrite(body, 1, n, p.to);
	put_zeros(p, -n % 4);
	put(p, 12 + (n + 3) / 4 * 4, 4);
}

static void
put_section(struct put p, unsigned major)
{
	put(p, 0x0a0d0d0a, 4);
	put(p, 28, 4);
	put(p, 0x1a2b3c4d, 4);
	put(p, major, 2);
	put(p, 0, 2);
	put(p, UINT64_MAX, 8);
	put(p, 28, 4);
}

static void
put_simple(struct put p, const struct frames *f)
{
	size_t padded = (f->len + 3) / 4 * 4;

	put(p, 3, 4);
	put(p, 16 + padded, 4);
	put(p, f->len, 4);
	fwrite(f->data, 1, f->len, p.to);
	put_zeros(p, padded - f->len);
	put(p, 16 + padded, 4);
}

/* The obsolete packet block (type 2) or an enhanced one (6). */
static void
put_packet(struct put p, uint32_t type, uint64_t ticks, const uint8_t *data,
    size_t n)
{
	size_t padded = (n + 3) / 4 * 4;

	put(p, type, 4);
	put(p, 32 + padded, 4);
	if (type == 2) {
		put(p, 0, 2);	/* interface, and drops: not known */
		put(p, 0xffff, 2);
	} else {
		put(p, 0, 4);
	}
	put(p, ticks >> 32, 4);
	put(p, ticks & UINT32_MAX, 4);
	put(p, n, 4);
	put(p, n, 4);
	fwrite(data, 1, n, p.to);
	put_zeros(p, padded - n);
	put(p, 32 + padded, 4);
}

/* Raw IP, ticks of 2^-20 s that count from START_S. */
static void
put_raw_interface(struct put p)
{
	put(p, 1, 4);
	put(p, 44, 4);
	put(p, LINKTYPE_RAW, 2);
	put_zeros(p, 2);
	put(p, 0, 4);
	put(p, 9, 2);		/* if_tsresol */
	put(p, 1, 2);
	put(p, SAVEFILE_POWER_OF_TWO | 20, 1);
	put_zeros(p, 3);
	put(p, 14, 2);		/* if_tsoffset */
	put(p, 8, 2);
	put(p, START_S, 8);
	put_zeros(p, 4);	/* end of options */
	put(p, 44, 4);
}

static void
put_raw_packet(struct put p, uint32_t type, size_t i)
{
	struct frames f;
	uint64_t ticks = ((uint64_t)shots[i].after_ns << 20) / NS_PER_S;

	make_ethernet(i, &f);
	put_packet(p, type, ticks, f.data + ETHERNET_BYTES,
	    f.len - ETHERNET_BYTES);
}

static const struct savefile_interface ethernet_us = {
	LINKTYPE_ETHERNET, SAVEFILE_MICROSECONDS, 0
};
static const struct savefile_interface cooked_ns = {
	LINKTYPE_LINUX_SLL, SAVEFILE_NANOSECONDS, 0
};

/* Blocks that nobody asked for stand between the packets. */
static void
make_first_section(FILE *to)
{
	struct put p = { to, false };
	struct savefile s;
	struct frames f;

	savefile_pcapng(&s, to, false);
	savefile_add_interface(&s, &ethernet_us);
	savefile_add_interface(&s, &cooked_ns);
	put_block(p, 4, "\0\0\0", 4);		/* name resolution, empty */
	make_ethernet(0, &f);
	savefile_add_packet(&s, 0, time_of(0), f.data, f.len);
	put_block(p, 0x00000bad, "\x01\0\0\0custom", 10);
	frames_begin(&f);
	frames_cooked(&f, shots[1].from, false);
	make_network(&shots[1], &f);
	frames_finish(&f);
	savefile_add_packet(&s, 1, time_of(1), f.data, f.len);
	put_block(p, 0x4bad4bad, "what nobody knows", 17);
	put_simple(p, make_ethernet(2, &f));
	put_simple(p, make_ethernet(3, &f));
}

/* Two sections, three link types, both byte orders. */
static void
make_mixed(const struct sample *sample, FILE *to)
{
	struct put p = { to, true };

	(void)sample;
	make_first_section(to);
	put_section(p, 1);
	put_raw_interface(p);
	for (size_t i = 4; i < SHOTS; i++)
		put_raw_packet(p, i % 2 == 0 ? 2 : 6, i);
}

/* A section of a version that does not exist, between two that do. */
static void
make_unknown_version(const struct sample *sample, FILE *to)
{
	struct put p = { to, sample->big_endian };

	make_pcapng(sample, to);
	put_section(p, 2);
	put_block(p, 1, "whatever an interface is there", 30);
	make_pcapng(sample, to);
}

/* In VLAN 20, every other one of them in the provider's VLAN 300. */
static void
make_vlan(const struct sample *sample, FILE *to)
{
	const struct savefile_interface itf = interface_of(sample);
	struct savefile s;
	struct frames f;

	savefile_pcap(&s, to, sample->big_endian, &itf);
	for (size_t i = 0; i < SHOTS; i++) {
		const struct shot *shot = &shots[i];

		frames_begin(&f);
		frames_ethernet(&f, shot->from, shot->to);
		if (i % 2 == 1)
			frames_vlan(&f, FRAMES_8021AD, 300);
		frames_vlan(&f, FRAMES_8021Q, 20);
		if (shot->kind == ARP)
			frames_arp(&f, FRAMES_ARP_REQUEST, shot->from,
			    shot->to);
		else
			make_network(shot, &f);
		frames_finish(&f);
		savefile_add_packet(&s, 0, time_of(i), f.data, f.len);
	}
}

/* Two members, cut where no record ends. */
static void
make_gzip(const struct sample *sample, FILE *to)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&bytes, &len);

	if (memory == NULL) {
		perror("open_memstream");
		exit(1);
	}
	make_pcap(sample, memory);
	if (fclose(memory) != 0) {
		perror("open_memstream");
		exit(1);
	}
	gzip_stored_write(to, (uint8_t *)bytes, 101);
	gzip_stored_write(to, (uint8_t *)bytes + 101, len - 101);
	free(bytes);
}

enum { US = SAVEFILE_MICROSECONDS, NS = SAVEFILE_NANOSECONDS,
    ETH = LINKTYPE_ETHERNET };

static const struct sample samples[] = {
	{ "us-le.pcap", make_pcap, false, US, ETH, 0 },
	{ "us-be.pcap", make_pcap, true, US, ETH, 0 },
	{ "ns-le.pcap", make_pcap, false, NS, ETH, 0 },
	{ "ns-be.pcap", make_pcap, true, NS, ETH, 0 },
	{ "snaplen-30.pcap", make_pcap, false, US, ETH, 30 },
	{ "modified-le.pcap", make_modified, false, US, ETH, 0 },
	{ "modified-be.pcap", make_modified, true, US, ETH, 0 },
	{ "old-le.pcap", make_old, false, US, ETH, 40 },
	{ "old-be.pcap", make_old, true, US, ETH, 40 },
	{ "odd-times.pcap", make_odd_times, false, US, ETH, 0 },
	{ "no-decoder.pcap", make_pcap, false, US, LINKTYPE_USER0, 0 },
	{ "ng-le.pcapng", make_pcapng, false, US, ETH, 0 },
	{ "ng-be.pcapng", make_pcapng, true, NS, ETH, 0 },
	{ "ng-mixed.pcapng", make_mixed, false, 0, 0, 0 },
	{ "ng-version-2.pcapng", make_unknown_version, false, US, ETH, 0 },
	{ "tags/vlan.pcap", make_vlan, false, US, ETH, 0 },
	{ "us-le.pcap.gz", make_gzip, false, US, ETH, 0 },
};

static int
write_sample(const struct sample *sample, const char *dir)
{
	char path[4096];
	FILE *to;
	int failed;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, sample->file) >=
	    sizeof(path)) {
		fprintf(stderr, "mkodd: %s: name too long\n", dir);
		return -1;
	}
	to = fopen(path, "wb");
	if (to == NULL) {
		fprintf(stderr, "mkodd: ");
		perror(path);
		return -1;
	}
	sample->make(sample, to);
	printf("%s\n", sample->file);
	failed = ferror(to);
	if (fclose(to) != 0 || failed) {
		fprintf(stderr, "mkodd: %s: not written\n", path);
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mkodd DIR\n"
		    "Writes the tests' captures and lists them.\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		if (write_sample(&samples[i], argv[1]) == -1)
			return 1;
	return 0;
}
