#include "traffic/synth/truth/truth.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/synth/truth/truth_record.h"

/* One more at the end of a list, zeroed; NULL: there is, or was, no memory. */
#define ADD(t, name) \
	((t)->name.list = more((t), (t)->name.list, (t)->name.count, \
	    &(t)->name.room, sizeof(*(t)->name.list)), \
	    (t)->no_memory ? NULL : &(t)->name.list[(t)->name.count++])

static void *
more(struct truth *t, void *list, size_t count, size_t *room, size_t size)
{
	void *grown = t->no_memory ? NULL :
	    memory_grow(list, room, count + 1, size);

	if (grown == NULL) {
		t->no_memory = true;
		return list;
	}
	memset((uint8_t *)grown + count * size, 0, size);
	return grown;
}

struct truth *
truth_new(const struct truth_setup *setup)
{
	struct truth *t = memory_array(1, sizeof(*t));

	if (t != NULL)
		t->setup = *setup;
	return t;
}

void
truth_free(struct truth *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->captures.count; i++)
		free(t->captures.list[i].file);
	free(t->packets.list);
	free(t->fates.list);
	free(t->sightings.list);
	free(t->captures.list);
	free(t->connections.list);
	free(t->said.list);
	bytes_reset(&t->said_bytes);
	free(t);
}

void
truth_capture(struct truth *t, const char *file, size_t host, size_t network,
    const struct scenario_capture *how)
{
	struct truth_capture *c = ADD(t, captures);

	if (c == NULL)
		return;
	c->host = host;
	c->network = host == SCENARIO_NONE ? network :
	    t->setup.scenario->hosts[host].network;
	c->how = *how;
	c->snaplen = t->setup.snaplen != 0 &&
	    t->setup.snaplen < how->snaplen ? t->setup.snaplen : how->snaplen;
	c->file = strdup(file);
	if (c->file == NULL)
		t->no_memory = true;
}

/* Payload behind the transport header, as far as the packet has one. */
static size_t
payload_bytes(const struct sim_packet *packet)
{
	switch (packet->kind) {
	case SIM_FRAGMENT:
		return packet->length;
	case SIM_TCP:
		return packet->segment.len;
	default:
		return packet->len;
	}
}

static void
describe(struct truth_packet *p, const struct sim_packet *packet)
{
	/* What is said of a fragment is what its datagram is. */
	const struct sim_packet *whole = packet->kind == SIM_FRAGMENT ?
	    packet->whole : packet;

	p->sender = packet->sender;
	p->connection = whole->connection;
	p->label = whole->label;
	p->cause = whole->cause;
	p->kind = whole->kind;
	p->source_port = whole->source_port;
	p->destination_port = whole->destination_port;
	p->segment = whole->segment;
	p->segment.payload = NULL;
	p->type = whole->type;
	p->code = whole->code;
	p->source = packet->source;
	p->destination = packet->destination;
	p->ttl = packet->ttl;
	p->id = packet->source.version == 6 ? packet->fragment_id :
	    packet->id;
	p->len = payload_bytes(packet);
	p->ip_bytes = sim_packet_ip_bytes(packet);
	p->frame_bytes = sim_packet_frame_bytes(packet);
	if (whole == packet)
		return;
	p->is_fragment = true;
	p->fragment_of = whole->number;
	p->offset = packet->offset;
	p->more = packet->more;
}

uint64_t
truth_sent(struct truth *t, const struct sim_packet *packet, int64_t at_ns)
{
	struct truth_packet *p = ADD(t, packets);

	if (p == NULL)
		return t->packets.count + 1;
	describe(p, packet);
	p->at_ns = at_ns;
	return t->packets.count;
}

/* NULL where its record was lost for want of memory. */
static struct truth_packet *
packet_of(struct truth *t, uint64_t number)
{
	assert(number > 0 && (t->no_memory || number <= t->packets.count));
	return number <= t->packets.count ? &t->packets.list[number - 1] :
	    NULL;
}

