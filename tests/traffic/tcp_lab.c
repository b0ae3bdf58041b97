#include "tests/traffic/tcp_lab.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/unit/quick_check.h"

enum { HAPPENINGS_MAX = 3000000, BLOCK = 4096 };

static uint8_t
byte_of(unsigned end, uint64_t i)
{
	return (uint8_t)((i + 1) * (end == 0 ? 31 : 37) + (i >> 8) * 7);
}

/* Without its payload. */
static struct lab_segment *
add(struct lab_list *list, const struct lab_segment *segment)
{
	struct lab_segment *s;

	list->items = memory_grow(list->items, &list->room, list->count + 1,
	    sizeof(*list->items));
	ck_assert_ptr_nonnull(list->items);
	s = &list->items[list->count++];
	*s = *segment;
	s->segment.payload = NULL;
	return s;
}

static void
add_whole(struct lab_list *list, const struct lab_segment *segment)
{
	struct lab_segment *s = add(list, segment);

	s->payload = malloc(segment->segment.len + 1);
	ck_assert_ptr_nonnull(s->payload);
	if (segment->segment.len > 0)
		memcpy(s->payload, segment->segment.payload,
		    segment->segment.len);
	s->segment.payload = s->payload;
}

static bool
chance_of(struct lab *lab, uint32_t ppm)
{
	return ppm > 0 && random_below(&lab->random, 1000000) < ppm;
}

static void
put_on_channel(struct lab *lab, struct lab_segment *s)
{
	s->at_ns = lab->now_ns + lab->latency_ns;
	if (lab->jitter_ns > 0 && chance_of(lab, lab->reorder_ppm))
		s->at_ns += (int64_t)random_below(&lab->random,
		    (uint64_t)lab->jitter_ns);
	add_whole(&lab->channel, s);
}

static void
on_output(void *owner, const struct tcp_segment *segment)
{
	struct lab_end *end = owner;
	struct lab *lab = end->lab;
	struct lab_segment s = { .at_ns = lab->now_ns, .number = lab->sent++,
	    .to = end == &lab->ends[0], .segment = *segment };

	ck_assert(!end->ended);
	ck_assert_uint_le(tcp_option_bytes(segment), 40);
	ck_assert_uint_eq(tcp_option_bytes(segment) % 4, 0);
	(void)add(&end->trace, &s);
	if ((lab->drop != NULL && lab->drop(lab, &s)) ||
	    chance_of(lab, lab->loss_ppm))
		return;
	put_on_channel(lab, &s);
	if (chance_of(lab, lab->duplicate_ppm))
		put_on_channel(lab, &s);
}

static void
on_timer(void *owner, int64_t at_ns)
{
	((struct lab_end *)owner)->timer_ns = at_ns;
}

static void
on_established(void *owner)
{
	((struct lab_end *)owner)->established = true;
}

static void
on_readable(void *owner)
{
	((struct lab_end *)owner)->readable = true;
}

static void
on_writable(void *owner)
{
	((struct lab_end *)owner)->writable = true;
}

static void
on_ended(void *owner, enum tcp_end why)
{
	struct lab_end *end = owner;

	ck_assert(!end->ended);
	end->ended = true;
	end->why = why;
}

static const struct tcp_calls calls = {
	on_output, on_timer, on_established, on_readable, on_writable,
	on_ended,
};

void
lab_init(struct lab *lab, uint64_t seed, const struct tcp_settings *a,
    const struct tcp_settings *b, uint32_t mss)
{
	memset(lab, 0, sizeof(*lab));
	random_init(&lab->random, seed, "lab", 0);
	lab->latency_ns = 10 * LAB_MS;
	for (unsigned i = 0; i < 2; i++) {
		struct lab_end *end = &lab->ends[i];

		end->lab = lab;
		end->timer_ns = INT64_MAX;
		end->tcp = tcp_new(i == 0 ? a : b, mss, 1000 + 4000 * i,
		    7000 * i, &calls, end);
		ck_assert_ptr_nonnull(end->tcp);
	}
}

static void
free_list(struct lab_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].payload);
	free(list->items);
}

void
lab_reset(struct lab *lab)
{
	for (unsigned i = 0; i < 2; i++) {
		tcp_free(lab->ends[i].tcp);
		free_list(&lab->ends[i].trace);
	}
	free_list(&lab->channel);
}

