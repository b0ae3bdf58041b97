/*
 * ICMP (RFC 792, 1122) and ICMPv6 (RFC 4443) of a host: it answers pings, and
 * says and hears that something did not arrive.  No rate is limited.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

enum { NEXT_TCP = 6, NEXT_UDP = 17, NEXT_FRAGMENT_6 = 44 };
enum { PING_MAX = IP_PAYLOAD_MAX - IP4_HEADER - ICMP_HEADER };

struct pinger {
	struct pinger *next;
	uint16_t id;
	ping_answer *answer;
	void *app;
};

static bool
is_ping(const struct sim_packet *packet)
{
	return packet->type ==
	    (packet->source.version == 6 ? ICMP_ECHO_6 : ICMP_ECHO_4);
}

static bool
is_ping_answer(const struct sim_packet *packet)
{
	return packet->type == (packet->source.version == 6 ?
	    ICMP_ECHO_ANSWER_6 : ICMP_ECHO_ANSWER_4);
}

static void
answer_ping(struct host *host, const struct sim_packet *ping)
{
	struct sim_packet *packet = host_packet(host, SIM_ICMP, &ping->source,
	    ping->data, ping->len);

	if (packet == NULL)
		return;
	packet->type = ping->source.version == 6 ? ICMP_ECHO_ANSWER_6 :
	    ICMP_ECHO_ANSWER_4;
	packet->rest = ping->rest;
	packet->cause = SIM_CAUSE_DATA;
	packet->label = ping->label;
	host_ip_send(host, packet);
}

void
host_icmp_error(struct host *host, enum icmp_error what,
    const struct sim_packet *about)
{
	const struct scenario_address *own =
	    &host->self->address[about->destination.version == 6];
	struct sim_packet *packet;
	struct errbuf err;

	if (host->maker == NULL)
		host->maker = frame_maker_new(&err);
	if (host->maker == NULL || icmp_error_new(host->maker, what, about,
	    own, 0, &packet, &err) != 0)
		clock_fail(host->clock, &err);
	else if (packet != NULL)
		host_ip_send(host, packet);
}

/* Up to the ports, and which protocol they are of; of later fragments there
 * are none. */
static uint8_t
quoted_4(struct cursor *c, struct quoted *out)
{
	size_t words = cursor_u8(c) & 0xf;
	uint16_t offset;
	uint8_t protocol;
	const uint8_t *to;

	cursor_take(c, 5);
	offset = cursor_be16(c) & 0x1fff;
	cursor_take(c, 1);
	protocol = cursor_u8(c);
	cursor_take(c, 6);
	to = cursor_take(c, 4);
	if (to == NULL || words < 5 || offset != 0)
		return 0;
	cursor_take(c, words * 4 - IP4_HEADER);
	out->peer.address.version = 4;
	memcpy(out->peer.address.bytes, to, 4);
	return protocol;
}

static uint8_t
quoted_6(struct cursor *c, struct quoted *out)
{
	uint8_t protocol;
	const uint8_t *to;

	cursor_take(c, 6);
	protocol = cursor_u8(c);
	cursor_take(c, 17);
	to = cursor_take(c, 16);
	if (to == NULL)
		return 0;
	out->peer.address.version = 6;
	memcpy(out->peer.address.bytes, to, 16);
	if (protocol == NEXT_FRAGMENT_6) {
		protocol = cursor_u8(c);
		cursor_take(c, 1);
		if ((cursor_be16(c) & ~7U) != 0)
			return 0;
		cursor_take(c, 4);
	}
	return protocol;
}

bool
host_quoted(const struct sim_packet *packet, struct quoted *out)
{
	struct cursor c = cursor_over(packet->data, packet->len, packet->len);
	uint8_t protocol;

	if (!icmp_is_error(packet))
		return false;
	*out = (struct quoted){ .kind = SIM_ICMP };
	protocol = packet->source.version == 6 ? quoted_6(&c, out) :
	    quoted_4(&c, out);
	if (protocol != NEXT_TCP && protocol != NEXT_UDP)
		return out->peer.address.version != 0;
	out->kind = protocol == NEXT_TCP ? SIM_TCP : SIM_UDP;
	out->own_port = cursor_be16(&c);
	out->peer.port = cursor_be16(&c);
	return !c.failed;
}

