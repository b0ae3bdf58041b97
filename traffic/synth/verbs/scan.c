/*
 * Which ports are open (VERB_SCAN): a SYN to each, and RST behind the SYN-ACK
 * of an open one; or a connection to each, closed at once; or an empty datagram
 * to each, which ICMP answers where the port is closed.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "traffic/synth/net/draw.h"
#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/raw_syn.h"
#include "traffic/synth/verbs/verb.h"

struct scan {
	struct play *play;
	const struct scenario_action *action;
	struct endpoint own, to;	/* own: of SYNs */
	struct random random;
	struct repeat repeat;
	uint16_t *ports;
	size_t next;
	struct udp_socket *socket;	/* of datagrams; else NULL */
};

static void
send_syn(struct scan *s)
{
	const struct raw_syn syn = {
		.host = s->action->from,
		.target = s->action->to,
		.from = s->own,
		.to = s->to,
		.seq = (uint32_t)random_next(&s->random),
		.label = s->action->label,
	};

	raw_syn_send(s->play, &syn);
}

/* The system under a scanner knows nothing of its SYN. */
static void
refuse(struct scan *s, const struct sim_packet *syn_ack)
{
	struct sim_packet *p = sim_packet_new(SIM_TCP, NULL, 0);

	if (p == NULL) {
		verb_out_of_memory(s->play);
		return;
	}
	p->cause = SIM_CAUSE_RESET;
	p->label = s->action->label;
	p->connection = syn_ack->connection;
	p->source = syn_ack->destination;
	p->destination = syn_ack->source;
	p->source_port = syn_ack->destination_port;
	p->destination_port = syn_ack->source_port;
	p->segment.seq = syn_ack->segment.ack;
	p->segment.flags = TCP_RST;
	host_send_raw(verb_host(s->play, s->action), p);
}

static void
answered(void *app, const struct sim_packet *packet)
{
	if (packet->kind == SIM_TCP &&
	    (packet->segment.flags & (TCP_SYN | TCP_ACK | TCP_RST)) ==
	    (TCP_SYN | TCP_ACK))
		refuse(app, packet);
}

static void
connected(void *app, struct conn *conn)
{
	(void)app;
	conn_close(conn);
}

static void
open_connection(struct scan *s)
{
	static const struct conn_calls calls = { .connected = connected };
	struct errbuf err;

	if (host_connect(verb_host(s->play, s->action), &s->to, 0,
	    s->action->label, &calls, s, &err) == NULL)
		verb_fail(s->play, &err);
}

static void
step(void *app)
{
	struct scan *s = app;

	s->to.port = s->ports[s->next++];
	switch (s->action->scan.kind) {
	case SCAN_SYN:
		send_syn(s);
		break;
	case SCAN_CONNECT:
		open_connection(s);
		break;
	case SCAN_UDP:
		host_udp_send(s->socket, &s->to, "", 0);
		break;
	}
}

static void
over(void *app)
{
	struct scan *s = app;

	host_udp_close(s->socket);
	s->socket = NULL;
	play_done(s->play);
}

/* In their order, or (Fisher and Yates) in any. */
static int
list_ports(struct scan *s, size_t count)
{
	const struct scenario_scan *how = &s->action->scan;

	s->ports = memory_array(count, sizeof(*s->ports));
	if (s->ports == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		s->ports[i] = (uint16_t)(how->first_port + i);
	for (size_t i = count; how->shuffled && i > 1; i--) {
		size_t other = (size_t)random_below(&s->random, i);
		uint16_t port = s->ports[i - 1];

		s->ports[i - 1] = s->ports[other];
		s->ports[other] = port;
	}
	return 0;
}

static int
open_own(struct scan *s, struct errbuf *err)
{
	struct host *host = verb_host(s->play, s->action);

	if (s->action->scan.kind == SCAN_UDP) {
		s->socket = host_udp_open(host, 0, s->action->label, NULL,
		    NULL, err);
		return s->socket == NULL ? -1 : 0;
	}
	if (s->action->scan.kind == SCAN_SYN) {
		s->own.port = host_new_port(host);
		host_raw_port(host, s->own.port, answered, s);
	}
	return 0;
}

static void
reset_scan(void *state)
{
	struct scan *s = state;

	free(s->ports);
	host_udp_close(s->socket);
}

int
scan_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct scan *s = verb_new(play, sizeof(*s), reset_scan, err);
	size_t count = (size_t)action->scan.last_port -
	    action->scan.first_port + 1;

	if (s == NULL)
		return -1;
	s->play = play;
	s->action = action;
	verb_own_address(play, action, &s->own.address);
	verb_target(play, action, &s->to);
	play_random(play, action, &s->random);
	if (list_ports(s, count) == -1) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	s->repeat = (struct repeat){
		.play = play,
		.every_ns = &action->scan.every_ns,
		.random = &s->random,
		.left = count,
		.linger_ns = VERB_PATIENCE_NS,
		.step = step,
		.over = over,
		.app = s,
	};
	if (open_own(s, err) == -1)
		return -1;
	repeat_begin(&s->repeat);
	return 0;
}
