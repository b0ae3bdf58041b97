#include "analyzer/analyses/summary.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/stats/gaps.h"
#include "base/memory.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17,
    PROTOCOL_ICMPV6 = 58 };

#define TEXT(field, meaning) \
	{ #field, COLUMN_TEXT, offsetof(struct summary_row, field), "", meaning }
#define COUNT(field, unit, meaning) \
	{ #field, COLUMN_U64, offsetof(struct summary_row, field), unit, meaning }
#define TIME(field, meaning) \
	{ #field, COLUMN_SECONDS, offsetof(struct summary_row, field), "s", meaning }
#define STAMP(field, meaning) \
	{ #field, COLUMN_I64, offsetof(struct summary_row, field), "ns", meaning }

/* The first eleven are those of the original program, by name and value. */
static const struct column columns[] = {
	TEXT(file, "the capture: its path as given or, for a walked folder, the path below it"),
	COUNT(packets_in, "packets", "packets whose outermost IP source is not in a local network"),
	COUNT(packets_out, "packets", "packets whose outermost IP source is in a local network"),
	COUNT(bytes_in, "bytes", "IP bytes of the packets in: IPv4 total length, or 40 + IPv6 payload length"),
	COUNT(bytes_out, "bytes", "IP bytes of the packets out"),
	TIME(time_in_mean, "mean time between consecutive packets in"),
	TIME(time_in_median, "median time between consecutive packets in"),
	TIME(time_in_std, "population standard deviation of the times between consecutive packets in"),
	TIME(time_out_mean, "mean time between consecutive packets out"),
	TIME(time_out_median, "median time between consecutive packets out"),
	TIME(time_out_std, "population standard deviation of the times between consecutive packets out"),
	COUNT(packets_total, "packets", "records of the capture: in + out + other + skipped + filtered"),
	COUNT(packets_other, "packets", "packets without IP, or of an IP version without a local network"),
	COUNT(packets_local, "packets", "packets out whose destination is local too"),
	COUNT(packets_transit, "packets", "packets in whose destination is not local either"),
	COUNT(packets_skipped, "packets", "packets of a link type without decoder, or cut before the IP source address"),
	COUNT(packets_filtered, "packets", "records left out by --filter, --from or --to"),
	COUNT(packets_ipv4, "packets", "packets whose outermost IP is IPv4"),
	COUNT(packets_ipv6, "packets", "packets whose outermost IP is IPv6"),
	COUNT(packets_tcp, "packets", "packets whose outermost IP carries TCP, fragments included"),
	COUNT(packets_udp, "packets", "packets whose outermost IP carries UDP, fragments included"),
	COUNT(packets_icmp, "packets", "packets whose outermost IP carries ICMP, or ICMPv6 over IPv6"),
	COUNT(packets_truncated, "packets", "packets cut by the snaplen within their IP datagram or headers"),
	COUNT(packets_malformed, "packets", "packets with a header that contradicts itself or its length"),
	COUNT(packets_unsupported, "packets", "packets with a part for which there is no decoder"),
	COUNT(frame_bytes_total, "bytes", "original frame lengths, filtered records excepted"),
	COUNT(frame_bytes_in, "bytes", "original frame lengths of the packets in"),
	COUNT(frame_bytes_out, "bytes", "original frame lengths of the packets out"),
	COUNT(cap_bytes_total, "bytes", "stored frame lengths, filtered records excepted"),
	TIME(time_in_std_sample, "sample standard deviation of the times between consecutive packets in"),
	TIME(time_out_std_sample, "sample standard deviation of the times between consecutive packets out"),
	TIME(time_in_min, "smallest time between consecutive packets in; negative after a step back"),
	TIME(time_in_max, "greatest time between consecutive packets in"),
	TIME(time_out_min, "smallest time between consecutive packets out; negative after a step back"),
	TIME(time_out_max, "greatest time between consecutive packets out"),
	TIME(time_in_p90, "90th percentile (type 7) of the times between consecutive packets in"),
	TIME(time_in_p99, "99th percentile (type 7) of the times between consecutive packets in"),
	TIME(time_out_p90, "90th percentile (type 7) of the times between consecutive packets out"),
	TIME(time_out_p99, "99th percentile (type 7) of the times between consecutive packets out"),
	TIME(time_all_mean, "mean time between consecutive packets of any direction"),
	TIME(time_all_median, "median time between consecutive packets of any direction"),
	TIME(time_all_std, "population standard deviation of the times between consecutive packets of any direction"),
	TIME(time_all_std_sample, "sample standard deviation of the times between consecutive packets of any direction"),
	COUNT(backward_steps, "packets", "packets whose time is before that of the packet before them"),
	STAMP(first_time_ns, "time of the first packet in file order, since 1970-01-01 UTC"),
	STAMP(last_time_ns, "time of the last packet in file order, since 1970-01-01 UTC"),
	TIME(duration_s, "latest less earliest time"),
	TEXT(format, "format of the capture, with its compression"),
	TEXT(link_types, "link types of the capture, a space between them"),
	TEXT(status, "ok, cut, damaged, unsupported, unreadable or interrupted"),
	COUNT(no_time, "packets", "packets without a time (simple packet blocks); no part of any gap"),
	COUNT(time_out_of_range, "packets", "packets whose time is outside the years 1677 to 2262; no part of any gap"),
	COUNT(time_odd, "packets", "packets whose fraction of a second is 1 s or more; taken as it stands"),
	COUNT(tso_len_zero, "packets", "IP packets with a length field of 0, as offloading leaves it"),
};

static const struct table summary_table = {
	"summary", "a capture", columns, sizeof(columns) / sizeof(columns[0]),
};

/* Gaps are kept for these classes. */
enum { GAPS_IN, GAPS_OUT, GAPS_ALL, GAP_CLASSES };

/* What is counted by direction. */
struct volume {
	uint64_t packets, ip_bytes, frame_bytes;
};

struct summary {
	struct volume volume[DIRECTIONS];
	uint64_t cap_bytes;
	uint64_t local, transit;
	uint64_t status[PACKET_STATUSES];
	uint64_t versions[8];			/* by ip_version */
	uint64_t protocols[2][256];		/* [is IPv6][ip_protocol] */
	uint64_t no_time, out_of_range, odd_time, len_zero;
	int64_t earliest_ns, latest_ns;		/* where gaps[ALL].packets > 0 */
	struct gaps gaps[GAP_CLASSES];
};

static void *
state_new(struct errbuf *err)
{
	struct summary *s = memory_array(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	for (int i = 0; i < GAP_CLASSES; i++)
		gaps_init(&s->gaps[i]);
	s->earliest_ns = INT64_MAX;
	s->latest_ns = INT64_MIN;
	return s;
}

static void
state_free(void *state)
{
	struct summary *s = state;

	if (s == NULL)
		return;
	for (int i = 0; i < GAP_CLASSES; i++)
		gaps_reset(&s->gaps[i]);
	free(s);
}

static void
add_time(struct summary *s, const struct packet *p)
{
	const struct frame *f = p->frame;

	if (f->ts_ns < s->earliest_ns)
		s->earliest_ns = f->ts_ns;
	if (f->ts_ns > s->latest_ns)
		s->latest_ns = f->ts_ns;
	gaps_add(&s->gaps[GAPS_ALL], f->ts_ns);
	if (p->direction <= DIRECTION_OUT)
		gaps_add(&s->gaps[p->direction], f->ts_ns);
}

/* What few packets have. */
static void
add_oddities(struct summary *s, const struct packet *p)
{
	s->local += (p->flags & PACKET_BOTH_LOCAL) != 0;
	s->transit += (p->flags & PACKET_NONE_LOCAL) != 0;
	s->len_zero += (p->flags & PACKET_LEN_ZERO) != 0;
	s->no_time += (p->frame->flags & FRAME_NO_TIME) != 0;
	s->out_of_range += (p->frame->flags & FRAME_TIME_RANGE) != 0;
	s->odd_time += (p->frame->flags & FRAME_TIME_ODD) != 0;
}

/* Directions and protocols are indices, not branches: a branch on a random
 * direction costs more than all of the rest. */
static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct errbuf *err)
{
	struct summary *s = state;
	const unsigned odd = PACKET_BOTH_LOCAL | PACKET_NONE_LOCAL |
	    PACKET_LEN_ZERO;

	(void)name;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		struct volume *v = &s->volume[p->direction];

		v->packets++;
		v->frame_bytes += p->frame->wire_len;
		s->cap_bytes += p->frame->cap_len;
		s->status[p->status]++;
		s->versions[p->ip_version & 7]++;
		if (p->ip_version != 0) {
			v->ip_bytes += p->ip_bytes;
			s->protocols[p->ip_version == 6][p->ip_protocol]++;
		}
		if ((p->frame->flags | (p->flags & odd)) != 0)
			add_oddities(s, p);
		if ((p->frame->flags & FRAME_UNTIMED) == 0)
			add_time(s, p);
	}
	return 0;
}

static int
merge(void *left, void *right, struct errbuf *err)
{
	struct summary *l = left, *r = right;

	(void)err;
	for (int i = 0; i < DIRECTIONS; i++) {
		l->volume[i].packets += r->volume[i].packets;
		l->volume[i].ip_bytes += r->volume[i].ip_bytes;
		l->volume[i].frame_bytes += r->volume[i].frame_bytes;
	}
	for (int i = 0; i < PACKET_STATUSES; i++)
		l->status[i] += r->status[i];
	for (int i = 0; i < 8; i++)
		l->versions[i] += r->versions[i];
	for (int i = 0; i < 2 * 256; i++)
		l->protocols[i / 256][i % 256] +=
		    r->protocols[i / 256][i % 256];
	l->cap_bytes += r->cap_bytes;
	l->local += r->local;
	l->transit += r->transit;
	l->no_time += r->no_time;
	l->out_of_range += r->out_of_range;
	l->odd_time += r->odd_time;
	l->len_zero += r->len_zero;
	if (r->earliest_ns < l->earliest_ns)
		l->earliest_ns = r->earliest_ns;
	if (r->latest_ns > l->latest_ns)
		l->latest_ns = r->latest_ns;
	for (int i = 0; i < GAP_CLASSES; i++)
		gaps_merge(&l->gaps[i], &r->gaps[i]);
	return 0;
}

/* Every cell undefined. */
static void
row_clear(struct summary_row *row)
{
	*row = (struct summary_row){ 0 };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		char *cell = (char *)row + columns[i].offset;

		switch (columns[i].type) {
		case COLUMN_U64:
			*(uint64_t *)(void *)cell = TABLE_NO_U64;
			break;
		case COLUMN_I64:
			*(int64_t *)(void *)cell = TABLE_NO_I64;
			break;
		case COLUMN_SECONDS:
			*(int128 *)(void *)cell = TABLE_NO_PS;
			break;
		default:
			break;
		}
	}
}

static void
row_volumes(struct summary_row *row, const struct summary *s)
{
	const struct volume *v = s->volume;

	row->packets_in = v[DIRECTION_IN].packets;
	row->packets_out = v[DIRECTION_OUT].packets;
	row->packets_other = v[DIRECTION_OTHER].packets;
	row->packets_skipped = v[DIRECTION_SKIPPED].packets;
	row->packets_total = row->packets_in + row->packets_out +
	    row->packets_other + row->packets_skipped + row->packets_filtered;
	row->packets_local = s->local;
	row->packets_transit = s->transit;
	row->bytes_in = v[DIRECTION_IN].ip_bytes;
	row->bytes_out = v[DIRECTION_OUT].ip_bytes;
	row->frame_bytes_in = v[DIRECTION_IN].frame_bytes;
	row->frame_bytes_out = v[DIRECTION_OUT].frame_bytes;
	row->frame_bytes_total = 0;
	for (int i = 0; i < DIRECTIONS; i++)
		row->frame_bytes_total += v[i].frame_bytes;
	row->cap_bytes_total = s->cap_bytes;
}

static void
row_protocols(struct summary_row *row, const struct summary *s)
{
	const uint64_t *ip4 = s->protocols[0], *ip6 = s->protocols[1];

	row->packets_ipv4 = s->versions[4];
	row->packets_ipv6 = s->versions[6];
	row->packets_tcp = ip4[PROTOCOL_TCP] + ip6[PROTOCOL_TCP];
	row->packets_udp = ip4[PROTOCOL_UDP] + ip6[PROTOCOL_UDP];
	row->packets_icmp = ip4[PROTOCOL_ICMP] + ip6[PROTOCOL_ICMPV6];
	row->packets_truncated = s->status[PACKET_TRUNCATED];
	row->packets_malformed = s->status[PACKET_MALFORMED];
	row->packets_unsupported = s->status[PACKET_UNSUPPORTED];
	row->tso_len_zero = s->len_zero;
	row->ipv4_tcp = ip4[PROTOCOL_TCP];
	row->ipv4_udp = ip4[PROTOCOL_UDP];
	row->ipv4_icmp = ip4[PROTOCOL_ICMP];
	row->ipv4_other = row->packets_ipv4 - row->ipv4_tcp - row->ipv4_udp -
	    row->ipv4_icmp;
}

static int
row_times(struct summary_row *row, struct summary *s, struct errbuf *err)
{
	struct gaps_summary in, out, all;
	int status = 0;

	status |= gaps_summarize(&s->gaps[GAPS_IN], &in, err);
	status |= gaps_summarize(&s->gaps[GAPS_OUT], &out, err);
	status |= gaps_summarize(&s->gaps[GAPS_ALL], &all, err);
	row->time_in_mean = in.mean;
	row->time_in_median = in.median;
	row->time_in_std = in.std_pop;
	row->time_in_std_sample = in.std_sample;
	row->time_in_min = in.min;
	row->time_in_max = in.max;
	row->time_in_p90 = in.p90;
	row->time_in_p99 = in.p99;
	row->time_out_mean = out.mean;
	row->time_out_median = out.median;
	row->time_out_std = out.std_pop;
	row->time_out_std_sample = out.std_sample;
	row->time_out_min = out.min;
	row->time_out_max = out.max;
	row->time_out_p90 = out.p90;
	row->time_out_p99 = out.p99;
	row->time_all_mean = all.mean;
	row->time_all_median = all.median;
	row->time_all_std = all.std_pop;
	row->time_all_std_sample = all.std_sample;
	row->backward_steps = all.backward_steps;
	row->no_time = s->no_time;
	row->time_out_of_range = s->out_of_range;
	row->time_odd = s->odd_time;
	if (s->gaps[GAPS_ALL].packets > 0) {
		row->first_time_ns = s->gaps[GAPS_ALL].first_ns;
		row->last_time_ns = s->gaps[GAPS_ALL].last_ns;
		row->duration_s = ((int128)s->latest_ns - s->earliest_ns) *
		    1000;
	}
	return status;
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *writer, struct errbuf *err)
{
	struct summary_row row;
	int status = 0;

	row_clear(&row);
	row.file = input->name;
	row.format = input->format;
	row.link_types = input->link_types;
	row.status = input->status;
	if (input->format != NULL) {
		row.packets_filtered = input->filtered;
		row_volumes(&row, state);
		row_protocols(&row, state);
		status = row_times(&row, state, err);
	}
	/* The row is written even where quantiles were lost. */
	return writer->row(writer, &row, status == 0 ? err :
	    &(struct errbuf){ "" }) == -1 ? -1 : status;
}

const struct analysis analysis_summary = {
	.table = &summary_table,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
