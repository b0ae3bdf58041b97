/*
 * The whole way, from the bytes of a capture to the rows of its analyses: three
 * parts of it, cut anywhere and merged in either order, give the rows of the
 * whole; and the rows add up.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/summary.h"
#include "analyzer/capture/reader.h"
#include "analyzer/decode/decode.h"
#include "analyzer/engine/direction.h"
#include "base/bytes.h"
#include "base/network.h"
#include "tests/fuzz/frame_check.h"
#include "tests/fuzz/fuzz.h"

enum { BATCH = 16, PARTS = 3, FRAMES_MAX = 1 << 14 };

/* Keeps the cells of rows, one behind the other. */
struct keeper {
	struct table_writer writer;	/* first */
	const struct table *table;
	struct bytes cells;
	uint64_t rows;
	struct summary_row last;	/* of the table summary */
};

static void
keep_cell(struct bytes *to, const struct column *column, const char *cell)
{
	static const size_t sizes[] = {
		[COLUMN_U64] = sizeof(uint64_t),
		[COLUMN_I64] = sizeof(int64_t),
		[COLUMN_SECONDS] = sizeof(int128),
	};
	const struct table_time *time = (const void *)cell;
	const struct table_ip *ip = (const void *)cell;
	const char *text;
	int failed = 0;

	switch (column->type) {
	case COLUMN_TEXT:
		memcpy(&text, cell, sizeof(text));
		failed = bytes_append(to, text == NULL ? "\n" : text,
		    text == NULL ? 1 : strlen(text) + 1);
		break;
	case COLUMN_TIME:
		failed = bytes_append(to, &time->ns, sizeof(time->ns)) |
		    bytes_append(to, &time->digits, sizeof(time->digits));
		break;
	case COLUMN_IP:
		failed = bytes_append(to, &ip->version, sizeof(ip->version)) |
		    bytes_append(to, ip->bytes, ip->version == 0 ? 0 :
		    ip->version == 4 ? 4 : 16);
		break;
	default:
		failed = bytes_append(to, cell, sizes[column->type]);
		break;
	}
	if (failed != 0)
		fuzz_fail("out of memory");
}

static int
keep_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct keeper *k = (struct keeper *)writer;

	(void)err;
	for (size_t i = 0; i < k->table->column_count; i++) {
		const struct column *column = &k->table->columns[i];

		keep_cell(&k->cells, column,
		    (const char *)row + column->offset);
	}
	if (k->table == analysis_summary.tables[0])
		memcpy(&k->last, row, sizeof(k->last));
	k->rows++;
	return 0;
}

/* One analysis, asked of the whole and of its parts. */
struct inquiry {
	const struct analysis *analysis;
	struct table_selection columns;
	void *whole, *parts[PARTS];
	struct keeper whole_rows, merged_rows;
};

static void
inquiry_init(struct inquiry *q, const struct analysis *analysis)
{
	static const struct settings settings;
	const struct table_selection *wanted = &q->columns;
	struct errbuf err;

	memset(q, 0, sizeof(*q));
	q->analysis = analysis;
	table_select_default(analysis->tables[0], NULL, 0, &q->columns);
	q->whole = analysis->state_new(&settings, &wanted, &err);
	for (int i = 0; i < PARTS; i++) {
		q->parts[i] = analysis->state_new(&settings, &wanted, &err);
		FUZZ_CHECK(q->parts[i] != NULL && q->whole != NULL);
	}
	q->whole_rows.writer.row = q->merged_rows.writer.row = keep_row;
	q->whole_rows.table = q->merged_rows.table = analysis->tables[0];
}

static void
inquiry_reset(struct inquiry *q)
{
	q->analysis->state_free(q->whole);
	for (int i = 0; i < PARTS; i++)
		q->analysis->state_free(q->parts[i]);
	bytes_reset(&q->whole_rows.cells);
	bytes_reset(&q->merged_rows.cells);
}

struct run {
	struct inquiry summary, packets;
	struct networks local;
	uint64_t cuts[PARTS];	/* numbers of frames where the parts end */
	uint64_t frames;
	struct direction_counts counts;
};

