#include "analyzer/analyses/sizes.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/analysis.h"
#include "base/memory.h"

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct sizes_row, field), unit, meaning, NULL }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries or, without IP, the innermost protocol known, as in packets; empty: of no known one"),
	COLUMN("frame_len_low", COLUMN_U64, frame_len_low, "bytes", "shortest original frame length of the range"),
	COLUMN("frame_len_high", COLUMN_U64, frame_len_high, "bytes", "longest original frame length of the range, which belongs to it"),
	COLUMN("packets", COLUMN_U64, packets, "packets", "packets of such a length: in + out + other + skipped"),
	COLUMN("packets_in", COLUMN_U64, packets_in, "packets", "packets whose outermost IP source is not in a local network"),
	COLUMN("packets_out", COLUMN_U64, packets_out, "packets", "packets whose outermost IP source is in a local network"),
	COLUMN("packets_other", COLUMN_U64, packets_other, "packets", "packets without IP, or of an IP version without a local network"),
	COLUMN("frame_bytes", COLUMN_U64, frame_bytes, "bytes", "original frame lengths of the packets"),
	COLUMN("packets_skipped", COLUMN_U64, packets_skipped, "packets", "packets of a link type without decoder, or cut before the IP source address"),
};

static const struct table sizes_table = {
	.name = "sizes",
	.row_is = "a range of frame lengths of a protocol",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.text_columns = "protocol,frame_len_low,frame_len_high,packets,"
	    "packets_in,packets_out,packets_other,frame_bytes",
	.row_bytes = sizeof(struct sizes_row),
};

enum {
	STEP_SHIFT = 6,
	EVEN_SHIFT = 11,
	EIGHTHS = 8,
	EVEN_RANGES = SIZES_EVEN / SIZES_STEP,
	/* A frame length has 32 bits. */
	RANGES = EVEN_RANGES + (32 - EVEN_SHIFT) * EIGHTHS,
};

_Static_assert(1 << STEP_SHIFT == SIZES_STEP && 1 << EVEN_SHIFT == SIZES_EVEN,
    "shifts are those of the header");

struct range {
	uint64_t packets[DIRECTIONS];
	uint64_t frame_bytes;
};

struct protocol {
	uint64_t packets;	/* once all are counted */
	struct range ranges[RANGES];
};

struct state {
	struct protocol *by[LAYERS];	/* owned; NULL: not met */
};

static void
state_free(void *state)
{
	struct state *s = state;

	if (s == NULL)
		return;
	for (int i = 0; i < LAYERS; i++)
		free(s->by[i]);
	free(s);
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct state *s = memory_array(1, sizeof(*s));

	(void)settings;
	(void)wanted;
	if (s == NULL)
		errbuf_set(err, "out of memory");
	return s;
}

static inline unsigned
range_of(uint32_t len)
{
	unsigned power;

	if (len < SIZES_EVEN)
		return len >> STEP_SHIFT;
	power = 31 - (unsigned)__builtin_clz(len);
	/* The three bits below the highest. */
	return EVEN_RANGES + (power - EVEN_SHIFT) * EIGHTHS +
	    (len >> (power - 3) & (EIGHTHS - 1));
}

static uint64_t
range_low(unsigned range)
{
	if (range < EVEN_RANGES)
		return (uint64_t)range << STEP_SHIFT;
	range -= EVEN_RANGES;
	return (uint64_t)(EIGHTHS + range % EIGHTHS) <<
	    (EVEN_SHIFT - 3 + range / EIGHTHS);
}

/* The protocol's counts; NULL: no memory. */
static struct protocol *
counts_of(struct state *s, enum layer layer, struct errbuf *err)
{
	if (s->by[layer] == NULL) {
		s->by[layer] = memory_array(1, sizeof(*s->by[layer]));
		if (s->by[layer] == NULL)
			errbuf_set(err, "out of memory");
	}
	return s->by[layer];
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	(void)name;
	(void)writers;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		enum layer layer = packet_protocol(p);
		struct protocol *protocol = s->by[layer];
		struct range *range;

		if (protocol == NULL) {
			protocol = counts_of(s, layer, err);
			if (protocol == NULL)
				return -1;
		}
		range = &protocol->ranges[range_of(p->frame->wire_len)];
		range->packets[p->direction]++;
		range->frame_bytes += p->frame->wire_len;
	}
	return 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	(void)writers;
	for (int i = 0; i < LAYERS; i++) {
		const struct protocol *from = r->by[i];
		struct protocol *to;

		if (from == NULL)
			continue;
		to = counts_of(l, (enum layer)i, err);
		if (to == NULL)
			return -1;
		for (int k = 0; k < RANGES; k++) {
			for (int d = 0; d < DIRECTIONS; d++)
				to->ranges[k].packets[d] +=
				    from->ranges[k].packets[d];
			to->ranges[k].frame_bytes +=
			    from->ranges[k].frame_bytes;
		}
	}
	return 0;
}

static uint64_t
count_range(const struct range *range)
{
	uint64_t packets = 0;

	for (int i = 0; i < DIRECTIONS; i++)
		packets += range->packets[i];
	return packets;
}

static int
write_protocol(const struct protocol *protocol, struct sizes_row *row,
    struct table_writer *writer, struct errbuf *err)
{
	for (unsigned i = 0; i < RANGES; i++) {
		const struct range *range = &protocol->ranges[i];

		row->packets = count_range(range);
		if (row->packets == 0)
			continue;
		row->frame_len_low = range_low(i);
		row->frame_len_high = range_low(i + 1) - 1;
		row->packets_in = range->packets[DIRECTION_IN];
		row->packets_out = range->packets[DIRECTION_OUT];
		row->packets_other = range->packets[DIRECTION_OTHER];
		row->packets_skipped = range->packets[DIRECTION_SKIPPED];
		row->frame_bytes = range->frame_bytes;
		if (writer->row(writer, row, err) == -1)
			return -1;
	}
	return 0;
}

/* The protocol with most packets of those that are not written yet; the first
 * of several; LAYERS: none is left. */
static int
next_protocol(const struct state *s, const bool *written)
{
	int found = LAYERS;

	for (int i = 0; i < LAYERS; i++)
		if (s->by[i] != NULL && !written[i] && (found == LAYERS ||
		    s->by[i]->packets > s->by[found]->packets))
			found = i;
	return found;
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;
	bool written[LAYERS] = { false };
	int at;

	for (int i = 0; i < LAYERS; i++)
		for (int k = 0; s->by[i] != NULL && k < RANGES; k++)
			s->by[i]->packets += count_range(&s->by[i]->ranges[k]);
	while ((at = next_protocol(s, written)) != LAYERS) {
		struct sizes_row row = { .file = input->name,
		    .protocol = at == LAYER_NONE ? NULL :
		    layer_name((enum layer)at) };

		written[at] = true;
		if (write_protocol(s->by[at], &row, writers[0], err) == -1)
			return -1;
	}
	return 0;
}

static const struct table *const tables[] = { &sizes_table };

const struct analysis analysis_sizes = {
	.tables = tables,
	.table_count = 1,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
