#include "traffic/synth/truth/truth_json.h"

static const char *const ends[] = {
	[TCP_END_CLOSED] = "closed", [TCP_END_REFUSED] = "refused",
	[TCP_END_RESET] = "reset", [TCP_END_TIMED_OUT] = "timed out",
	[TCP_END_ABORTED] = "aborted",
};

static void
put_counts(struct json_out *out, const struct tcp_counts *c)
{
	json_out_key_bool(out, "established", c->was_established);
	json_out_key_u64(out, "segments_sent", c->segments_sent);
	json_out_key_u64(out, "segments_received", c->segments_received);
	json_out_key_u64(out, "payload_sent", c->payload_sent);
	json_out_key_u64(out, "payload_received", c->payload_received);
	json_out_key_u64(out, "sent_again_timeout", c->sent_again_timeout);
	json_out_key_u64(out, "sent_again_fast", c->sent_again_fast);
	json_out_key_u64(out, "sent_again_recovery", c->sent_again_recovery);
	json_out_key_u64(out, "window_probes", c->window_probes);
	json_out_key_u64(out, "keep_alives", c->keepalives);
	json_out_key_u64(out, "duplicate_acks", c->duplicate_acks);
	json_out_key_u64(out, "rtt_samples", c->rtt_samples);
	if (c->rtt_samples == 0)
		return;
	json_out_key_i64(out, "rtt_first_ns", c->rtt_first_ns);
	json_out_key_i64(out, "rtt_min_ns", c->rtt_min_ns);
	json_out_key_i64(out, "rtt_max_ns", c->rtt_max_ns);
	json_out_key_i64(out, "rtt_sum_ns", c->rtt_sum_ns);
}

static void
put_end(const struct truth *t, struct json_out *out, const char *key,
    const struct truth_end *end, const struct truth_report *report,
    bool is_client)
{
	bool is_over = report->given && report->is_over;

	json_out_key(out, key);
	json_out_open(out, '{');
	json_out_key_text(out, "host", end->host == SCENARIO_NONE ? NULL :
	    truth_json_host(t, end->host));
	json_out_key(out, "ip");
	truth_json_address(out, &end->address);
	json_out_key_u64(out, "port", end->port);
	json_out_key(out, "isn");
	if (is_client || report->given)
		json_out_u64(out, report->given ? report->counts.isn :
		    end->isn);
	else
		json_out_null(out);
	json_out_key_text(out, "end", is_over ? ends[report->why] : NULL);
	json_out_key(out, "end_ns");
	if (is_over)
		json_out_i64(out, report->at_ns);
	else
		json_out_null(out);
	if (report->given)
		put_counts(out, &report->counts);
	json_out_close(out, '}');
}

void
truth_json_connections(const struct truth *t, struct json_out *out)
{
	truth_json_list(out, "connections");
	for (size_t i = 0; i < t->connections.count; i++) {
		const struct truth_conn *c = &t->connections.list[i];

		truth_json_item(out);
		json_out_key_u64(out, "connection", i + 1);
		json_out_key_i64(out, "opened_ns", c->at_ns);
		json_out_key_text(out, "label", c->label);
		put_end(t, out, "client", &c->ends[0], &c->reports[0], true);
		put_end(t, out, "server", &c->ends[1], &c->reports[1], false);
		json_out_close(out, '}');
	}
	json_out_close(out, ']');
}

