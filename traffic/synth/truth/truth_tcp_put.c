#include "traffic/synth/truth/truth_tcp.h"

/* In the words of pcapstat's verdicts and columns. */
static const struct {
	const char *verdict, *client, *server;
} words[KNOWN_WORDS] = {
	[KNOWN_GAP] = { "previous segment missing",
	    "client_gaps", "server_gaps" },
	[KNOWN_DUPLICATE_ACK] = { "duplicate ACK",
	    "client_duplicate_acks", "server_duplicate_acks" },
	[KNOWN_KEEP_ALIVE] = { "keep-alive",
	    "client_keep_alives", "server_keep_alives" },
	[KNOWN_KEEP_ALIVE_ACK] = { "keep-alive ACK", NULL, NULL },
	[KNOWN_ZERO_WINDOW] = { "zero window",
	    "client_zero_windows", "server_zero_windows" },
	[KNOWN_PROBE] = { "zero window probe",
	    "client_window_probes", "server_window_probes" },
	[KNOWN_PROBE_ACK] = { "zero window probe ACK", NULL, NULL },
	[KNOWN_WINDOW_UPDATE] = { "window update",
	    "client_window_updates", "server_window_updates" },
	[KNOWN_WINDOW_FULL] = { "window full",
	    "client_window_full", "server_window_full" },
	[KNOWN_UNSEEN_ACKED] = { "acknowledges a segment not seen",
	    "client_unseen_acked", "server_unseen_acked" },
	[KNOWN_PORTS_REUSED] = { "ports reused", NULL, NULL },
	[KNOWN_SPURIOUS] = { "spurious retransmission",
	    "client_spurious_retransmissions",
	    "server_spurious_retransmissions" },
};

/* By which of SYN (1), SYN-ACK (2) and ACK (4) were seen. */
static const char *const handshakes[] = {
	"none", "syn only", "synack only", "no ack", "none", "no synack",
	"no syn", "complete",
};

static const char *const closes[] = {
	[KNOWN_OPEN] = "open", [KNOWN_HALF_CLOSED] = "half closed",
	[KNOWN_CLOSED] = "closed", [KNOWN_FINS] = "both fins",
	[KNOWN_RESET] = "reset",
};

static const char *
yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void
put_between(struct json_out *out, const char *key,
    const struct known_shake *from, const struct known_shake *to)
{
	json_out_key(out, key);
	if (from->frame != 0 && to->frame != 0)
		json_out_i64(out, to->ts_ns - from->ts_ns);
	else
		json_out_null(out);
}

/* null where it is not known. */
static void
put_if(struct json_out *out, const char *key, bool known, uint64_t value)
{
	json_out_key(out, key);
	if (known)
		json_out_u64(out, value);
	else
		json_out_null(out);
}

static void
put_shake(struct json_out *out, const struct known_shake *shake,
    const char *frame, const char *seq, const char *ack)
{
	bool seen = shake->frame != 0;

	put_if(out, frame, seen, shake->frame);
	put_if(out, seq, seen, shake->seq);
	if (ack != NULL)
		put_if(out, ack, seen, shake->ack);
}

static void
put_handshake(const struct known_tcp *tcp, struct json_out *out)
{
	const struct known_shake *syn = &tcp->syn, *synack = &tcp->synack,
	    *ack = &tcp->ack;

	put_shake(out, syn, "syn_frame", "syn_seq", NULL);
	put_shake(out, synack, "synack_frame", "synack_seq", "synack_ack");
	put_shake(out, ack, "ack_frame", "ack_seq", "ack_ack");
	json_out_key_text(out, "handshake", tcp->simultaneous ?
	    "simultaneous" : handshakes[(syn->frame != 0) |
	    (synack->frame != 0) << 1 | (ack->frame != 0) << 2]);
	json_out_key_text(out, "handshake_repeated",
	    yes_or_no(tcp->repeated));
	put_between(out, "synack_rtt_ns", syn, synack);
	put_between(out, "ack_rtt_ns", synack, ack);
	put_between(out, "irtt_ns", syn, ack);
}

static void
put_rtt(struct json_out *out, const char *key, const struct known_rtt *rtt)
{
	json_out_key(out, key);
	json_out_open(out, '{');
	json_out_key_u64(out, "samples", rtt->samples);
	if (rtt->samples > 0) {
		json_out_key_i64(out, "sum_ns", rtt->sum_ns);
		json_out_key_i64(out, "min_ns", rtt->min_ns);
		json_out_key_i64(out, "max_ns", rtt->max_ns);
	}
	json_out_close(out, '}');
}