static void
add(const struct analysis *a, void *state, struct keeper *rows,
    const struct packet *packets, size_t n)
{
	struct table_writer *writers[] = { rows == NULL ? NULL :
	    &rows->writer };
	struct errbuf err = { "" };

	if (a->add(state, "a capture", packets, n,
	    rows == NULL ? NULL : writers, &err) != 0)
		fuzz_fail("%s: %s", a->tables[0]->name, err.text);
}

/* The whole gets the batch; each part gets what lies before its cut. */
static void
inquiry_add(struct inquiry *q, const struct run *run,
    const struct packet *packets, size_t n)
{
	size_t part = 0, from = 0, i;

	add(q->analysis, q->whole, &q->whole_rows, packets, n);
	for (i = 0; i < n; i++) {
		while (run->frames + i >= run->cuts[part]) {
			add(q->analysis, q->parts[part],
			    part == 0 ? &q->merged_rows : NULL,
			    packets + from, i - from);
			part++;
			from = i;
		}
	}
	add(q->analysis, q->parts[part], part == 0 ? &q->merged_rows : NULL,
	    packets + from, n - from);
}

static void
merge(struct inquiry *q, int left, int right)
{
	struct table_writer *writers[] = { &q->merged_rows.writer };
	struct errbuf err = { "" };

	if (q->analysis->merge(q->parts[left], q->parts[right],
	    left == 0 ? writers : NULL, &err) != 0)
		fuzz_fail("%s: %s", q->analysis->tables[0]->name, err.text);
}

/* Left to right, or right to left. */
static void
merge_parts(struct inquiry *q, struct splitmix *chance)
{
	if (splitmix_below(chance, 2) == 0) {
		merge(q, 0, 1);
		merge(q, 0, 2);
	} else {
		merge(q, 1, 2);
		merge(q, 0, 1);
	}
}

static void
inquiry_finish(struct inquiry *q, const struct analysis_input *input,
    struct splitmix *chance)
{
	struct keeper *whole = &q->whole_rows, *merged = &q->merged_rows;
	struct table_writer *whole_writers[] = { &whole->writer };
	struct table_writer *merged_writers[] = { &merged->writer };
	struct errbuf err = { "" };

	merge_parts(q, chance);
	if (q->analysis->finish(q->whole, input, whole_writers, &err) != 0 ||
	    q->analysis->finish(q->parts[0], input, merged_writers, &err) != 0)
		fuzz_fail("%s: %s", q->analysis->tables[0]->name, err.text);
	FUZZ_CHECK(whole->rows == merged->rows);
	FUZZ_CHECK(whole->cells.len == merged->cells.len);
	if (whole->cells.len > 0)
		FUZZ_CHECK(memcmp(whole->cells.data, merged->cells.data,
		    whole->cells.len) == 0);
}

static void
check_times(int128 min, int128 median, int128 p90, int128 p99, int128 max,
    int128 mean)
{
	bool defined = min != TABLE_NO_PS;

	FUZZ_CHECK(defined == (median != TABLE_NO_PS));
	FUZZ_CHECK(defined == (p90 != TABLE_NO_PS));
	FUZZ_CHECK(defined == (p99 != TABLE_NO_PS));
	FUZZ_CHECK(defined == (max != TABLE_NO_PS));
	FUZZ_CHECK(defined == (mean != TABLE_NO_PS));
	if (defined)
		FUZZ_CHECK(min <= median && median <= p90 && p90 <= p99 &&
		    p99 <= max && min <= mean && mean <= max);
}

