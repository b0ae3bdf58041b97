/*
 * mklab DIR: writes three captures of one chat into DIR: chatserver.pcap,
 * client1.pcap and client2.pcap, each with what its host sends and receives.
 *
 * 10.20.30.2 answers DNS, 10.20.30.3 is www.ttm4200.com with the room on TCP
 * port 5000, the clients are .11 and .12; between them goes UDP.  A packet
 * takes a millisecond; the clock of client2 is 250 ms ahead.  The second client
 * leaves and comes again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/dns.h"
#include "tests/tools/frames.h"
#include "tests/tools/savefile.h"
#include "tests/tools/trace.h"

enum { LINKTYPE_ETHERNET = 1 };
enum { SERVER, CLIENT1, CLIENT2, VIEWS, RESOLVER = VIEWS, HOSTS };

#define NS_PER_MS	INT64_C(1000000)
#define START_NS	(INT64_C(1700000000) * 1000 * NS_PER_MS)
#define LATENCY_NS	NS_PER_MS
#define THOUGHT_NS	(NS_PER_MS / 50)	/* of a host that answers */

#define HOST(n, port)	{ { 2, 0, 10, 20, 30, n }, 4, { 10, 20, 30, n }, port }

static const struct frames_host hosts[HOSTS] = {
	[SERVER] = HOST(3, 5000),
	[CLIENT1] = HOST(11, 0),
	[CLIENT2] = HOST(12, 0),
	[RESOLVER] = HOST(2, 53),
};

static const struct view {
	const char *file;
	int64_t ahead_ns;
} views[VIEWS] = {
	[SERVER] = { "chatserver.pcap", 0 },
	[CLIENT1] = { "client1.pcap", 0 },
	[CLIENT2] = { "client2.pcap", 250 * NS_PER_MS },
};

struct lab {
	struct trace traces[VIEWS];
	int64_t now_ns;
	uint16_t ip_id;
};

struct connection {
	int client;		/* host */
	uint16_t port;
	uint32_t seq[2];	/* of the client, of the server */
};

/* Both ends see it, each by its clock. */
static void
pass(struct lab *lab, int from, int to, const struct frames *f)
{
	lab->now_ns += THOUGHT_NS;
	if (from < VIEWS)
		trace_add(&lab->traces[from], lab->now_ns +
		    views[from].ahead_ns, 0, f);
	lab->now_ns += LATENCY_NS;
	if (to < VIEWS)
		trace_add(&lab->traces[to], lab->now_ns + views[to].ahead_ns,
		    0, f);
}

static void
begin(struct lab *lab, struct frames *f, const struct frames_host *from,
    const struct frames_host *to)
{
	frames_begin(f);
	frames_ethernet(f, from, to);
	frames_ip(f, from, to, 64, ++lab->ip_id);
}

static void
datagram(struct lab *lab, int from, uint16_t src_port, int to,
    uint16_t dst_port, const void *data, size_t n)
{
	struct frames_host src = hosts[from], dst = hosts[to];
	struct frames f;

	src.port = src_port;
	dst.port = dst_port;
	begin(lab, &f, &src, &dst);
	frames_udp(&f, &src, &dst);
	frames_payload(&f, data, n);
	frames_finish(&f);
	pass(lab, from, to, &f);
}

static void
look_up(struct lab *lab, int client, uint16_t port, uint16_t id)
{
	static const char name[] = "www.ttm4200.com";
	uint8_t message[DNS_MESSAGE_MAX];
	size_t n = dns_query(message, id, name, DNS_A);

	datagram(lab, client, port, RESOLVER, 53, message, n);
	n = dns_response(message, id, name, DNS_A, hosts[SERVER].ip);
	datagram(lab, RESOLVER, 53, client, port, message, n);
}

