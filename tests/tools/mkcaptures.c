/*
 * mkcaptures DIR: writes the sample captures of pcap_files/ into DIR and lists
 * them.  Everything comes from the tables below and SplitMix64: the same bytes
 * on every machine.
 *
 * The client is 192.168.2.151 behind the router 192.168.2.1; the outside has
 * documentation addresses (RFC 5737, RFC 3849).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/browsing.h"
#include "tests/tools/dns.h"
#include "tests/tools/frames.h"
#include "tests/tools/gzip_stored.h"
#include "tests/tools/savefile.h"
#include "tests/tools/talk.h"
#include "tests/tools/trace.h"

enum { LINKTYPE_ETHERNET = 1, LINKTYPE_LINUX_SLL = 113 };
enum { SAMPLE_SNAPLEN = 128 };

#define NS_PER_MS	INT64_C(1000000)
#define NS_PER_S	INT64_C(1000000000)
#define START_NS	(1700000000 * NS_PER_S)	/* 2023-11-14 22:13:20 UTC */

#define CLIENT_MAC	{ 2, 0, 0, 0, 2, 151 }
#define ROUTER_MAC	{ 2, 0, 0, 0, 2, 1 }
#define IP6(net, host)	{ 0x20, 1, 0xd, 0xb8, 0, net, [15] = host }

static const struct frames_host client = {
	CLIENT_MAC, 4, { 192, 168, 2, 151 }, 50123
};
static const struct frames_host client6 = {
	CLIENT_MAC, 6, IP6(2, 151), 50124
};
static const struct frames_host router = {
	ROUTER_MAC, 4, { 192, 168, 2, 1 }, 53
};
static const struct frames_host router6 = {
	ROUTER_MAC, 6, IP6(2, 1), 53
};

/* What lies outside is reached through the router's MAC. */
#define OUTSIDE(a, b, c, d, port)	{ ROUTER_MAC, 4, { a, b, c, d }, port }

static const struct frames_host echo_server = OUTSIDE(198, 51, 100, 7, 8080);
static const struct frames_host far_server6 = {
	ROUTER_MAC, 6, IP6(9, 80), 80
};

struct sample {
	const char *file;
	void (*make)(const struct sample *, struct trace *, FILE *);
	struct browsing visit;	/* for make_visit() */
};

static void
make_visit(const struct sample *sample, struct trace *t, FILE *to)
{
	const struct savefile_interface ethernet = {
		LINKTYPE_ETHERNET, SAVEFILE_MICROSECONDS, SAMPLE_SNAPLEN
	};
	struct browsing b = sample->visit;
	struct savefile s;

	b.client = client;
	b.resolver = router;
	browsing_visit(t, &b);
	savefile_pcap(&s, to, false, &ethernet);
	trace_write(t, &s);
}

static void
echo_text(struct talk *talk, const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;

	talk_send(talk, TALK_CLIENT, bytes, strlen(text));
	talk_send(talk, TALK_SERVER, bytes, strlen(text));
	talk_pause(talk, NS_PER_S);
}

/* Two clients: one talks and leaves, the other breaks off. */
static void
make_echo(const struct sample *sample, struct trace *t, FILE *to)
{
	static const char *const lines[] = {
		"hello\n", "is anybody there?\n", "goodbye\n",
	};
	const struct savefile_interface ethernet = {
		LINKTYPE_ETHERNET, SAVEFILE_MICROSECONDS, 0
	};
	struct talk talk = {
		.to = t,
		.random = { 7 },
		.host = { client, echo_server },
		.now_ns = START_NS,
		.rtt_ns = 18 * NS_PER_MS,
	};
	struct savefile s;

	(void)sample;
	talk_open(&talk);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		echo_text(&talk, lines[i]);
	talk_close(&talk);

	talk.host[TALK_CLIENT].port++;
	talk_pause(&talk, 2 * NS_PER_S);
	talk_open(&talk);
	echo_text(&talk, "in a hurry\n");
	talk_abort(&talk);
	savefile_pcap(&s, to, false, &ethernet);
	trace_write(t, &s);
}

static const uint8_t address4[] = { 192, 0, 2, 80 };
static const uint8_t address6[] = IP6(9, 80);

/* Each name is asked for over IPv4 on Ethernet and over IPv6 on a cooked
 * interface. */
