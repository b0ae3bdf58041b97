#include "traffic/synth/truth/truth_flows.h"

#include <string.h>

#include "base/table.h"
#include "base/text.h"

bool
known_has_ports(const struct truth_packet *p)
{
	return p->kind == SIM_TCP || p->kind == SIM_UDP;
}

static void
put_address(struct json_out *out, const char *key,
    const struct scenario_address *address)
{
	struct table_ip ip = { .version = address->version };
	char text[TEXT_IP_BYTES];

	memcpy(ip.bytes, address->bytes, sizeof(ip.bytes));
	json_out_key(out, key);
	json_out_string(out, text, (size_t)(text_ip(text, &ip) - text));
}

/* The end that is side 0 of the flow, or side 1. */
static void
put_end(const struct known_flow *flow, unsigned side, const char *ip_key,
    const char *port_key, struct json_out *out)
{
	const struct truth_packet *p = flow->first;

	put_address(out, ip_key, side == 0 ? &p->source : &p->destination);
	if (known_has_ports(p))
		json_out_key_u64(out, port_key, side == 0 ? p->source_port :
		    p->destination_port);
}

/* There is no payload but that of TCP and UDP. */
static void
put_side(struct known_flow_side *side, bool has_payload, bool is_a,
    struct json_out *out)
{
#define KEY(name) (is_a ? "a_" name : "b_" name)
	json_out_key_u64(out, KEY("packets"), side->packets);
	json_out_key_u64(out, KEY("ip_bytes"), side->ip_bytes);
	json_out_key(out, KEY("payload_bytes"));
	if (has_payload)
		json_out_u64(out, side->payload_bytes);
	else
		json_out_null(out);
	json_out_key_u64(out, KEY("frame_bytes"), side->frame_bytes);
	known_gaps_put(&side->gaps, out, KEY("iat"));
	json_out_key_u64(out, KEY("backward_steps"),
	    known_gaps_backward(&side->gaps));
#undef KEY
}

/* What the side of a conversation over UDP has besides. */
static void
put_udp_side(const struct known_flow_side *side, bool is_a,
    struct json_out *out)
{
#define KEY(name) (is_a ? "a_" name : "b_" name)
	json_out_key_u64(out, KEY("datagrams"), side->packets -
	    side->later_fragments);
	if (side->packets > 0) {
		json_out_key_u64(out, KEY("payload_min"), side->payload_min);
		json_out_key_u64(out, KEY("payload_max"), side->payload_max);
		json_out_key_i64(out, KEY("first_time_ns"), side->first_ns);
		json_out_key_i64(out, KEY("last_time_ns"), side->last_ns);
	}
#undef KEY
}

static void
put_udp(const struct known_flow *flow, struct json_out *out)
{
	const struct known_flow_side *a = &flow->sides[flow->a];
	const struct known_flow_side *b = &flow->sides[flow->a ^ 1];

	put_udp_side(a, true, out);
	put_udp_side(b, false, out);
	if (a->packets > 0 && b->packets > 0)
		json_out_key_i64(out, "response_ns", b->first_ns -
		    a->first_ns);
}

static const char *
protocol_name(const struct truth_packet *p)
{
	return p->kind == SIM_TCP ? "tcp" : p->kind == SIM_UDP ? "udp" :
	    p->source.version == 6 ? "icmpv6" : "icmp";
}

static void
put_flow(struct known_flow *flow, struct json_out *out)
{
	bool has_payload = known_has_ports(flow->first);

	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "first_frame", flow->first_frame);
	json_out_key_text(out, "protocol", protocol_name(flow->first));
	put_end(flow, flow->a, "a_ip", "a_port", out);
	put_end(flow, flow->a ^ 1, "b_ip", "b_port", out);
	json_out_key_i64(out, "start_time_ns", flow->earliest_ns);
	json_out_key_i64(out, "duration_ns", flow->latest_ns -
	    flow->earliest_ns);
	put_side(&flow->sides[flow->a], has_payload, true, out);
	put_side(&flow->sides[flow->a ^ 1], has_payload, false, out);
	if (flow->first->kind == SIM_UDP)
		put_udp(flow, out);
	if (flow->tcp != NULL)
		json_out_key_u64(out, "connection", flow->tcp_number);
	json_out_close(out, '}');
}

static void
put_connection(const struct known_flow *flow, struct json_out *out)
{
	unsigned client = flow->tcp->client;

	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "connection", flow->tcp_number);
	if (flow->connection != 0)
		json_out_key_u64(out, "is", flow->connection);
	json_out_key_u64(out, "first_frame", flow->first_frame);
	put_end(flow, client, "client_ip", "client_port", out);
	put_end(flow, client ^ 1, "server_ip", "server_port", out);
	json_out_key_i64(out, "start_time_ns", flow->earliest_ns);
	json_out_key_i64(out, "duration_ns", flow->latest_ns -
	    flow->earliest_ns);
	known_tcp_put(flow->tcp, out);
	json_out_close(out, '}');
}

static void
put_segment(const struct known_segment *row, const struct known_frame *frames,
    struct json_out *out)
{
	const struct known_frame *f = &frames[row->frame];

	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "frame", f->frame);
	json_out_key_u64(out, "packet", f->packet);
	json_out_key_u64(out, "connection", row->connection);
	known_verdict_put(&row->verdict, f, out);
	json_out_close(out, '}');
}

void
known_flows_write(struct known_flows *flows, const struct known_frame *frames,
    struct json_out *out)
{
	json_out_line(out);
	json_out_key(out, "flows");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->count; i++)
		put_flow(&flows->list[i], out);
	json_out_close(out, ']');
	json_out_line(out);
	json_out_key(out, "connections");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->count; i++)
		if (flows->list[i].tcp != NULL)
			put_connection(&flows->list[i], out);
	json_out_close(out, ']');
	json_out_line(out);
	json_out_key(out, "segments");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->segment_count; i++)
		put_segment(&flows->segments[i], frames, out);
	json_out_close(out, ']');
}