/* A capture with microseconds cuts the rest off, downwards. */
static int64_t
as_captured(const struct truth_capture *c, int64_t ts_ns)
{
	int64_t rest = ts_ns % 1000;

	if (!c->how.microseconds)
		return ts_ns;
	return ts_ns - rest - (rest < 0 ? 1000 : 0);
}

void
truth_seen(struct truth *t, size_t capture, uint64_t frame,
    const struct sim_packet *packet, int64_t ts_ns)
{
	struct truth_packet *p = packet_of(t, packet->number);
	struct truth_sighting *s;

	assert(t->no_memory || capture < t->captures.count);
	if (p == NULL || capture >= t->captures.count)
		return;
	s = ADD(t, sightings);
	if (s == NULL)
		return;
	s->packet = packet->number;
	s->frame = frame;
	s->capture = capture;
	s->ts_ns = as_captured(&t->captures.list[capture], ts_ns);
	s->ttl = packet->ttl;
	t->captures.list[capture].frames++;
	if (p->first_seen == 0)
		p->first_seen = t->sightings.count;
	else
		t->sightings.list[p->last_seen - 1].next = t->sightings.count;
	p->last_seen = t->sightings.count;
}

void
truth_fate(struct truth *t, uint64_t number, enum fate fate, size_t host,
    int64_t at_ns)
{
	struct truth_packet *p = packet_of(t, number);
	struct truth_fate *f = p == NULL ? NULL : ADD(t, fates);

	if (f == NULL)
		return;
	f->fate = fate;
	f->host = host;
	f->at_ns = at_ns;
	if (p->first_fate == 0)
		p->first_fate = t->fates.count;
	else
		t->fates.list[p->last_fate - 1].next = t->fates.count;
	p->last_fate = t->fates.count;
}

void
truth_mark(struct truth *t, uint64_t number, unsigned marks)
{
	struct truth_packet *p = packet_of(t, number);

	if (p != NULL)
		p->marks |= marks;
}

uint64_t
truth_connection(struct truth *t, const struct truth_end *client,
    const struct truth_end *server, const char *label, int64_t at_ns)
{
	struct truth_conn *c = ADD(t, connections);

	if (c == NULL)
		return t->connections.count + 1;
	c->ends[0] = *client;
	c->ends[1] = *server;
	c->label = label;
	c->at_ns = at_ns;
	return t->connections.count;
}

void
truth_end_report(struct truth *t, uint64_t connection, bool is_client,
    const struct tcp_counts *counts, bool is_over, enum tcp_end why,
    int64_t at_ns)
{
	struct truth_report *report;

	assert(connection > 0 &&
	    (t->no_memory || connection <= t->connections.count));
	if (connection > t->connections.count)
		return;
	report = &t->connections.list[connection - 1].reports[!is_client];
	if (report->is_over)
		return;
	report->given = true;
	report->is_over = is_over;
	report->why = why;
	report->at_ns = at_ns;
	report->counts = *counts;
}

void
truth_message(struct truth *t, size_t from, size_t to, const char *what,
    const void *data, size_t len, int64_t at_ns)
{
	size_t at = t->said_bytes.len;
	struct truth_said *m;

	if (bytes_append(&t->said_bytes, data, len) == -1)
		t->no_memory = true;
	m = ADD(t, said);
	if (m == NULL)
		return;
	m->from = from;
	m->to = to;
	m->what = what;
	m->data = at;
	m->len = len;
	m->at_ns = at_ns;
}

void
truth_totals(const struct truth *t, struct truth_totals *out)
{
	size_t count = t->packets.count;

	*out = (struct truth_totals){
		.packets = count,
		.frames = t->sightings.count,
		.captures = t->captures.count,
		.last_ns = count == 0 ? 0 : t->packets.list[count - 1].at_ns,
	};
}