static void
add_lookups(struct trace *t)
{
	static const struct {
		const char *name;
		uint16_t type;
		const uint8_t *address;
	} lookups[] = {
		{ "www.example.org", DNS_A, address4 },
		{ "www.example.org", DNS_AAAA, address6 },
		{ "mail.example.net", DNS_A, address4 },
		{ "no-such-name.example", DNS_A, NULL },
		{ "static.example.com", DNS_AAAA, address6 },
		{ "static.example.com", DNS_A, address4 },
	};
	struct splitmix random = { 53 };
	int64_t ts_ns = START_NS + 600 * NS_PER_S;

	for (size_t i = 0; i < 2 * sizeof(lookups) / sizeof(*lookups); i++) {
		bool cooked = i % 2 != 0;
		struct dns_exchange e = {
			.client = cooked ? client6 : client,
			.resolver = cooked ? router6 : router,
			.interface = cooked,
			.cooked = cooked,
			.name = lookups[i / 2].name,
			.type = lookups[i / 2].type,
			.address = lookups[i / 2].address,
			.id = (uint16_t)splitmix_next(&random),
			.asked_ns = ts_ns,
		};

		e.client.port = (uint16_t)(49152 + 97 * i);
		e.answered_ns = ts_ns + NS_PER_MS +
		    splitmix_below(&random, 20000000);
		dns_add_exchange(t, &e);
		ts_ns += 3 * NS_PER_MS + splitmix_below(&random, 400000000);
	}
}

static void
make_dns(const struct sample *sample, struct trace *t, FILE *to)
{
	const struct savefile_interface ethernet = {
		LINKTYPE_ETHERNET, SAVEFILE_NANOSECONDS, 0
	};
	const struct savefile_interface cooked = {
		LINKTYPE_LINUX_SLL, SAVEFILE_NANOSECONDS, 0
	};
	struct savefile s;

	(void)sample;
	add_lookups(t);
	savefile_pcapng(&s, to, false);
	savefile_add_interface(&s, &ethernet);
	savefile_add_interface(&s, &cooked);
	trace_write(t, &s);
}

static void
add_arp(struct trace *t, int64_t ts_ns)
{
	static const struct frames_host everybody = {
		.mac = { 255, 255, 255, 255, 255, 255 }
	};
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &client, &everybody);
	frames_arp(&f, FRAMES_ARP_REQUEST, &client, &router);
	frames_finish(&f);
	trace_add(t, ts_ns, 0, &f);

	frames_begin(&f);
	frames_ethernet(&f, &router, &client);
	frames_arp(&f, FRAMES_ARP_REPLY, &router, &client);
	frames_finish(&f);
	frames_pad(&f, FRAMES_MIN_BYTES);
	trace_add(t, ts_ns + 310271, 0, &f);
}

/* The types of an echo (request, reply): ICMP's 8, 0; ICMPv6's 128, 129. */
static void
add_ping(struct trace *t, int64_t ts_ns, uint16_t vlan, uint8_t type,
    const struct frames_host *from, const struct frames_host *to, uint16_t seq)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, from, to);
	if (vlan != 0)
		frames_vlan(&f, FRAMES_8021Q, vlan);
	frames_ip(&f, from, to, 64, seq);
	frames_icmp(&f, type, 0, 0x70690000 | seq);
	frames_payload(&f, "0123456789abcdefghijklmnopqrstuvwxyz", 36);
	frames_finish(&f);
	trace_add(t, ts_ns, 0, &f);
}

static void
make_ping(const struct sample *sample, struct trace *t, FILE *to)
{
	const struct savefile_interface ethernet = {
		LINKTYPE_ETHERNET, SAVEFILE_NANOSECONDS, 0
	};
	struct splitmix random = { 8 };
	int64_t ts_ns = START_NS + 1200 * NS_PER_S;
	struct savefile s;

	(void)sample;
	add_arp(t, ts_ns);
	ts_ns += 402113;
	for (uint16_t seq = 1; seq <= 10; seq++) {
		int64_t sent_ns = ts_ns + splitmix_below(&random, 90000);

		add_ping(t, sent_ns, 0, 8, &client, &echo_server, seq);
		sent_ns += 11 * NS_PER_MS + splitmix_below(&random, 5000000);
		add_ping(t, sent_ns, 0, 0, &echo_server, &client, seq);
		ts_ns += NS_PER_S;
	}
	savefile_pcap(&s, to, true, &ethernet);
	trace_write(t, &s);
}

static void
add_tagged_talk(struct trace *t, const struct frames_host *from,
    const struct frames_host *to, size_t vlan_count, int64_t start_ns)
{
	struct talk talk = {
		.to = t,
		.random = { vlan_count },
		.host = { *from, *to },
		.now_ns = start_ns,
		.rtt_ns = 31 * NS_PER_MS,
		.vlan_count = vlan_count,
		.vlan = { vlan_count == 1 ? 20 : 300, 20 },
	};
	uint8_t page[20000];

	memset(page, 'v', sizeof(page));
	talk_open(&talk);
	talk_send(&talk, TALK_CLIENT, page, 300);
	talk_pause(&talk, 40 * NS_PER_MS);
	talk_send(&talk, TALK_SERVER, page, sizeof(page));
	talk_close(&talk);
}