static void
put_promises(const struct known_tcp_side *side, bool is_client,
    struct json_out *out)
{
#define KEY(name) (is_client ? "client_" name : "server_" name)
	put_if(out, KEY("isn"), side->isn_known, side->isn);
	put_if(out, KEY("mss"), side->mss != 0, side->mss);
	put_if(out, KEY("window_scale"), side->has_scale, side->scale);
	json_out_key_text(out, KEY("sack_permitted"), !side->isn_known ?
	    NULL : yes_or_no(side->sack_permitted));
}

static void
put_side(const struct known_tcp_side *side, bool is_client,
    struct json_out *out)
{
	put_promises(side, is_client, out);
	json_out_key_u64(out, KEY("packets"), side->segments);
	json_out_key_u64(out, KEY("payload_bytes"), side->payload_bytes);
	json_out_key_u64(out, KEY("seen_before"), side->below[KNOWN_ALL]);
	json_out_key_u64(out, KEY("partly_seen"), side->below[KNOWN_SOME]);
	json_out_key_u64(out, KEY("fills_gap"), side->below[KNOWN_NONE]);
	for (int i = 0; i < KNOWN_WORDS; i++)
		if (words[i].client != NULL)
			json_out_key_u64(out, is_client ? words[i].client :
			    words[i].server, side->words[i]);
	put_if(out, KEY("window_max"), side->has_segment, side->window_max);
	json_out_key_u64(out, KEY("sack_blocks"), side->sack_blocks);
	put_rtt(out, KEY("rtt"), &side->rtt);
	json_out_key_u64(out, KEY("rtt_ambiguous"), side->rtt_ambiguous);
	put_rtt(out, KEY("ts_rtt"), &side->ts_rtt);
#undef KEY
}

static void
put_close(const struct known_tcp *tcp, struct json_out *out)
{
	json_out_key_text(out, "close", closes[tcp->close]);
	json_out_key_text(out, "closed_by", tcp->close == KNOWN_OPEN ? NULL :
	    tcp->closer == tcp->client ? "client" : "server");
	json_out_key_u64(out, "completeness", tcp->completeness);
	json_out_key_text(out, "ports_reused", yes_or_no(tcp->reused));
	json_out_key_u64(out, "checksum_bad", 0);
	json_out_key_u64(out, "checksum_unverified", tcp->unverified);
}

void
known_tcp_put(const struct known_tcp *tcp, struct json_out *out)
{
	json_out_key_text(out, "client_by", tcp->client_known ? "syn" :
	    "port");
	put_handshake(tcp, out);
	put_side(&tcp->sides[tcp->client], true, out);
	put_side(&tcp->sides[tcp->client ^ 1], false, out);
	put_close(tcp, out);
}

bool
known_verdict_is_plain(const struct known_verdict *v)
{
	return v->words == 0 && v->below == KNOWN_NOT_BELOW &&
	    v->rtt_frame == 0 && !v->rtt_ambiguous && !v->has_ts_rtt;
}

/* What really happened to a segment that comes below the highest number. */
static const char *
really(const struct known_frame *frame)
{
	return frame->is_copy ? "copy" :
	    frame->is_repeat ? "sent again" : "late";
}

void
known_verdict_put(const struct known_verdict *v,
    const struct known_frame *frame, struct json_out *out)
{
	static const char *const below[] = {
		[KNOWN_ALL] = "all", [KNOWN_SOME] = "some",
		[KNOWN_NONE] = "none",
	};

	json_out_key(out, "verdict");
	json_out_open(out, '[');
	for (int i = 0; i < KNOWN_WORDS; i++)
		if (v->words >> i & 1)
			json_out_text(out, words[i].verdict);
	json_out_close(out, ']');
	if (v->below != KNOWN_NOT_BELOW) {
		json_out_key_text(out, "seen_before", below[v->below]);
		json_out_key_text(out, "really", really(frame));
	}
	if (v->rtt_frame != 0) {
		json_out_key_u64(out, "rtt_frame", v->rtt_frame);
		json_out_key_i64(out, "rtt_ns", v->rtt_ns);
	}
	if (v->rtt_ambiguous)
		json_out_key_bool(out, "rtt_ambiguous", true);
	if (v->has_ts_rtt)
		json_out_key_i64(out, "ts_rtt_ns", v->ts_rtt_ns);
}