/* A segment from the client (0) or the server (1); SYN and FIN count as one. */
static void
segment(struct lab *lab, struct connection *c, unsigned side, uint8_t flags,
    const char *text)
{
	struct frames_host client = hosts[c->client];
	const struct frames_host *server = &hosts[SERVER];
	struct frames_tcp tcp = { c->seq[side], c->seq[!side], 65535, flags,
	    NULL, 0 };
	struct frames f;

	client.port = c->port;
	if ((flags & FRAMES_ACK) == 0)
		tcp.ack = 0;
	begin(lab, &f, side == 0 ? &client : server,
	    side == 0 ? server : &client);
	frames_tcp(&f, side == 0 ? &client : server,
	    side == 0 ? server : &client, &tcp);
	frames_payload(&f, text, strlen(text));
	frames_finish(&f);
	c->seq[side] += (uint32_t)strlen(text) +
	    ((flags & (FRAMES_SYN | FRAMES_FIN)) != 0);
	pass(lab, side == 0 ? c->client : SERVER,
	    side == 0 ? SERVER : c->client, &f);
}

/* Text that the other side acknowledges. */
static void
say(struct lab *lab, struct connection *c, unsigned side, const char *text)
{
	segment(lab, c, side, FRAMES_PSH | FRAMES_ACK, text);
	segment(lab, c, !side, FRAMES_ACK, "");
}

static void
join(struct lab *lab, struct connection *c, const char *name)
{
	segment(lab, c, 0, FRAMES_SYN, "");
	segment(lab, c, 1, FRAMES_SYN | FRAMES_ACK, "");
	segment(lab, c, 0, FRAMES_ACK, "");
	lab->now_ns += 400 * NS_PER_MS;
	say(lab, c, 0, name);
}

static void
leave(struct lab *lab, struct connection *c)
{
	segment(lab, c, 0, FRAMES_FIN | FRAMES_ACK, "");
	segment(lab, c, 1, FRAMES_FIN | FRAMES_ACK, "");
	segment(lab, c, 0, FRAMES_ACK, "");
}

static void
chat(struct lab *lab)
{
	struct connection alice = { CLIENT1, 40011, { 4294967294, 7000 } };
	struct connection bob = { CLIENT2, 40012, { 1000, 2000 } };
	struct connection again = { CLIENT2, 40013, { 5000, 6000 } };
	static const char one[] = "!{\"alice\": \"10.20.30.11\"}";
	static const char both[] =
	    "!{\"alice\": \"10.20.30.11\", \"bob\": \"10.20.30.12\"}";

	look_up(lab, CLIENT1, 33011, 1);
	join(lab, &alice, "alice");
	say(lab, &alice, 1, one);
	look_up(lab, CLIENT2, 33012, 2);
	join(lab, &bob, "bob");
	say(lab, &alice, 1, both);
	say(lab, &bob, 1, both);
	say(lab, &alice, 0, "hello all");
	say(lab, &bob, 1, "alice: hello all ");
	datagram(lab, CLIENT1, 5000, CLIENT2, 5000, " only you", 9);
	datagram(lab, CLIENT2, 5000, CLIENT1, 5000, "yes", 3);
	leave(lab, &bob);
	say(lab, &alice, 1, one);
	join(lab, &again, "bob");
	leave(lab, &again);
	leave(lab, &alice);
}

static void
write_view(const char *folder, const struct view *view, struct trace *trace)
{
	const struct savefile_interface ethernet = { LINKTYPE_ETHERNET,
	    SAVEFILE_MICROSECONDS, 0 };
	struct savefile s;
	char path[4096];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", folder, view->file);
	to = fopen(path, "wb");
	if (to == NULL) {
		perror(path);
		exit(1);
	}
	savefile_pcap(&s, to, false, &ethernet);
	trace_write(trace, &s);
	if (ferror(to) || fclose(to) != 0) {
		perror(path);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	static struct lab lab;

	if (argc != 2) {
		fprintf(stderr, "usage: mklab DIR\n");
		return 2;
	}
	lab.now_ns = START_NS;
	for (int v = 0; v < VIEWS; v++)
		trace_init(&lab.traces[v]);
	chat(&lab);
	for (int v = 0; v < VIEWS; v++) {
		write_view(argv[1], &views[v], &lab.traces[v]);
		trace_reset(&lab.traces[v]);
	}
	return 0;
}