static void
write_zipped(struct trace *t, FILE *to)
{
	const struct savefile_interface ethernet = {
		LINKTYPE_ETHERNET, SAVEFILE_MICROSECONDS, SAMPLE_SNAPLEN
	};
	char *bytes = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&bytes, &len);
	struct savefile s;

	if (memory == NULL) {
		perror("open_memstream");
		exit(1);
	}
	savefile_pcap(&s, memory, false, &ethernet);
	trace_write(t, &s);
	if (fclose(memory) != 0) {
		perror("open_memstream");
		exit(1);
	}
	gzip_stored_write(to, (const uint8_t *)bytes, len);
	free(bytes);
}

static void
make_vlan(const struct sample *sample, struct trace *t, FILE *to)
{
	int64_t ts_ns = START_NS + 1800 * NS_PER_S;

	(void)sample;
	for (uint16_t seq = 1; seq <= 4; seq++) {
		add_ping(t, ts_ns, 20, 128, &client6, &router6, seq);
		add_ping(t, ts_ns + 702000 + 1000 * seq, 20, 129, &router6,
		    &client6, seq);
		ts_ns += NS_PER_S / 4;
	}
	add_tagged_talk(t, &client6, &far_server6, 1, ts_ns);
	add_tagged_talk(t, &client, &echo_server, 2, ts_ns + NS_PER_S / 10);
	write_zipped(t, to);
}

static const struct sample samples[] = {
	{ "georgetown.pcap", make_visit, {
		.name = "georgetown.example",
		.server = OUTSIDE(203, 0, 113, 20, 0), .port = 80,
		.start_ns = START_NS + 60 * NS_PER_S,
		.rtt_ns = 24 * NS_PER_MS, .pause_ns = 700 * NS_PER_MS,
		.connections = 4, .objects = 5, .object_bytes = 21000,
		.seed = 1789 } },
	{ "google.pcap", make_visit, {
		.name = "google.example",
		.server = OUTSIDE(203, 0, 113, 99, 0), .port = 443,
		.start_ns = START_NS + 120 * NS_PER_S,
		.rtt_ns = 9 * NS_PER_MS, .pause_ns = 1300 * NS_PER_MS,
		.connections = 6, .objects = 8, .object_bytes = 11000,
		.seed = 1998 } },
	{ "nat_geo.pcap", make_visit, {
		.name = "nationalgeographic.example",
		.server = OUTSIDE(198, 51, 100, 88, 0), .port = 443,
		.start_ns = START_NS + 180 * NS_PER_S,
		.rtt_ns = 17 * NS_PER_MS, .pause_ns = 2100 * NS_PER_MS,
		.connections = 6, .objects = 7, .object_bytes = 34000,
		.seed = 1888 } },
	{ "wikipedia.pcap", make_visit, {
		.name = "wikipedia.example",
		.server = OUTSIDE(192, 0, 2, 15, 0), .port = 443,
		.start_ns = START_NS + 240 * NS_PER_S,
		.rtt_ns = 31 * NS_PER_MS, .pause_ns = 1900 * NS_PER_MS,
		.connections = 2, .objects = 3, .object_bytes = 14000,
		.seed = 2001 } },
	{ "yahoo_finance.pcap", make_visit, {
		.name = "finance.yahoo.example",
		.server = OUTSIDE(198, 51, 100, 201, 0), .port = 443,
		.start_ns = START_NS + 300 * NS_PER_S,
		.rtt_ns = 44 * NS_PER_MS, .pause_ns = 450 * NS_PER_MS,
		.connections = 8, .objects = 6, .object_bytes = 9000,
		.seed = 1994 } },
	{ "echo.pcap", make_echo, { 0 } },
	{ "ping-nsec-be.pcap", make_ping, { 0 } },
	{ "udp-dns.pcapng", make_dns, { 0 } },
	{ "vlan-ipv6.pcap.gz", make_vlan, { 0 } },
};

static int
write_sample(const struct sample *sample, const char *dir)
{
	char path[4096];
	struct trace t;
	FILE *to;
	int failed;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, sample->file) >=
	    sizeof(path)) {
		fprintf(stderr, "mkcaptures: %s: name too long\n", dir);
		return -1;
	}
	to = fopen(path, "wb");
	if (to == NULL) {
		fprintf(stderr, "mkcaptures: ");
		perror(path);
		return -1;
	}
	trace_init(&t);
	sample->make(sample, &t, to);
	printf("%s %zu\n", sample->file, t.count);
	trace_reset(&t);
	failed = ferror(to);
	if (fclose(to) != 0 || failed) {
		fprintf(stderr, "mkcaptures: %s: not written\n", path);
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mkcaptures DIR\n"
		    "Writes the sample captures and lists them: file name and "
		    "packets.\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		if (write_sample(&samples[i], argv[1]) == -1)
			return 1;
	return 0;
}
