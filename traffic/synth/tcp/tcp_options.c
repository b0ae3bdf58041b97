/*
 * Options of TCP: which of them both ends want (RFC 9293, section 3.2; RFC
 * 7323; RFC 2018).
 */
#include "traffic/synth/tcp/tcp_internal.h"

enum {
	MSS_DEFAULT = 536,	/* of a peer that names none */
	MSS_LEAST = 88,		/* a peer's MSS may leave no room for data */
	SCALE_MOST = 14,
	TIMES_BYTES = 12,
};

size_t
tcp_option_bytes(const struct tcp_segment *segment)
{
	size_t bytes = 0;

	if (segment->mss != 0)
		bytes += 4;
	/* SACK permitted stands in the two bytes that align the times. */
	if (segment->has_times)
		bytes += TIMES_BYTES;
	else if (segment->sack_permitted)
		bytes += 4;
	if (segment->has_scale)
		bytes += 4;
	if (segment->sack_count > 0)
		bytes += 4 + 8 * segment->sack_count;
	return bytes;
}

uint32_t
tcp_clock(const struct tcp *tcp)
{
	return tcp->times_offset + (uint32_t)(tcp->now_ns / TCP_MS_NS);
}

uint8_t
tcp_scale_for(uint32_t buffer)
{
	uint8_t scale = 0;

	while (scale < SCALE_MOST && buffer >> scale > TCP_UNSCALED_MOST)
		scale++;
	return scale;
}

/* The first SYN offers what we can, its answer what both can. */
void
tcp_options_of_syn(const struct tcp *tcp, struct tcp_segment *out)
{
	bool offers = tcp->state == TCP_SYN_SENT;
	const struct tcp_settings *s = &tcp->settings;

	out->mss = (uint16_t)(tcp->link_mss > UINT16_MAX ? UINT16_MAX :
	    tcp->link_mss);
	out->has_scale = offers ? s->window_scaling : tcp->scaling;
	out->scale = tcp->scale;
	out->sack_permitted = offers ? s->sack : tcp->sack;
	out->has_times = offers ? s->timestamps : tcp->times;
	out->ts_value = tcp_clock(tcp);
	out->ts_echo = offers ? 0 : tcp->ts_recent;
}

void
tcp_options_agree(struct tcp *tcp, const struct tcp_segment *syn)
{
	uint32_t mss = syn->mss == 0 ? MSS_DEFAULT : syn->mss;

	tcp->scaling = tcp->settings.window_scaling && syn->has_scale;
	if (!tcp->scaling)
		tcp->scale = 0;
	else
		tcp->peer_scale = syn->scale > SCALE_MOST ? SCALE_MOST :
		    syn->scale;
	tcp->sack = tcp->settings.sack && syn->sack_permitted;
	tcp->times = tcp->settings.timestamps && syn->has_times;
	tcp->ts_recent = syn->ts_value;
	if (mss < MSS_LEAST)
		mss = MSS_LEAST;
	if (mss > tcp->link_mss)
		mss = tcp->link_mss;
	tcp->mss = mss - (tcp->times ? TIMES_BYTES : 0);
	tcp->full_bytes = tcp->link_mss < MSS_DEFAULT ? tcp->link_mss :
	    MSS_DEFAULT;
	if (tcp->times)
		tcp->full_bytes -= TIMES_BYTES;
}
