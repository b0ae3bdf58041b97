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
	"file,format,link_types,status,duration_s,packets_total,packets_in,"
	"packets_out,packets_other,packets_skipped,packets_filtered,bytes_in,"
	"bytes_out,frame_bytes_total,time_in_mean,time_in_median,time_in_std,"
	"time_out_mean,time_out_median,time_out_std,backward_steps",
};

/* Gaps are kept for these classes. */
enum { GAPS_IN, GAPS_OUT, GAPS_ALL, GAP_CLASSES };

/* What the outermost IP carries, as far as the table tells it apart. */
enum carried { CARRIED_OTHER, CARRIED_TCP, CARRIED_UDP, CARRIED_ICMP,
    CARRIED_ICMPV6 };

static const uint8_t carried_by_protocol[256] = {
	[PROTOCOL_ICMP] = CARRIED_ICMP,
	[PROTOCOL_TCP] = CARRIED_TCP,
	[PROTOCOL_UDP] = CARRIED_UDP,
	[PROTOCOL_ICMPV6] = CARRIED_ICMPV6,
};

enum {
	FRAME_ODDITIES = FRAME_NO_TIME | FRAME_TIME_RANGE | FRAME_TIME_ODD,
};

/*
 * Packets are counted by what they are in all respects at once, so that one
 * packet touches one cell; rows are sums over cells.  The index holds, from
 * the top, PACKET_SAME_SIDE (1 bit), direction (2), status (2), half the IP
 * version (2), carried (3).
 */
enum {
	CELLS = 2 * DIRECTIONS * PACKET_STATUSES * 4 * 8,
	CELL_SAME_SIDE = 1 << 9,
	CELL_DIRECTION = 7,	/* shifts */
	CELL_STATUS = 5,
	CELL_VERSION = 3,
};

struct cell {
	uint64_t packets, ip_bytes, frame_bytes, cap_bytes;
};

struct summary {
	struct cell cells[CELLS];
	uint64_t len_zero, no_time, out_of_range, odd_time;
	struct gaps gaps[GAP_CLASSES];
};

_Static_assert(DIRECTIONS == 4 && PACKET_STATUSES == 4,
    "cell_index() gives two bits to each");

