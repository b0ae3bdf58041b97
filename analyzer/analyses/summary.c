#include "analyzer/analyses/summary.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/summary_counts.h"
#include "base/memory.h"

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
	{ "protocol", COLUMN_TEXT, offsetof(struct summary_row, protocol), "", "all, or the one protocol that the row is about, as in packets; empty: of no known one", "by" },
};

static const struct table summary_table = {
	"summary", "a capture", columns, sizeof(columns) / sizeof(columns[0]),
	"file,format,link_types,status,duration_s,packets_total,packets_in,"
	"packets_out,packets_other,packets_skipped,packets_filtered,bytes_in,"
	"bytes_out,frame_bytes_total,time_in_mean,time_in_median,time_in_std,"
	"time_out_mean,time_out_median,time_out_std,backward_steps",
	.row_bytes = sizeof(struct summary_row),
};

/*
 * The whole capture, and the protocols in it where they are asked for: each has
 * counts of its own, made when it is first met.  LAYER_NONE has the packets of no
 * known protocol.
 */
struct state {
	struct summary_counts all;
	bool by_protocol;
	struct summary_counts *by[LAYERS];
};

static void
state_free(void *state)
{
	struct state *s = state;

	if (s == NULL)
		return;
	summary_counts_reset(&s->all);
	for (int i = 0; i < LAYERS; i++) {
		if (s->by[i] != NULL)
			summary_counts_reset(s->by[i]);
		free(s->by[i]);
	}
	free(s);
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct state *s = memory_array(1, sizeof(*s));

	(void)wanted;
	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	summary_counts_init(&s->all);
	s->by_protocol = settings->by_protocol;
	return s;
}

/* The counts of a protocol; NULL: no memory. */
static struct summary_counts *
counts_of(struct state *s, enum layer protocol, struct errbuf *err)
{
	struct summary_counts *counts = s->by[protocol];

	if (counts != NULL)
		return counts;
	counts = memory_array(1, sizeof(*counts));
	if (counts == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	summary_counts_init(counts);
	s->by[protocol] = counts;
	return counts;
}

/* Packets of one protocol that follow each other at once. */
static int
add_by_protocol(struct state *s, const struct packet *packets, size_t n,
    struct errbuf *err)
{
	for (size_t from = 0, to; from < n; from = to) {
		enum layer protocol = packet_protocol(&packets[from]);
		struct summary_counts *counts = counts_of(s, protocol, err);

		if (counts == NULL)
			return -1;
		for (to = from + 1; to < n &&
		    packet_protocol(&packets[to]) == protocol; to++)
			;
		summary_counts_add(counts, &packets[from], to - from);
	}
	return 0;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	(void)name;
	(void)writers;
	summary_counts_add(&s->all, packets, n);
	return s->by_protocol ? add_by_protocol(s, packets, n, err) : 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	(void)writers;
	summary_counts_merge(&l->all, &r->all);
	for (int i = 0; i < LAYERS; i++) {
		struct summary_counts *counts;

		if (r->by[i] == NULL)
			continue;
		counts = counts_of(l, (enum layer)i, err);
		if (counts == NULL)
			return -1;
		summary_counts_merge(counts, r->by[i]);
	}
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

/* A row of what was counted; NULL: nothing could be. */
static int
write_row(struct summary_counts *counts, const struct analysis_input *input,
    const char *protocol, uint64_t filtered, struct table_writer *writer,
    struct errbuf *err)
{
	struct summary_row row;
	int status = 0;

	row_clear(&row);
	row.file = input->name;
	row.format = input->format;
	row.link_types = input->link_types;
	row.status = input->status;
	row.protocol = protocol;
	if (counts != NULL) {
		row.packets_filtered = filtered;
		status = summary_counts_row(counts, &row, err);
	}
	/* The row is written even where quantiles were lost. */
	return writer->row(writer, &row, status == 0 ? err :
	    &(struct errbuf){ "" }) == -1 ? -1 : status;
}

/* A protocol that was met. */
struct met {
	enum layer layer;
	uint64_t packets;
};

static int
compare_met(const void *a, const void *b)
{
	const struct met *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return (x->layer > y->layer) - (x->layer < y->layer);
}

/* Most packets first; returns how many there are. */
static size_t
sort_met(const struct state *s, struct met met[LAYERS])
{
	size_t n = 0;

	for (int i = 0; i < LAYERS; i++)
		if (s->by[i] != NULL)
			met[n++] = (struct met){ (enum layer)i,
			    summary_counts_packets(s->by[i]) };
	qsort(met, n, sizeof(met[0]), compare_met);
	return n;
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;
	struct met met[LAYERS];
	size_t n = sort_met(s, met);
	int status = write_row(input->format == NULL ? NULL : &s->all, input,
	    "all", input->filtered, writers[0], err);

	/* Of what the filter has left out the protocol is not known. */
	for (size_t i = 0; i < n; i++) {
		enum layer layer = met[i].layer;
		struct errbuf another;

		if (write_row(s->by[layer], input, layer == LAYER_NONE ? NULL :
		    layer_name(layer), TABLE_NO_U64, writers[0],
		    status == 0 ? err : &another) == -1)
			status = -1;
	}
	return status;
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
