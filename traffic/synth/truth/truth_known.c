#include "traffic/synth/truth/truth_known.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/network.h"
#include "traffic/synth/truth/truth_parts.h"

enum {
	/* Ethernet, IPv6 with a fragment header, the longest TCP header: with
	 * less a capture does not tell flows apart. */
	HEADERS_BYTES = 14 + 40 + 8 + 60,
	/* Ethernet, and IP up to the end of the addresses. */
	SOURCE_BYTES_4 = 14 + 16, SOURCE_BYTES_6 = 14 + 24,
	TARGET_BYTES_4 = 14 + 20, TARGET_BYTES_6 = 14 + 40,
};

bool
known_has_ip(const struct known_frame *f)
{
	return f->p->kind != SIM_ARP;
}

bool
known_is_later_fragment(const struct known_frame *f)
{
	return f->p->is_fragment && f->p->offset > 0;
}

static size_t
header_bytes(const struct truth_packet *p)
{
	return p->kind == SIM_TCP ? 20 + tcp_option_bytes(&p->segment) : 8;
}

uint32_t
known_payload(const struct known_frame *f)
{
	const struct truth_packet *p = f->p;

	if (p->kind != SIM_TCP && p->kind != SIM_UDP)
		return 0;
	if (!p->is_fragment || known_is_later_fragment(f))
		return (uint32_t)p->len;
	return (uint32_t)(p->len < header_bytes(p) ? 0 :
	    p->len - header_bytes(p));
}

bool
known_is_cut(const struct known_frame *f)
{
	return f->cap_bytes < KNOWN_ETHERNET_BYTES + f->p->ip_bytes;
}

/* Where a packet goes by, from the network's point of view. */
static bool
is_local(const struct scenario_network *network,
    const struct scenario_address *address)
{
	for (int i = 0; i < 2; i++)
		if (network->has_prefix[i] &&
		    network_contains(&network->prefix[i], address->version,
		    address->bytes))
			return true;
	return false;
}

static enum known_direction
direction_of(const struct scenario_network *network,
    const struct known_frame *f)
{
	const struct scenario_address *source = &f->p->source;
	bool is_ipv6 = source->version == 6;

	if (!known_has_ip(f))
		return KNOWN_OTHER;
	if (f->cap_bytes < (is_ipv6 ? SOURCE_BYTES_6 : SOURCE_BYTES_4))
		return KNOWN_SKIPPED;
	if (!network->has_prefix[is_ipv6])
		return KNOWN_OTHER;
	return is_local(network, source) ? KNOWN_OUT : KNOWN_IN;
}

static bool
is_same_side(const struct scenario_network *network,
    const struct known_frame *f)
{
	const struct scenario_address *to = &f->p->destination;

	return (f->direction == KNOWN_IN || f->direction == KNOWN_OUT) &&
	    f->cap_bytes >= (to->version == 6 ? TARGET_BYTES_6 :
	    TARGET_BYTES_4) &&
	    is_local(network, to) == (f->direction == KNOWN_OUT);
}

static void
describe(const struct truth *t, const struct truth_capture *c,
    const struct truth_sighting *s, const uint64_t *repeats,
    struct known_frame *f)
{
	const struct scenario_network *network =
	    &t->setup.scenario->networks[c->network];

	f->p = &t->packets.list[s->packet - 1];
	f->packet = s->packet;
	f->frame = s->frame;
	f->ts_ns = s->ts_ns;
	f->cap_bytes = f->p->frame_bytes < c->snaplen ? f->p->frame_bytes :
	    c->snaplen;
	f->direction = direction_of(network, f);
	f->is_same_side = is_same_side(network, f);
	f->is_repeat = repeats[s->packet] != 0;
}

/* The first sighting of a packet here is it, later ones are copies. */
static int
mark_copies(const struct truth *t, struct known_frame *frames, size_t count)
{
	bool *was_seen = memory_array(t->packets.count + 1,
	    sizeof(*was_seen));

	if (was_seen == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		frames[i].is_copy = was_seen[frames[i].packet];
		was_seen[frames[i].packet] = true;
	}
	free(was_seen);
	return 0;
}

/* In the order of the capture.  NULL: no memory. */
static struct known_frame *
collect(const struct truth *t, size_t capture, const uint64_t *repeats)
{
	const struct truth_capture *c = &t->captures.list[capture];
	struct known_frame *frames = memory_array(c->frames + 1,
	    sizeof(*frames));

	for (size_t i = 0; frames != NULL && i < t->sightings.count; i++) {
		const struct truth_sighting *s = &t->sightings.list[i];

		if (s->capture != capture)
			continue;
		assert(s->frame > 0 && s->frame <= c->frames &&
		    frames[s->frame - 1].p == NULL);
		describe(t, c, s, repeats, &frames[s->frame - 1]);
	}
	if (frames == NULL || mark_copies(t, frames, c->frames) == 0)
		return frames;
	free(frames);
	return NULL;
}

int
truth_known_write(const struct truth *t, size_t capture,
    const uint64_t *repeats, struct json_out *out)
{
	const struct truth_capture *c = &t->captures.list[capture];
	struct known_frame *frames = collect(t, capture, repeats);
	int status;

	if (frames == NULL)
		return -1;
	json_out_open(out, '{');
	status = known_totals_put(frames, c->frames, out);
	if (status == 0 && c->snaplen >= HEADERS_BYTES)
		status = known_flows_put(frames, c->frames, out);
	json_out_close(out, '}');
	free(frames);
	return status;
}
