#include "analyzer/tracker/features.h"

#include <string.h>

enum { UDP_HEADER_BYTES = 8 };

void
flow_features_init(struct flow_features *features)
{
	memset(features, 0, sizeof(*features));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		features->sides[i].header_min = UINT64_MAX;
		features->sides[i].first_window = FLOW_NO_WINDOW;
	}
}

/* Of a packet whose payload length is known, so whose header is whole. */
static uint64_t
header_len(const struct packet *p)
{
	if (p->flags & PACKET_HAS_TCP)
		return (uint64_t)(packet_transport_be16(p, 12) >> 12) * 4;
	return UDP_HEADER_BYTES;
}

static void
add_lengths(struct flow_feature_side *side, const struct packet *p)
{
	uint64_t header_bytes;

	if (p->flags & PACKET_LATER_FRAGMENT)
		side->later_fragments++;
	if (!(p->flags & PACKET_HAS_PAYLOAD_LEN))
		return;
	moments_add(&side->payload_lens, p->payload_len, 1);
	if (p->payload_len > 0)
		side->data_packets++;
	/* A later fragment is all payload. */
	if (p->flags & PACKET_LATER_FRAGMENT)
		return;
	header_bytes = header_len(p);
	side->header_bytes += header_bytes;
	if (header_bytes < side->header_min)
		side->header_min = header_bytes;
}

static void
add_tcp(struct flow_feature_side *side, const struct packet *p)
{
	unsigned flags = packet_tcp_flags(p);

	for (unsigned i = 0; i < TCP_FLAGS; i++)
		side->flags[i] += flags >> i & 1;
	if (side->first_window == FLOW_NO_WINDOW)
		side->first_window = packet_tcp_window(p);
}

static void
end_run(struct flow_feature_side *side)
{
	if (side->run_packets >= FEATURES_BULK_PACKETS) {
		side->bulks++;
		side->bulk_packets += side->run_packets;
		side->bulk_bytes += side->run_bytes;
		side->bulk_ns += (int128)side->run_last_ns -
		    side->run_first_ns;
	}
	side->run_packets = side->run_bytes = 0;
}

/* Of a packet with a time. */
static void
add_bulk(struct flow_features *f, unsigned from, const struct packet *p)
{
	struct flow_feature_side *side = &f->sides[from];
	int64_t ts_ns = p->frame->ts_ns;

	if (!(p->flags & PACKET_HAS_PAYLOAD_LEN) || p->payload_len == 0)
		return;
	end_run(&f->sides[!from]);
	if (side->run_packets > 0 &&
	    (int128)ts_ns - side->run_last_ns > FEATURES_BULK_GAP_NS)
		end_run(side);
	if (side->run_packets == 0)
		side->run_first_ns = ts_ns;
	side->run_packets++;
	side->run_bytes += p->payload_len;
	side->run_last_ns = ts_ns;
}

static void
end_activity(struct flow_features *f)
{
	moments_add(&f->active, (int128)f->last_ns - f->active_since_ns, 1);
}

static void
add_time(struct flow_features *f, int64_t ts_ns)
{
	int128 gap;

	if (f->times_seen++ == 0) {
		f->subflows = 1;
		f->active_since_ns = f->last_ns = ts_ns;
		return;
	}
	gap = (int128)ts_ns - f->last_ns;
	moments_add(&f->gaps, gap, 1);
	if (gap > FEATURES_SUBFLOW_GAP_NS)
		f->subflows++;
	if (gap > FEATURES_IDLE_GAP_NS) {
		end_activity(f);
		moments_add(&f->idle, gap, 1);
		f->active_since_ns = ts_ns;
	}
	f->last_ns = ts_ns;
}

void
flow_features_add(struct flow_features *features, unsigned side,
    const struct packet *packet)
{
	add_lengths(&features->sides[side], packet);
	if (packet->flags & PACKET_HAS_TCP)
		add_tcp(&features->sides[side], packet);
	if (packet->frame->flags & FRAME_UNTIMED)
		return;
	add_bulk(features, side, packet);
	add_time(features, packet->frame->ts_ns);
}

void
flow_features_close(struct flow_features *features)
{
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		end_run(&features->sides[i]);
	if (features->times_seen > 0)
		end_activity(features);
}
