/*
 * What the tests of flows share: a capture of some frames, decoded, put
 * through the tracker; and the cells of a row as text.
 *
 * Times are nanoseconds after small_capture_start().
 */
#ifndef TESTS_UNIT_SMALL_CAPTURE_H
#define TESTS_UNIT_SMALL_CAPTURE_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "analyzer/report/rows.h"
#include "analyzer/tracker/tracker.h"
#include "base/table.h"
#include "tests/tools/frames.h"

#define SMALL_CAPTURE_START_NS	INT64_C(1700000000123456000)
#define MS			INT64_C(1000000)
#define SECOND			INT64_C(1000000000)

enum {
	SMALL_CAPTURE_MAX = 256,
	SMALL_CAPTURE_WINDOW = 4096,
	SMALL_CAPTURE_CELL = 128,
	FLAG_URG = 32, FLAG_ECE = 64, FLAG_CWR = 128,
};

static const struct frames_host alice = {
	{ 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 1, 10 }, 40000,
};
static const struct frames_host bob = {
	{ 2, 0, 0, 0, 0, 2 }, 4, { 10, 0, 0, 3 }, 80,
};
static const struct frames_host alice6 = {
	{ 2, 0, 0, 0, 0, 1 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 40000,
};
static const struct frames_host bob6 = {
	{ 2, 0, 0, 0, 0, 2 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 80,
};

struct small_capture {
	struct frames build;
	struct frame frames[SMALL_CAPTURE_MAX];
	struct packet packets[SMALL_CAPTURE_MAX];
	size_t count;
};

static inline struct small_capture *
small_capture_new(void)
{
	struct small_capture *c = calloc(1, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	return c;
}

static inline void
small_capture_free(struct small_capture *c)
{
	for (size_t i = 0; i < c->count; i++)
		free((void *)(uintptr_t)c->frames[i].data);
	free(c);
}

/* The frame in c->build becomes the next record. */
static inline void
small_capture_put(struct small_capture *c, int64_t after_ns)
{
	uint8_t *data = malloc(c->build.len);

	ck_assert_ptr_nonnull(data);
	ck_assert_uint_lt(c->count, SMALL_CAPTURE_MAX);
	memcpy(data, c->build.data, c->build.len);
	c->frames[c->count] = (struct frame){
		.data = data, .ts_ns = SMALL_CAPTURE_START_NS + after_ns,
		.number = c->count + 1, .cap_len = (uint32_t)c->build.len,
		.wire_len = (uint32_t)c->build.len, .link_type = 1,
		.ts_digits = 9,
	};
	decode_frame(&c->frames[c->count], &c->packets[c->count]);
	c->count++;
}

static inline void
small_capture_payload(struct small_capture *c, size_t len)
{
	static const uint8_t zeros[2048];

	ck_assert_uint_le(len, sizeof(zeros));
	frames_payload(&c->build, zeros, len);
	frames_finish(&c->build);
}

static inline void
small_capture_udp(struct small_capture *c, int64_t after_ns,
    const struct frames_host *from, const struct frames_host *to, size_t len)
{
	frames_begin(&c->build);
	frames_ethernet(&c->build, from, to);
	frames_ip(&c->build, from, to, 64, (uint16_t)c->count);
	frames_udp(&c->build, from, to);
	small_capture_payload(c, len);
	small_capture_put(c, after_ns);
}

static inline void
small_capture_segment(struct small_capture *c, int64_t after_ns,
    const struct frames_host *from, const struct frames_host *to,
    const struct frames_tcp *tcp, size_t len)
{
	frames_begin(&c->build);
	frames_ethernet(&c->build, from, to);
	frames_ip(&c->build, from, to, 64, (uint16_t)c->count);
	frames_tcp(&c->build, from, to, tcp);
	small_capture_payload(c, len);
	frames_pad(&c->build, FRAMES_MIN_BYTES);
	small_capture_put(c, after_ns);
}

static inline void
small_capture_tcp(struct small_capture *c, int64_t after_ns,
    const struct frames_host *from, const struct frames_host *to,
    unsigned flags, uint32_t seq, uint32_t ack, size_t len)
{
	const struct frames_tcp tcp = { .seq = seq, .ack = ack,
	    .window = SMALL_CAPTURE_WINDOW, .flags = (uint8_t)flags };

	small_capture_segment(c, after_ns, from, to, &tcp, len);
}

/* Gives all flows, in order; returns how many. */
static inline size_t
small_capture_flows(struct small_capture *c, unsigned what,
    void (*take)(void *context, const struct flow *flow), void *context)
{
	const struct tracker_settings settings = { .what = what, .splt = 4 };
	struct errbuf err = { "" };
	struct tracker *tracker = tracker_new(&settings, NULL, NULL, &err);
	const struct flow *flow;
	bool failed = false;
	size_t n = 0;

	ck_assert_ptr_nonnull(tracker);
	ck_assert_int_eq(tracker_add(tracker, "small.pcap", c->packets,
	    c->count, &err), 0);
	ck_assert_int_eq(tracker_end(tracker, &err), 0);
	while ((flow = tracker_next(tracker, &failed, &err)) != NULL) {
		take(context, flow);
		n++;
	}
	ck_assert_msg(!failed, "%s", err.text);
	tracker_free(tracker);
	return n;
}

/* The cell as CSV has it; "" where it is undefined. */
static inline const char *
small_capture_cell(const struct table *table, const void *row,
    const char *name, char room[static SMALL_CAPTURE_CELL])
{
	int index = table_find(table, name);
	const struct column *column;
	struct text_clock clock;

	ck_assert_msg(index != -1, "no column %s", name);
	column = &table->columns[index];
	if (column_is_text(column->type)) {
		const char *text = cell_string(cell_at(row, column->offset));

		return text == NULL ? "" : text;
	}
	text_clock_init(&clock);
	*cell_put(room, column->type, cell_at(row, column->offset), &clock) =
	    '\0';
	return room;
}

#endif
