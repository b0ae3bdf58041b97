#include "traffic/synth/verbs/raw_syn.h"

#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/verbs/verb.h"

/* As nmap says it. */
enum { WINDOW = 1024, MSS_4 = 1460, MSS_6 = 1440 };

static uint64_t
tell_truth(struct play *play, const struct raw_syn *what)
{
	const struct truth_end client = {
		.host = what->host,
		.address = what->from.address,
		.port = what->from.port,
		.isn = what->seq,
	};
	const struct truth_end server = {
		.host = what->target,
		.address = what->to.address,
		.port = what->to.port,
	};

	return truth_connection(play->truth, &client, &server, what->label,
	    clock_now_ns(play->clock));
}

void
raw_syn_send(struct play *play, const struct raw_syn *what)
{
	struct sim_packet *p = sim_packet_new(SIM_TCP, NULL, 0);

	if (p == NULL) {
		verb_out_of_memory(play);
		return;
	}
	p->cause = SIM_CAUSE_SYN;
	p->label = what->label;
	p->connection = tell_truth(play, what);
	p->source = what->from.address;
	p->destination = what->to.address;
	p->source_port = what->from.port;
	p->destination_port = what->to.port;
	p->segment.seq = what->seq;
	p->segment.flags = TCP_SYN;
	p->segment.window = WINDOW;
	p->segment.mss = what->to.address.version == 4 ? MSS_4 : MSS_6;
	host_send_raw(play->hosts[what->host], p);
}
