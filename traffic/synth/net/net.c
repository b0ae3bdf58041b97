#include "traffic/synth/net/net.h"

#include <stdlib.h>

#include "base/memory.h"
#include "traffic/synth/net/net_internal.h"

static int
make_links(struct net *net, struct errbuf *err)
{
	const struct scenario *s = net->setup.scenario;

	net->up = memory_array(s->host_count + 1, sizeof(*net->up));
	net->down = memory_array(s->host_count + 1, sizeof(*net->down));
	if (net->up == NULL || net->down == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < s->host_count; i++) {
		net_link_init(&net->up[i], &s->hosts[i].up, i, true,
		    net->setup.seed);
		net_link_init(&net->down[i], &s->hosts[i].down, i, false,
		    net->setup.seed);
	}
	return 0;
}

static int
make_captures(struct net *net, struct errbuf *err)
{
	const struct net_setup *s = &net->setup;
	struct captures_setup setup = {
		.scenario = s->scenario,
		.truth = s->truth,
		.folder = s->folder,
		.start_ns = s->start_ns,
		.snaplen = s->snaplen,
		.force = s->force,
	};

	net->maker = frame_maker_new(err);
	if (net->maker == NULL)
		return -1;
	setup.maker = net->maker;
	net->captures = captures_new(&setup, err);
	return net->captures == NULL ? -1 : 0;
}

struct net *
net_new(const struct net_setup *setup, struct errbuf *err)
{
	struct net *net = memory_array(1, sizeof(*net));

	if (net == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	net->setup = *setup;
	if (net_places_init(net, err) == -1 || make_links(net, err) == -1 ||
	    make_captures(net, err) == -1) {
		net_free(net);
		return NULL;
	}
	return net;
}

void
net_free(struct net *net)
{
	if (net == NULL)
		return;
	while (net->transits != NULL)
		net_transit_free(net->transits);
	captures_free(net->captures);
	frame_maker_free(net->maker);
	free(net->places);
	free(net->router_mac);
	free(net->up);
	free(net->down);
	free(net);
}

void
net_transmit(struct net *net, size_t host, struct sim_packet *packet)
{
	packet->sender = host;
	packet->number = truth_sent(net->setup.truth, packet,
	    clock_now_ns(net->setup.clock));
	net_link_send(net, &net->up[host], packet, 0);
}

/* What is in the router is nobody's link. */
int
net_finish(struct net *net, struct errbuf *err)
{
	while (net->transits != NULL) {
		const struct net_transit *t = net->transits;

		net_fate(net, t->packet, FATE_UNFINISHED,
		    t->link == NULL ? SCENARIO_NONE : t->link->host);
		net_transit_free(net->transits);
	}
	return captures_finish(net->captures, err);
}

int
net_keep(struct net *net, struct errbuf *err)
{
	return captures_keep(net->captures, err);
}

/*
 * For the parts of the network.
 */

void
net_out_of_memory(struct net *net)
{
	struct errbuf err;

	errbuf_set(&err, "out of memory");
	clock_fail(net->setup.clock, &err);
}

struct net_transit *
net_transit_new(struct net *net, struct sim_packet *packet)
{
	struct net_transit *t = memory_array(1, sizeof(*t));

	if (t == NULL) {
		sim_packet_release(packet);
		net_out_of_memory(net);
		return NULL;
	}
	t->net = net;
	t->packet = packet;
	t->after = net->transits;
	if (t->after != NULL)
		t->after->before = t;
	net->transits = t;
	return t;
}

void
net_transit_free(struct net_transit *t)
{
	if (t->before != NULL)
		t->before->after = t->after;
	else
		t->net->transits = t->after;
	if (t->after != NULL)
		t->after->before = t->before;
	sim_packet_release(t->packet);
	free(t);
}

void
net_capture(struct net *net, size_t point, const struct sim_packet *packet,
    unsigned notes)
{
	struct errbuf err;

	if (captures_frame(net->captures, point, packet, notes,
	    clock_now_ns(net->setup.clock), &err) == -1)
		clock_fail(net->setup.clock, &err);
}

void
net_fate(struct net *net, const struct sim_packet *packet, enum fate fate,
    size_t host)
{
	truth_fate(net->setup.truth, packet->number, fate, host,
	    clock_now_ns(net->setup.clock));
}
