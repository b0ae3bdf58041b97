#include "analyzer/analyses/summary_counts.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17,
    PROTOCOL_ICMPV6 = 58 };

/* What the outermost IP carries, as far as the table tells it apart. */
enum carried { CARRIED_OTHER, CARRIED_TCP, CARRIED_UDP, CARRIED_ICMP,
    CARRIED_ICMPV6 };

static const uint8_t carried_by_protocol[256] = {
	[PROTOCOL_ICMP] = CARRIED_ICMP,
	[PROTOCOL_TCP] = CARRIED_TCP,
	[PROTOCOL_UDP] = CARRIED_UDP,
	[PROTOCOL_ICMPV6] = CARRIED_ICMPV6,
};

/*
 * Packets are counted by what they are in all respects at once, so that one
 * packet touches one cell; rows are sums over cells.  The index holds, from
 * the top, PACKET_SAME_SIDE (1 bit), direction (2), status (2), half the IP
 * version (2), carried (3).
 */
enum {
	CELL_SAME_SIDE = 1 << 9,
	CELL_DIRECTION = 7,	/* shifts */
	CELL_STATUS = 5,
	CELL_VERSION = 3,
};

enum {
	FRAME_ODDITIES = FRAME_NO_TIME | FRAME_TIME_RANGE | FRAME_TIME_ODD,
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

void
summary_counts_init(struct summary_counts *s)
{
	*s = (struct summary_counts){ .len_zero = 0 };
	for (int i = 0; i < SUMMARY_CLASSES; i++)
		gaps_init(&s->gaps[i]);
}

void
summary_counts_reset(struct summary_counts *s)
{
	for (int i = 0; i < SUMMARY_CLASSES; i++)
		gaps_reset(&s->gaps[i]);
}

/* What few packets have. */
static void
add_oddities(struct summary_counts *s, const struct packet *p)
{
	const struct frame *f = p->frame;

	s->len_zero += (p->flags & PACKET_LEN_ZERO) != 0;
	s->no_time += (f->flags & FRAME_NO_TIME) != 0;
	s->out_of_range += (f->flags & FRAME_TIME_RANGE) != 0;
	s->odd_time += (f->flags & FRAME_TIME_ODD) != 0;
}

/* Directions and protocols are indices, not branches: a branch on a random
 * direction costs more than all of the rest. */
void
summary_counts_add(struct summary_counts *s, const struct packet *packets,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		const struct frame *f = p->frame;
		struct summary_cell *cell = &s->cells[cell_index(p)];

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
		gaps_add(&s->gaps[SUMMARY_ALL], f->ts_ns);
		if (p->direction <= DIRECTION_OUT)
			gaps_add(&s->gaps[p->direction], f->ts_ns);
	}
}

void
summary_counts_merge(struct summary_counts *l, struct summary_counts *r)
{
	for (int i = 0; i < SUMMARY_CELLS; i++) {
		l->cells[i].packets += r->cells[i].packets;
		l->cells[i].ip_bytes += r->cells[i].ip_bytes;
		l->cells[i].frame_bytes += r->cells[i].frame_bytes;
		l->cells[i].cap_bytes += r->cells[i].cap_bytes;
	}
	l->len_zero += r->len_zero;
	l->no_time += r->no_time;
	l->out_of_range += r->out_of_range;
	l->odd_time += r->odd_time;
	for (int i = 0; i < SUMMARY_CLASSES; i++)
		gaps_merge(&l->gaps[i], &r->gaps[i]);
}

/* The sum of all cells with these bits of the index. */
static struct summary_cell
sum(const struct summary_counts *s, unsigned mask, unsigned bits)
{
	struct summary_cell total = { 0 };

	for (unsigned i = 0; i < SUMMARY_CELLS; i++) {
		if ((i & mask) != bits)
			continue;
		total.packets += s->cells[i].packets;
		total.ip_bytes += s->cells[i].ip_bytes;
		total.frame_bytes += s->cells[i].frame_bytes;
		total.cap_bytes += s->cells[i].cap_bytes;
	}
	return total;
}

static struct summary_cell
sum_direction(const struct summary_counts *s, enum packet_direction direction)
{
	return sum(s, 3U << CELL_DIRECTION,
	    (unsigned)direction << CELL_DIRECTION);
}

static uint64_t
count_status(const struct summary_counts *s, enum packet_status status)
{
	return sum(s, 3U << CELL_STATUS,
	    (unsigned)status << CELL_STATUS).packets;
}

static uint64_t
count_same_side(const struct summary_counts *s, enum packet_direction direction)
{
	return sum(s, CELL_SAME_SIDE | 3U << CELL_DIRECTION, CELL_SAME_SIDE |
	    (unsigned)direction << CELL_DIRECTION).packets;
}

static uint64_t
count_version(const struct summary_counts *s, unsigned version)
{
	return sum(s, 3U << CELL_VERSION, version / 2 << CELL_VERSION).packets;
}

static uint64_t
count_carried(const struct summary_counts *s, unsigned version, enum carried carried)
{
	return sum(s, (1U << CELL_STATUS) - 1, version / 2 << CELL_VERSION |
	    (unsigned)carried).packets;
}

static void
row_volumes(struct summary_row *row, const struct summary_counts *s)
{
	struct summary_cell in = sum_direction(s, DIRECTION_IN);
	struct summary_cell out = sum_direction(s, DIRECTION_OUT);
	struct summary_cell all = sum(s, 0, 0);

	row->packets_in = in.packets;
	row->packets_out = out.packets;
	row->packets_other = sum_direction(s, DIRECTION_OTHER).packets;
	row->packets_skipped = sum_direction(s, DIRECTION_SKIPPED).packets;
	row->packets_total = all.packets;
	if (row->packets_filtered != TABLE_NO_U64)
		row->packets_total += row->packets_filtered;
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
row_protocols(struct summary_row *row, const struct summary_counts *s)
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
row_times(struct summary_row *row, struct summary_counts *s, struct errbuf *err)
{
	const struct gaps *times = &s->gaps[SUMMARY_ALL];
	struct gaps_summary in, out, all;
	int status = 0;

	status |= gaps_summarize(&s->gaps[SUMMARY_IN], &in, err);
	status |= gaps_summarize(&s->gaps[SUMMARY_OUT], &out, err);
	status |= gaps_summarize(&s->gaps[SUMMARY_ALL], &all, err);
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

int
summary_counts_row(struct summary_counts *s, struct summary_row *row,
    struct errbuf *err)
{
	row_volumes(row, s);
	row_protocols(row, s);
	return row_times(row, s, err);
}

uint64_t
summary_counts_packets(const struct summary_counts *s)
{
	return sum(s, 0, 0).packets;
}