static inline unsigned
cell_index(const struct packet *p)
{
	return (p->flags & PACKET_SAME_SIDE) / PACKET_SAME_SIDE *
	    CELL_SAME_SIDE | (unsigned)p->direction << CELL_DIRECTION |
	    (unsigned)p->status << CELL_STATUS |
	    (p->ip_version & 6U) << (CELL_VERSION - 1) |
	    carried_by_protocol[p->ip_protocol];
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct summary *s = memory_array(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	(void)settings;
	(void)wanted;
	for (int i = 0; i < GAP_CLASSES; i++)
		gaps_init(&s->gaps[i]);
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

/* What few packets have. */
static void
add_oddities(struct summary *s, const struct packet *p)
{
	const struct frame *f = p->frame;

	s->len_zero += (p->flags & PACKET_LEN_ZERO) != 0;
	s->no_time += (f->flags & FRAME_NO_TIME) != 0;
	s->out_of_range += (f->flags & FRAME_TIME_RANGE) != 0;
	s->odd_time += (f->flags & FRAME_TIME_ODD) != 0;
}

/* Directions and protocols are indices, not branches: a branch on a random
 * direction costs more than all of the rest. */
static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct summary *s = state;

	(void)name;
	(void)writers;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		const struct frame *f = p->frame;
		struct cell *cell = &s->cells[cell_index(p)];

		cell->packets++;
		cell->ip_bytes += p->ip_bytes;
		cell->frame_bytes += f->wire_len;
		cell->cap_bytes += f->cap_len;
		if (((f->flags & FRAME_ODDITIES) |
		    (p->flags & PACKET_LEN_ZERO)) != 0) {
			add_oddities(s, p);
			if (f->flags & FRAME_UNTIMED)
				continue;
		}
		gaps_add(&s->gaps[GAPS_ALL], f->ts_ns);
		if (p->direction <= DIRECTION_OUT)
			gaps_add(&s->gaps[p->direction], f->ts_ns);
	}
	return 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct summary *l = left, *r = right;

	(void)writers;
	(void)err;
	for (int i = 0; i < CELLS; i++) {
		l->cells[i].packets += r->cells[i].packets;
		l->cells[i].ip_bytes += r->cells[i].ip_bytes;
		l->cells[i].frame_bytes += r->cells[i].frame_bytes;
		l->cells[i].cap_bytes += r->cells[i].cap_bytes;
	}
	l->len_zero += r->len_zero;
	l->no_time += r->no_time;
	l->out_of_range += r->out_of_range;
	l->odd_time += r->odd_time;
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

/* The sum of all cells with these bits of the index. */
static struct cell
sum(const struct summary *s, unsigned mask, unsigned bits)
{
	struct cell total = { 0 };

	for (unsigned i = 0; i < CELLS; i++) {
		if ((i & mask) != bits)
			continue;
		total.packets += s->cells[i].packets;
		total.ip_bytes += s->cells[i].ip_bytes;
		total.frame_bytes += s->cells[i].frame_bytes;
		total.cap_bytes += s->cells[i].cap_bytes;
	}
	return total;
}

static struct cell
sum_direction(const struct summary *s, enum packet_direction direction)
{
	return sum(s, 3U << CELL_DIRECTION,
	    (unsigned)direction << CELL_DIRECTION);
}

static uint64_t
count_status(const struct summary *s, enum packet_status status)
{
	return sum(s, 3U << CELL_STATUS,
	    (unsigned)status << CELL_STATUS).packets;
}

static uint64_t
count_same_side(const struct summary *s, enum packet_direction direction)
{
	return sum(s, CELL_SAME_SIDE | 3U << CELL_DIRECTION, CELL_SAME_SIDE |
	    (unsigned)direction << CELL_DIRECTION).packets;
}

static uint64_t
count_version(const struct summary *s, unsigned version)
{
	return sum(s, 3U << CELL_VERSION, version / 2 << CELL_VERSION).packets;
}

static uint64_t
count_carried(const struct summary *s, unsigned version, enum carried carried)
{
	return sum(s, (1U << CELL_STATUS) - 1, version / 2 << CELL_VERSION |
	    (unsigned)carried).packets;
}

static void
row_volumes(struct summary_row *row, const struct summary *s)
{
	struct cell in = sum_direction(s, DIRECTION_IN);
	struct cell out = sum_direction(s, DIRECTION_OUT);
	struct cell all = sum(s, 0, 0);

	row->packets_in = in.packets;
	row->packets_out = out.packets;
	row->packets_other = sum_direction(s, DIRECTION_OTHER).packets;
	row->packets_skipped = sum_direction(s, DIRECTION_SKIPPED).packets;
	row->packets_total = all.packets + row->packets_filtered;
	row->packets_local = count_same_side(s, DIRECTION_OUT);
	row->packets_transit = count_same_side(s, DIRECTION_IN);
	row->bytes_in = in.ip_bytes;
	row->bytes_out = out.ip_bytes;
	row->frame_bytes_in = in.frame_bytes;
	row->frame_bytes_out = out.frame_bytes;
	row->frame_bytes_total = all.frame_bytes;
	row->cap_bytes_total = all.cap_bytes;
}

static void
row_protocols(struct summary_row *row, const struct summary *s)
{
	row->packets_ipv4 = count_version(s, 4);
	row->packets_ipv6 = count_version(s, 6);
	row->ipv4_tcp = count_carried(s, 4, CARRIED_TCP);
	row->ipv4_udp = count_carried(s, 4, CARRIED_UDP);
	row->ipv4_icmp = count_carried(s, 4, CARRIED_ICMP);
	row->ipv4_other = row->packets_ipv4 - row->ipv4_tcp - row->ipv4_udp -
	    row->ipv4_icmp;
	row->packets_tcp = row->ipv4_tcp + count_carried(s, 6, CARRIED_TCP);
	row->packets_udp = row->ipv4_udp + count_carried(s, 6, CARRIED_UDP);
	row->packets_icmp = row->ipv4_icmp +
	    count_carried(s, 6, CARRIED_ICMPV6);
	row->packets_truncated = count_status(s, PACKET_TRUNCATED);
	row->packets_malformed = count_status(s, PACKET_MALFORMED);
	row->packets_unsupported = count_status(s, PACKET_UNSUPPORTED);
	row->tso_len_zero = s->len_zero;
}

static int
row_times(struct summary_row *row, struct summary *s, struct errbuf *err)
{
	const struct gaps *times = &s->gaps[GAPS_ALL];
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
	if (times->started) {
		row->first_time_ns = times->first_ns;
		row->last_time_ns = times->last_ns;
		row->duration_s = ((int128)gaps_latest(times) -
		    gaps_earliest(times)) * 1000;
	}
	return status;
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
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
	return writers[0]->row(writers[0], &row, status == 0 ? err :
	    &(struct errbuf){ "" }) == -1 ? -1 : status;
}

static const struct table *const tables[] = { &summary_table };

const struct analysis analysis_summary = {
	.tables = tables,
	.table_count = 1,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