static bool
is_too_big(const struct sim_packet *packet)
{
	if (packet->source.version == 6)
		return packet->type == ICMP_TOO_BIG_6;
	return packet->type == ICMP_UNREACHABLE_4 &&
	    packet->code == ICMP_TOO_BIG_4;
}

static bool
is_refusal(const struct sim_packet *packet)
{
	if (packet->source.version == 6)
		return packet->type == ICMP_UNREACHABLE_6 &&
		    packet->code == ICMP_NO_PORT_6;
	return packet->type == ICMP_UNREACHABLE_4 &&
	    packet->code == ICMP_NO_PORT_4;
}

/* As hosts do, an error ends a connection only before it is there (RFC 1122,
 * 4.2.3.9 and 5461): afterwards what was lost is sent again. */
static void
take_error(struct host *host, struct sim_packet *packet)
{
	struct quoted quoted;

	if (!host_quoted(packet, &quoted))
		return;
	if (is_too_big(packet)) {
		/* IPv4 has it in 16 bits of the word (RFC 1191). */
		host_path_mtu(host, &quoted.peer.address,
		    packet->source.version == 6 ? packet->rest :
		    packet->rest & 0xffff);
		return;
	}
	if (quoted.kind == SIM_TCP)
		host_conn_unreachable(host, quoted.own_port, &quoted.peer,
		    is_refusal(packet) ? TCP_END_REFUSED : TCP_END_TIMED_OUT);
	if (host_raw_find(host, quoted.own_port) != NULL)
		host_tell(host, packet);
}

void
host_icmp(struct host *host, struct sim_packet *packet)
{
	if (is_ping(packet))
		answer_ping(host, packet);
	else if (is_ping_answer(packet))
		host_tell(host, packet);
	else if (icmp_is_error(packet))
		take_error(host, packet);
	else if (packet->type == ICMP_SOLICITATION_6 ||
	    packet->type == ICMP_ADVERTISEMENT_6)
		host_neighbour_discovery(host, packet);
}

static struct pinger *
pinger_find(const struct host *host, uint16_t id)
{
	struct pinger *p = host->pingers;

	while (p != NULL && p->id != id)
		p = p->next;
	return p;
}

static struct pinger *
pinger_add(struct host *host, uint16_t id)
{
	struct pinger *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		host_no_memory(host);
		return NULL;
	}
	p->id = id;
	p->next = host->pingers;
	host->pingers = p;
	return p;
}

void
host_tell_ping(struct host *host, const struct sim_packet *packet)
{
	const struct pinger *p =
	    pinger_find(host, (uint16_t)(packet->rest >> 16));

	if (p != NULL && p->answer != NULL)
		p->answer(p->app, p->id, (uint16_t)packet->rest);
}

/* What ping sends behind its time stamp: bytes that count. */
static void
fill(struct sim_packet *packet)
{
	for (size_t i = 0; i < packet->len; i++)
		packet->data[i] = (uint8_t)i;
}

void
host_ping(struct host *host, const struct scenario_address *to, uint16_t id,
    uint16_t sequence, size_t len, const char *label, ping_answer *answer,
    void *app)
{
	struct pinger *p = pinger_find(host, id);
	struct sim_packet *packet;

	if (len > PING_MAX)
		return;
	if (p == NULL)
		p = pinger_add(host, id);
	if (p == NULL)
		return;
	p->answer = answer;
	p->app = app;
	packet = host_packet(host, SIM_ICMP, to, NULL, len);
	if (packet == NULL)
		return;
	fill(packet);
	packet->type = to->version == 6 ? ICMP_ECHO_6 : ICMP_ECHO_4;
	packet->rest = (uint32_t)id << 16 | sequence;
	packet->cause = SIM_CAUSE_DATA;
	packet->label = label;
	host_ip_send(host, packet);
}

void
host_pingers_free(struct host *host)
{
	while (host->pingers != NULL) {
		struct pinger *p = host->pingers;

		host->pingers = p->next;
		free(p);
	}
}
