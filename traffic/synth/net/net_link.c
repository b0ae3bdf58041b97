/*
 * One direction of a link.
 */
#include "traffic/synth/net/draw.h"
#include "traffic/synth/net/net_internal.h"

#define NS_PER_S UINT64_C(1000000000)

void
net_link_init(struct net_link *link, const struct scenario_link *how,
    size_t host, bool is_up, uint64_t seed)
{
	*link = (struct net_link){ .how = how, .host = host, .is_up = is_up };
	random_init(&link->random, seed, is_up ? "link up" : "link down",
	    host);
}

/* From the first bit to the last.  What does not come out even is carried, so
 * that frames in a row keep the bandwidth exactly. */
static int64_t
serial_time(struct net_link *link, const struct sim_packet *packet)
{
	uint64_t parts = sim_packet_frame_bytes(packet) * 8 * NS_PER_S +
	    link->remainder;

	if (link->how->bandwidth_bps == 0)
		return 0;
	link->remainder = parts % link->how->bandwidth_bps;
	return (int64_t)(parts / link->how->bandwidth_bps);
}

static void
at_far_end(struct net *net, struct net_link *link, struct sim_packet *packet,
    unsigned notes)
{
	const struct net_setup *s = &net->setup;

	if (link->is_up) {
		net_switch_take(net, s->scenario->hosts[link->host].network,
		    link->host, packet, notes);
		return;
	}
	net_capture(net, link->host, packet, notes);
	net_fate(net, packet, FATE_DELIVERED, link->host);
	s->arrival(s->owner, link->host, packet);
	sim_packet_release(packet);
}

static void
arrive(void *owner, uint64_t token)
{
	struct net_transit *t = owner;
	struct net *net = t->net;
	struct net_link *link = t->link;
	struct sim_packet *packet = sim_packet_hold(t->packet);
	unsigned notes = t->notes;

	(void)token;
	if (t->number < link->arrived) {
		notes |= CAPTURE_OVERTAKEN;
		truth_mark(net->setup.truth, packet->number,
		    TRUTH_REORDERED);
	} else {
		link->arrived = t->number;
	}
	net_transit_free(t);
	at_far_end(net, link, packet, notes);
}

/* A second frame right behind the first. */
static void
send_copy(struct net_transit *t, int64_t at_ns)
{
	struct net *net = t->net;
	struct net_transit *copy =
	    net_transit_new(net, sim_packet_hold(t->packet));

	if (copy == NULL)
		return;
	copy->link = t->link;
	copy->number = t->number;
	copy->notes = (t->notes & ~(unsigned)CAPTURE_DUPLICATED) |
	    CAPTURE_COPY;
	clock_at(net->setup.clock, at_ns, arrive, copy, 0);
}

/* The drops ascend as the frames' numbers do, and each is asked about once. */
static bool
is_dropped(struct net_link *link)
{
	const struct scenario_link *how = link->how;

	if (link->next_drop == how->drop_count ||
	    how->drops[link->next_drop] != link->sent)
		return false;
	link->next_drop++;
	return true;
}

/* What a link decides of a frame. */
struct chances {
	bool lost, duplicated, held;
	int64_t delay_ns;
};

/* All is drawn for every frame, so that one chance more or less leaves the
 * others as they are. */
static struct chances
draw_chances(struct net_link *link)
{
	const struct scenario_link *how = link->how;
	struct random *random = &link->random;
	struct chances c;

	c.lost = chance(random, how->loss_ppm);
	c.duplicated = chance(random, how->duplicate_ppm);
	c.held = chance(random, how->reorder_ppm);
	c.delay_ns = (int64_t)random_below(random,
	    (uint64_t)how->jitter_ns + 1);
	c.delay_ns += amount_draw(&how->latency_ns, random);
	c.lost = is_dropped(link) || c.lost;
	return c;
}

/* A frame that is held does not hold those behind it. */
static int64_t
arrival_time(struct net_link *link, const struct net_transit *t,
    const struct chances *c)
{
	int64_t at_ns = clock_now_ns(t->net->setup.clock) + t->serial_ns +
	    c->delay_ns;

	if (c->held)
		return at_ns + link->how->reorder_ns;
	if (at_ns < link->last_arrival_ns + t->serial_ns)
		at_ns = link->last_arrival_ns + t->serial_ns;
	link->last_arrival_ns = at_ns + (c->duplicated ? t->serial_ns : 0);
	return at_ns;
}

static void
travel(struct net_transit *t, const struct chances *c)
{
	struct net *net = t->net;
	int64_t at_ns = arrival_time(t->link, t, c);

	clock_at(net->setup.clock, at_ns, arrive, t, 0);
	if (!c->duplicated)
		return;
	truth_mark(net->setup.truth, t->packet->number, TRUTH_DUPLICATED);
	send_copy(t, at_ns + t->serial_ns);
}

/* The first bit goes out. */
static void
begin(struct net_transit *t)
{
	struct net_link *link = t->link;
	struct chances c;

	t->number = ++link->sent;
	c = draw_chances(link);
	if (c.duplicated && !c.lost)
		t->notes |= CAPTURE_DUPLICATED;
	if (link->is_up)
		net_capture(t->net, link->host, t->packet,
		    t->notes | (c.lost ? CAPTURE_LOST : 0));
	if (c.lost) {
		net_fate(t->net, t->packet, FATE_LOST, link->host);
		net_transit_free(t);
		return;
	}
	travel(t, &c);
}

static void
begin_waiting(void *owner, uint64_t token)
{
	struct net_transit *t = owner;

	(void)token;
	t->link->waiting--;
	begin(t);
}

void
net_link_send(struct net *net, struct net_link *link,
    struct sim_packet *packet, unsigned notes)
{
	int64_t now_ns = clock_now_ns(net->setup.clock);
	int64_t start_ns = link->free_at_ns;
	bool waits = start_ns > now_ns || link->waiting > 0;
	struct net_transit *t;

	if (waits && link->waiting >= link->how->queue_packets) {
		net_fate(net, packet, FATE_QUEUE, link->host);
		sim_packet_release(packet);
		return;
	}
	t = net_transit_new(net, packet);
	if (t == NULL)
		return;
	if (start_ns < now_ns) {
		start_ns = now_ns;
		link->remainder = 0;
	}
	t->link = link;
	t->notes = notes;
	t->serial_ns = serial_time(link, packet);
	link->free_at_ns = start_ns + t->serial_ns;
	if (!waits) {
		begin(t);
		return;
	}
	link->waiting++;
	clock_at(net->setup.clock, start_ns, begin_waiting, t, 0);
}
