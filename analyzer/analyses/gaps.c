#include "analyzer/analyses/gaps.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/stats/gap_ranges.h"
#include "analyzer/stats/wide.h"
#include "base/memory.h"

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct gaps_row, field), unit, meaning, NULL }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("direction", COLUMN_TEXT, direction, "", "whose packets the gaps are between: in, out or all"),
	COLUMN("gap_low_ns", COLUMN_I64, gap_low_ns, "ns", "shortest gap of the range; of all steps back, which are one range, the lowest that occurs; empty: beyond 292 years"),
	COLUMN("gap_high_ns", COLUMN_I64, gap_high_ns, "ns", "longest gap of the range, which belongs to it; -1: steps back; empty: beyond 292 years"),
	COLUMN("gaps", COLUMN_U64, gaps, "", "gaps in this range"),
	COLUMN("gaps_up_to", COLUMN_U64, gaps_up_to, "", "gaps in this range and in all before it"),
	COLUMN("share_up_to", COLUMN_DECIMAL, share_up_to, "", "gaps_up_to as a part of all gaps of the direction, 0 to 1"),
};

static const struct table gaps_table = {
	.name = "gaps",
	.row_is = "a range of inter-arrival times of a direction",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.text_columns =
	    "direction,gap_low_ns,gap_high_ns,gaps,gaps_up_to,share_up_to",
	.row_bytes = sizeof(struct gaps_row),
};

/* The first two are enum packet_direction. */
enum { CLASS_IN, CLASS_OUT, CLASS_ALL, CLASSES };

_Static_assert((int)CLASS_IN == (int)DIRECTION_IN &&
    (int)CLASS_OUT == (int)DIRECTION_OUT, "a direction is an index");

static const char *const class_names[CLASSES] = {
	[CLASS_IN] = "in",
	[CLASS_OUT] = "out",
	[CLASS_ALL] = "all",
};

struct state {
	struct gap_ranges classes[CLASSES];
};

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct state *s = memory_array(1, sizeof(*s));

	(void)settings;
	(void)wanted;
	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	for (int i = 0; i < CLASSES; i++)
		gap_ranges_init(&s->classes[i]);
	return s;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	(void)name;
	(void)writers;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		const struct frame *f = p->frame;

		if (f->flags & FRAME_UNTIMED)
			continue;
		gap_ranges_add(&s->classes[CLASS_ALL], f->ts_ns);
		if (p->direction <= DIRECTION_OUT)
			gap_ranges_add(&s->classes[p->direction], f->ts_ns);
	}
	return 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	(void)writers;
	(void)err;
	for (int i = 0; i < CLASSES; i++)
		gap_ranges_merge(&l->classes[i], &r->classes[i]);
	return 0;
}

/* Adds to what is up to there, and writes. */
static int
write_row(struct gaps_row *row, uint64_t gaps, uint64_t total,
    struct table_writer *writer, struct errbuf *err)
{
	row->gaps = gaps;
	row->gaps_up_to += gaps;
	row->share_up_to = wide_ratio(row->gaps_up_to, total);
	return writer->row(writer, row, err);
}

static int
write_backward(struct gaps_row *row, const struct gap_ranges *ranges,
    struct table_writer *writer, struct errbuf *err)
{
	if (ranges->backward == 0)
		return 0;
	row->gap_low_ns = ranges->backward_ns > INT64_MAX ? TABLE_NO_I64 :
	    -(int64_t)ranges->backward_ns;
	row->gap_high_ns = -1;
	return write_row(row, ranges->backward, gap_ranges_total(ranges),
	    writer, err);
}

/* Ranges end where 2^63 begins; those from there on, which no signed number
 * can say, are one. */
static int
write_forward(struct gaps_row *row, const struct gap_ranges *ranges,
    struct table_writer *writer, struct errbuf *err)
{
	uint64_t total = gap_ranges_total(ranges), beyond = 0;
	struct histogram_bucket bucket;
	size_t at = 0;

	while (histogram_next(&ranges->forward, &at, &bucket)) {
		if (bucket.high > INT64_MAX) {
			beyond += bucket.count;
			continue;
		}
		row->gap_low_ns = (int64_t)bucket.low;
		row->gap_high_ns = (int64_t)bucket.high;
		if (write_row(row, bucket.count, total, writer, err) == -1)
			return -1;
	}
	row->gap_low_ns = row->gap_high_ns = TABLE_NO_I64;
	return beyond == 0 ? 0 : write_row(row, beyond, total, writer, err);
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	for (int i = 0; i < CLASSES; i++) {
		struct gaps_row row = { .file = input->name,
		    .direction = class_names[i] };

		if (write_backward(&row, &s->classes[i], writers[0],
		    err) == -1 || write_forward(&row, &s->classes[i],
		    writers[0], err) == -1)
			return -1;
	}
	return 0;
}

static const struct table *const tables[] = { &gaps_table };

const struct analysis analysis_gaps = {
	.tables = tables,
	.table_count = 1,
	.state_new = state_new,
	.state_free = free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
