/*
 * More than a host can take (VERB_FLOOD): SYNs, datagrams or echo requests,
 * from senders that are invented where asked.
 */

#include "traffic/synth/net/draw.h"
#include "traffic/synth/packet/icmp_types.h"
#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/raw_syn.h"
#include "traffic/synth/verbs/verb.h"

enum {
	/* What fits into a packet of 1500 bytes: nothing here is a fragment. */
	PAYLOAD_MAX = 1440,
	LOWEST_PORT = 1024,
};

struct flood {
	struct play *play;
	const struct scenario_action *action;
	struct endpoint own, to;
	struct random random;
	struct repeat repeat;
};

/* An address of the prefix: its host bits are drawn. */
static void
draw_source(struct flood *f, struct scenario_address *out)
{
	const struct network *n = &f->action->flood.sources;
	size_t len = n->version == 4 ? 4 : 16;

	*out = (struct scenario_address){ .version = n->version };
	random_fill(&f->random, out->bytes, len);
	for (size_t i = 0; i < len; i++) {
		size_t fixed = n->bits <= i * 8 ? 0 : n->bits - i * 8;
		unsigned mask = fixed >= 8 ? 0xff : 0xff00u >> fixed & 0xff;

		out->bytes[i] = (uint8_t)((out->bytes[i] & ~mask) |
		    (n->prefix[i] & mask));
	}
}

static void
draw_sender(struct flood *f, struct endpoint *out)
{
	*out = f->own;
	if (f->action->flood.spoofed)
		draw_source(f, &out->address);
	out->port = (uint16_t)(LOWEST_PORT +
	    random_below(&f->random, 65536 - LOWEST_PORT));
}

static void
send_syn(struct flood *f, const struct endpoint *from)
{
	const struct raw_syn syn = {
		.host = f->action->from,
		.target = f->action->to,
		.from = *from,
		.to = f->to,
		.seq = (uint32_t)random_next(&f->random),
		.label = f->action->label,
	};

	raw_syn_send(f->play, &syn);
}

static void
send_noise(struct flood *f, enum sim_kind kind, const struct endpoint *from)
{
	int64_t len = amount_draw(&f->action->flood.size_bytes, &f->random);
	uint8_t noise[PAYLOAD_MAX];
	struct sim_packet *p;

	if (len > PAYLOAD_MAX)
		len = PAYLOAD_MAX;
	verb_noise(&f->random, noise, (size_t)len);
	p = sim_packet_new(kind, noise, (size_t)len);
	if (p == NULL) {
		verb_out_of_memory(f->play);
		return;
	}
	p->cause = SIM_CAUSE_DATA;
	p->label = f->action->label;
	p->source = from->address;
	p->destination = f->to.address;
	p->source_port = kind == SIM_UDP ? from->port : 0;
	p->destination_port = kind == SIM_UDP ? f->to.port : 0;
	p->type = from->address.version == 4 ? ICMP_ECHO_4 : ICMP_ECHO_6;
	/* Identifier and sequence number. */
	p->rest = (uint32_t)from->port << 16 | (f->repeat.left & 0xffff);
	host_send_raw(f->play->hosts[f->action->from], p);
}

static void
step(void *app)
{
	struct flood *f = app;
	struct endpoint from;

	draw_sender(f, &from);
	switch (f->action->flood.kind) {
	case FLOOD_SYN:
		send_syn(f, &from);
		break;
	case FLOOD_UDP:
		send_noise(f, SIM_UDP, &from);
		break;
	case FLOOD_ICMP:
		send_noise(f, SIM_ICMP, &from);
		break;
	}
}

static void
over(void *app)
{
	struct flood *f = app;

	play_done(f->play);
}

int
flood_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct flood *f = verb_new(play, sizeof(*f), NULL, err);

	if (f == NULL)
		return -1;
	f->play = play;
	f->action = action;
	verb_own_address(play, action, &f->own.address);
	verb_target(play, action, &f->to);
	play_random(play, action, &f->random);
	f->repeat = (struct repeat){
		.play = play,
		.every_ns = &action->flood.every_ns,
		.random = &f->random,
		.left = action->flood.count,
		.step = step,
		.over = over,
		.app = f,
	};
	repeat_begin(&f->repeat);
	return 0;
}