static void
happened(struct lab *lab, unsigned end)
{
	if (lab->program != NULL)
		lab->program(lab, end);
}

void
lab_input(struct lab *lab, unsigned end, const struct tcp_segment *segment)
{
	tcp_input(lab->ends[end].tcp, segment, lab->now_ns);
	happened(lab, end);
}

static void
deliver(struct lab *lab, size_t i)
{
	struct lab_segment s = lab->channel.items[i];

	lab->channel.items[i] =
	    lab->channel.items[--lab->channel.count];
	lab->now_ns = s.at_ns;
	lab_input(lab, s.to, &s.segment);
	free(s.payload);
}

static void
tick(struct lab *lab, unsigned end)
{
	struct lab_end *e = &lab->ends[end];

	lab->now_ns = e->timer_ns;
	e->timer_ns = INT64_MAX;
	e->ticks++;
	tcp_tick(e->tcp, lab->now_ns);
	happened(lab, end);
}

/* The number in the channel of what arrives first; at one time, what was sent
 * first. */
static size_t
first_arrival(const struct lab *lab)
{
	size_t best = 0;

	for (size_t i = 1; i < lab->channel.count; i++) {
		const struct lab_segment *s = &lab->channel.items[i];
		const struct lab_segment *b = &lab->channel.items[best];

		if (s->at_ns < b->at_ns ||
		    (s->at_ns == b->at_ns && s->number < b->number))
			best = i;
	}
	return best;
}

/* False: nothing happens by then. */
static bool
step(struct lab *lab, int64_t end_ns)
{
	unsigned timer = lab->ends[1].timer_ns < lab->ends[0].timer_ns;
	int64_t timer_ns = lab->ends[timer].timer_ns;
	size_t i = first_arrival(lab);
	int64_t arrival_ns = lab->channel.count == 0 ? INT64_MAX :
	    lab->channel.items[i].at_ns;
	int64_t next_ns = arrival_ns < timer_ns ? arrival_ns : timer_ns;

	if (next_ns == INT64_MAX || next_ns > end_ns)
		return false;
	ck_assert_int_ge(next_ns, lab->now_ns);
	if (arrival_ns <= timer_ns)
		deliver(lab, i);
	else
		tick(lab, timer);
	return true;
}

void
lab_run(struct lab *lab, int64_t end_ns)
{
	unsigned happenings = 0;

	while (step(lab, end_ns))
		ck_assert_uint_lt(happenings++, HAPPENINGS_MAX);
	if (end_ns != INT64_MAX)
		lab->now_ns = end_ns;
}

void
lab_connect(struct lab *lab)
{
	tcp_listen(lab->ends[1].tcp, lab->now_ns);
	tcp_connect(lab->ends[0].tcp, lab->now_ns);
	while (!lab->ends[0].established || !lab->ends[1].established)
		ck_assert(step(lab, 60 * LAB_S));
}

void
lab_write(struct lab *lab, unsigned end, size_t len)
{
	struct lab_end *e = &lab->ends[end];

	uint8_t *bytes = malloc(len + 1);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_of(end, e->written++);
	ck_assert_int_eq(tcp_write(e->tcp, bytes, len, lab->now_ns), 0);
	free(bytes);
}

void
lab_read(struct lab *lab, unsigned end, size_t most)
{
	struct lab_end *e = &lab->ends[end];
	uint8_t block[BLOCK];

	while (most > 0) {
		size_t n = tcp_read(e->tcp, block, most < BLOCK ? most :
		    BLOCK, lab->now_ns);

		if (n == 0)
			break;
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(block[i],
			    byte_of(!end, e->read + i));
		e->read += n;
		most -= n;
	}
	e->at_end = tcp_is_at_end(e->tcp);
}

void
lab_shutdown(struct lab *lab, unsigned end)
{
	tcp_shutdown(lab->ends[end].tcp, lab->now_ns);
}

const struct tcp_segment *
lab_last(const struct lab *lab, unsigned end)
{
	const struct lab_list *trace = &lab->ends[end].trace;

	ck_assert_uint_gt(trace->count, 0);
	return &trace->items[trace->count - 1].segment;
}
