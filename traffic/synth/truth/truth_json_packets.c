#include "traffic/synth/truth/truth_json.h"

#include <string.h>

static const char *const causes[] = {
	[SIM_CAUSE_DATA] = "data", [SIM_CAUSE_ACK] = "ack",
	[SIM_CAUSE_SYN] = "syn", [SIM_CAUSE_FIN] = "fin",
	[SIM_CAUSE_RESET] = "reset", [SIM_CAUSE_TIMEOUT] = "timeout",
	[SIM_CAUSE_FAST] = "fast retransmit",
	[SIM_CAUSE_RECOVERY] = "recovery",
	[SIM_CAUSE_WINDOW_PROBE] = "window probe",
	[SIM_CAUSE_KEEPALIVE] = "keep-alive",
	[SIM_CAUSE_NEIGHBOUR] = "neighbour", [SIM_CAUSE_ERROR] = "error",
};

static const char *const fates[] = {
	[FATE_DELIVERED] = "delivered", [FATE_LOST] = "lost",
	[FATE_QUEUE] = "queue full", [FATE_TTL] = "ttl",
	[FATE_TOO_BIG] = "too big", [FATE_NO_ROUTE] = "no route",
	[FATE_NOBODY] = "nobody", [FATE_UNFINISHED] = "unfinished",
};

/* In the order in which they are written; ECN is not played. */
static const struct {
	unsigned flag;
	const char *name;
} flags[] = {
	{ TCP_FIN, "FIN" }, { TCP_SYN, "SYN" }, { TCP_RST, "RST" },
	{ TCP_PSH, "PSH" }, { TCP_ACK, "ACK" },
};

static void
put_flags(struct json_out *out, unsigned set)
{
	char text[32];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (!(set & flags[i].flag))
			continue;
		if (len > 0)
			text[len++] = ',';
		memcpy(text + len, flags[i].name, 3);
		len += 3;
	}
	json_out_key(out, "flags");
	json_out_string(out, text, len);
}

static void
put_sack(struct json_out *out, const struct tcp_segment *s)
{
	json_out_key(out, "sack");
	json_out_open(out, '[');
	for (size_t i = 0; i < s->sack_count; i++) {
		json_out_open(out, '[');
		json_out_u64(out, s->sack[i].begin);
		json_out_u64(out, s->sack[i].end);
		json_out_close(out, ']');
	}
	json_out_close(out, ']');
}

static void
put_options(struct json_out *out, const struct tcp_segment *s)
{
	if (s->mss != 0)
		json_out_key_u64(out, "mss", s->mss);
	if (s->has_scale)
		json_out_key_u64(out, "window_scale", s->scale);
	if (s->sack_permitted)
		json_out_key_bool(out, "sack_permitted", true);
	if (s->has_times) {
		json_out_key_u64(out, "ts_value", s->ts_value);
		json_out_key_u64(out, "ts_echo", s->ts_echo);
	}
	if (s->sack_count > 0)
		put_sack(out, s);
}

static void
put_segment(struct json_out *out, const struct tcp_segment *s)
{
	put_flags(out, s->flags);
	json_out_key_u64(out, "seq", s->seq);
	if (s->flags & TCP_ACK)
		json_out_key_u64(out, "ack", s->ack);
	json_out_key_u64(out, "window", s->window);
	put_options(out, s);
}

static void
put_fragment(struct json_out *out, const struct truth_packet *p)
{
	json_out_key(out, "fragment");
	json_out_open(out, '{');
	if (p->fragment_of != 0)
		json_out_key_u64(out, "of", p->fragment_of);
	json_out_key_u64(out, "offset", p->offset);
	json_out_key_bool(out, "more", p->more);
	json_out_close(out, '}');
}

static const char *
protocol_name(const struct truth_packet *p)
{
	switch (p->kind) {
	case SIM_ARP:
		return "arp";
	case SIM_TCP:
		return "tcp";
	case SIM_UDP:
		return "udp";
	case SIM_ICMP:
		return p->source.version == 6 ? "icmpv6" : "icmp";
	case SIM_FRAGMENT:
		break;
	}
	return NULL;
}