/* The accounting identity, and whatever else must add up. */
static void
check_summary(const struct summary_row *row, const struct run *run)
{
	const struct direction_counts *c = &run->counts;

	FUZZ_CHECK(row->packets_total == run->frames + row->packets_filtered);
	FUZZ_CHECK(row->packets_total == row->packets_in + row->packets_out +
	    row->packets_other + row->packets_skipped + row->packets_filtered);
	FUZZ_CHECK(row->packets_in == c->in && row->packets_out == c->out &&
	    row->packets_other == c->other &&
	    row->packets_skipped == c->skipped);
	FUZZ_CHECK(row->packets_local <= row->packets_out &&
	    row->packets_transit <= row->packets_in);
	FUZZ_CHECK(row->packets_ipv4 + row->packets_ipv6 +
	    row->packets_skipped <= run->frames);
	FUZZ_CHECK(row->packets_tcp + row->packets_udp + row->packets_icmp <=
	    row->packets_ipv4 + row->packets_ipv6);
	FUZZ_CHECK(row->packets_truncated + row->packets_malformed +
	    row->packets_unsupported <= run->frames);
	FUZZ_CHECK(row->frame_bytes_in + row->frame_bytes_out <=
	    row->frame_bytes_total);
	FUZZ_CHECK((row->first_time_ns == TABLE_NO_I64) ==
	    (row->no_time + row->time_out_of_range == run->frames));
	FUZZ_CHECK(row->duration_s == TABLE_NO_PS || row->duration_s >= 0);
	check_times(row->time_in_min, row->time_in_median, row->time_in_p90,
	    row->time_in_p99, row->time_in_max, row->time_in_mean);
	check_times(row->time_out_min, row->time_out_median, row->time_out_p90,
	    row->time_out_p99, row->time_out_max, row->time_out_mean);
}

static void
run_batch(struct run *run, const struct frame *frames, size_t n)
{
	struct packet packets[BATCH];

	for (size_t i = 0; i < n; i++)
		frame_check(&frames[i]);
	decode_batch(frames, n, packets);
	direction_set(&run->local, packets, n, &run->counts);
	inquiry_add(&run->summary, run, packets, n);
	inquiry_add(&run->packets, run, packets, n);
	run->frames += n;
}

/* Local networks, and cuts somewhere in what the bytes may hold of frames. */
static void
run_init(struct run *run, size_t len, struct splitmix *chance)
{
	static const char *const networks[] = {
		"192.168.0.0/16", "192.168.0.0/16,2001:db8::/32", "0.0.0.0/0",
		"::/0", "10.0.0.0/8,172.16.0.0/12,192.168.2.1", "fe80::/10",
	};
	uint32_t choices = sizeof(networks) / sizeof(networks[0]);
	uint32_t most = (uint32_t)(len / 64 + 2);
	struct errbuf err;

	memset(run, 0, sizeof(*run));
	if (networks_parse(networks[splitmix_below(chance, choices)],
	    &run->local, &err) != 0)
		fuzz_fail("%s", err.text);
	run->cuts[0] = splitmix_below(chance, most);
	run->cuts[1] = run->cuts[0] + splitmix_below(chance, most);
	run->cuts[2] = UINT64_MAX;
	inquiry_init(&run->summary, &analysis_summary);
	inquiry_init(&run->packets, &analysis_packets);
}

static void
run_reader(struct run *run, struct reader *reader, struct splitmix *chance)
{
	struct analysis_input input = { .name = "a capture", .status = "ok",
	    .link_types = "", .filtered = splitmix_below(chance, 3) };
	struct frame frames[BATCH];
	struct errbuf err;
	size_t n;

	while (run->frames < FRAMES_MAX &&
	    reader_next(reader, frames, BATCH, &n, &err) == READER_OK)
		run_batch(run, frames, n);
	input.format = reader_format(reader);
	inquiry_finish(&run->summary, &input, chance);
	inquiry_finish(&run->packets, &input, chance);
	FUZZ_CHECK(run->summary.whole_rows.rows == 1);
	check_summary(&run->summary.whole_rows.last, run);
	FUZZ_CHECK(run->packets.whole_rows.rows == run->frames);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct splitmix chance = fuzz_chance(data, len);
	struct fuzz_path file;
	struct reader *reader;
	struct errbuf err;
	struct run run;

	fuzz_path_file(&file, data, len);
	reader = reader_open(file.path, NULL, &err);
	if (reader != NULL) {
		run_init(&run, len, &chance);
		run_reader(&run, reader, &chance);
		inquiry_reset(&run.summary);
		inquiry_reset(&run.packets);
	}
	reader_close(reader);
	fuzz_path_close(&file);
	return 0;
}