/* Of a later fragment the ports are those of its datagram, but it does not
 * have them. */
static void
put_header(struct json_out *out, const struct truth_packet *p)
{
	bool has_header = !p->is_fragment || p->offset == 0;

	json_out_key_text(out, "protocol", protocol_name(p));
	json_out_key(out, "src_ip");
	truth_json_address(out, &p->source);
	json_out_key(out, "dst_ip");
	truth_json_address(out, &p->destination);
	if (p->kind != SIM_ARP && p->ip_bytes > 0)
		json_out_key_u64(out, "ip_bytes", p->ip_bytes);
	json_out_key_u64(out, "frame_bytes", p->frame_bytes);
	if (p->kind != SIM_ARP)
		json_out_key_u64(out, "len", p->len);
	if (p->is_fragment)
		put_fragment(out, p);
	if (!has_header)
		return;
	if (p->kind == SIM_TCP || p->kind == SIM_UDP) {
		json_out_key_u64(out, "src_port", p->source_port);
		json_out_key_u64(out, "dst_port", p->destination_port);
	} else {
		json_out_key_u64(out, "type", p->type);
	}
	if (p->kind == SIM_ICMP)
		json_out_key_u64(out, "code", p->code);
	if (p->kind == SIM_TCP)
		put_segment(out, &p->segment);
}

static void
put_marks(struct json_out *out, unsigned marks)
{
	json_out_key(out, "marks");
	json_out_open(out, '[');
	if (marks & TRUTH_DUPLICATED)
		json_out_text(out, "duplicated");
	if (marks & TRUTH_REORDERED)
		json_out_text(out, "reordered");
	if (marks & TRUTH_FRAGMENTED)
		json_out_text(out, "fragmented");
	json_out_close(out, ']');
}

static void
put_fates(const struct truth *t, struct json_out *out,
    const struct truth_packet *p)
{
	json_out_key(out, "fates");
	json_out_open(out, '[');
	for (size_t i = p->first_fate; i != 0; i = t->fates.list[i - 1].next) {
		const struct truth_fate *f = &t->fates.list[i - 1];

		json_out_open(out, '[');
		json_out_text(out, fates[f->fate]);
		json_out_text(out, truth_json_host(t, f->host));
		json_out_i64(out, f->at_ns);
		json_out_close(out, ']');
	}
	json_out_close(out, ']');
}

static void
put_seen(const struct truth *t, struct json_out *out,
    const struct truth_packet *p)
{
	json_out_key(out, "seen");
	json_out_open(out, '[');
	for (size_t i = p->first_seen; i != 0;
	    i = t->sightings.list[i - 1].next) {
		const struct truth_sighting *s = &t->sightings.list[i - 1];

		json_out_open(out, '[');
		json_out_u64(out, s->capture);
		json_out_u64(out, s->frame);
		json_out_i64(out, s->ts_ns);
		json_out_close(out, ']');
	}
	json_out_close(out, ']');
}

static void
put_packet(const struct truth *t, struct json_out *out, uint64_t number,
    uint64_t repeats)
{
	const struct truth_packet *p = &t->packets.list[number - 1];

	truth_json_item(out);
	json_out_key_u64(out, "packet", number);
	json_out_key_i64(out, "sent_ns", p->at_ns);
	json_out_key_text(out, "sender", truth_json_host(t, p->sender));
	json_out_key_text(out, "cause", causes[p->cause]);
	if (p->connection != 0)
		json_out_key_u64(out, "connection", p->connection);
	if (repeats != 0)
		json_out_key_u64(out, "repeats", repeats);
	if (p->label != NULL)
		json_out_key_text(out, "label", p->label);
	put_header(out, p);
	if (p->marks != 0)
		put_marks(out, p->marks);
	put_fates(t, out, p);
	put_seen(t, out, p);
	json_out_close(out, '}');
}

void
truth_json_packets(const struct truth *t, const uint64_t *repeats,
    struct json_out *out)
{
	truth_json_list(out, "packets");
	for (uint64_t number = 1; number <= t->packets.count; number++)
		put_packet(t, out, number, repeats[number]);
	json_out_close(out, ']');
}
