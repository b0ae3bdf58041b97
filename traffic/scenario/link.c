#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

/* Below that, a frame takes minutes. */
#define BANDWIDTH_LEAST	UINT64_C(1000)
#define BANDWIDTH_MOST	UINT64_C(400000000000)
#define LATENCY_MOST_NS	(60 * SECOND_NS)
enum { QUEUE_MOST = 1000000, DROPS_MOST = 100000, LATENCY_US = 50,
    QUEUE_DEFAULT = 1000 };

#define AT(field) offsetof(struct scenario_link, field)

struct scenario_link
link_default(void)
{
	return (struct scenario_link){
		.bandwidth_bps = 1000000000,
		.latency_ns = AMOUNT_OF(LATENCY_US * US_NS, LATENCY_MOST_NS),
		.queue_packets = QUEUE_DEFAULT,
	};
}

/* 10Mbit: powers of 1000, up to three decimals. */
static int
read_bandwidth(struct parser *p, const struct property *row, void *target)
{
	static const struct { const char *unit; uint64_t bps; } units[] = {
		{ "bit", 1 }, { "kbit", 1000 }, { "Mbit", 1000000 },
		{ "Gbit", 1000000000 },
	};
	struct scenario_link *link = target;
	struct word word;
	const char *rest;
	uint64_t milli, bps;

	(void)row;
	if (parser_word(p, "a bandwidth", &word) == -1)
		return -1;
	if (strcmp(word.text, "unlimited") == 0) {
		link->bandwidth_bps = 0;
		return 0;
	}
	if (!decimal_read(word.text, 3, UINT32_MAX * UINT64_C(1000), &milli,
	    &rest))
		rest = "";
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(rest, units[i].unit) != 0)
			continue;
		bps = milli * units[i].bps / 1000;
		if (bps < BANDWIDTH_LEAST || bps > BANDWIDTH_MOST)
			return parser_fault(p, word.at,
			    "%s is not between 1kbit and 400Gbit", word.text);
		link->bandwidth_bps = bps;
		return 0;
	}
	return parser_fault(p, word.at, "`%s` is not a bandwidth like 10Mbit "
	    "(bit, kbit, Mbit, Gbit), or `unlimited`", word.text);
}

/* Somebody who knows other tools writes 10 and means milliseconds.  `at` is
 * where what was read begins. */
static void
look_for_unit(struct parser *p, const char *at, int64_t ns)
{
	char text[96];

	while (at < p->line.at && (*at == ' ' || *at == '\t'))
		at++;
	if (ns < SECOND_NS || p->line.at == at || p->line.at[-1] < '0' ||
	    p->line.at[-1] > '9')
		return;
	snprintf(text, sizeof(text), "without a unit these are seconds: "
	    "%" PRId64 "ms is a thousandth of it", ns / SECOND_NS);
	parser_hint(p, parser_place(p, at), text);
}

static int
read_latency(struct parser *p, const struct property *row, void *target)
{
	struct scenario_link *link = target;
	const char *at = p->line.at;

	if (read_amount_time(p, row, target) == -1)
		return -1;
	/* The last number of this one is its shape. */
	if (link->latency_ns.kind != AMOUNT_PARETO)
		look_for_unit(p, at, link->latency_ns.a);
	return 0;
}

static int
read_jitter(struct parser *p, const struct property *row, void *target)
{
	struct scenario_link *link = target;
	const char *at = p->line.at;

	if (read_time(p, row, target) == -1)
		return -1;
	look_for_unit(p, at, link->jitter_ns);
	return 0;
}

static int
read_reorder(struct parser *p, const struct property *row, void *target)
{
	struct scenario_link *link = target;
	uint64_t ns;

	(void)row;
	if (percent_read(p, &link->reorder_ppm) == -1 ||
	    parser_expect(p, "by") == -1 ||
	    value_read(p, UNIT_TIME, 1, LATENCY_MOST_NS, &ns) == -1)
		return -1;
	link->reorder_ns = (int64_t)ns;
	return 0;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return (left > right) - (left < right);
}

static int
add_drop(struct parser *p, struct scenario_link *link, const char *at,
    uint64_t number)
{
	uint64_t *drop;

	if (number == 0 || number > SCENARIO_COUNT_MAX)
		return parser_fault(p, at, "packets are counted from 1 to %d",
		    SCENARIO_COUNT_MAX);
	if (link->drop_count == DROPS_MOST)
		return parser_fault(p, at, "more than %d", DROPS_MOST);
	drop = parser_add(&link->drops, &link->drop_count);
	if (drop == NULL)
		return parser_no_memory(p);
	*drop = number;
	return 0;
}

/* "3,5,9": the list may be longer than a word. */
static int
read_drops(struct parser *p, struct scenario_link *link)
{
	struct script_line *r = &p->line;

	for (;; r->at++) {
		const char *begin = r->at;
		uint64_t number = 0;

		while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
			if (number <= SCENARIO_COUNT_MAX)
				number = number * 10 +
				    (uint64_t)(*r->at - '0');
			r->at++;
		}
		if (r->at == begin)
			return parser_fault(p, begin, "a number is missing");
		if (add_drop(p, link, begin, number) == -1)
			return -1;
		if (r->at == r->end || *r->at != ',')
			return 0;
	}
}

static int
read_drop(struct parser *p, const struct property *row, void *target)
{
	struct scenario_link *link = target;
	const char *begin;

	(void)row;
	/* A list that is given anew replaces the one before. */
	free(link->drops);
	link->drops = NULL;
	link->drop_count = 0;
	script_line_skip_blanks(&p->line);
	begin = p->line.at;
	if (read_drops(p, link) == -1)
		return -1;
	qsort(link->drops, link->drop_count, sizeof(*link->drops),
	    compare_numbers);
	for (size_t i = 1; i < link->drop_count; i++)
		if (link->drops[i] == link->drops[i - 1])
			return parser_fault(p, begin, "%" PRIu64
			    " is there twice", link->drops[i]);
	return 0;
}

static const struct property rows[] = {
	{ "bandwidth", read_bandwidth },
	{ "latency", read_latency, AT(latency_ns), 0, LATENCY_MOST_NS },
	{ "jitter", read_jitter, AT(jitter_ns), 0, LATENCY_MOST_NS },
	{ "loss", read_percent, AT(loss_ppm) },
	{ "duplicate", read_percent, AT(duplicate_ppm) },
	{ "reorder", read_reorder },
	{ "queue", read_u32, AT(queue_packets), 1, QUEUE_MOST },
	{ "drop", read_drop },
};

static const struct property_table table = PROPERTY_TABLE("link", rows);

static int
read_direction(struct parser *p, struct scenario_link *link)
{
	const struct property_reader reader = { .table = &table,
	    .target = link };
	uint64_t seen = 0;

	return property_read_words(p, &reader, &seen);
}

/* Without a direction the same words are read for both. */
int
link_read(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;
	const char *words;

	(void)row;
	if (parser_accept(p, "up"))
		return read_direction(p, &h->up);
	if (parser_accept(p, "down"))
		return read_direction(p, &h->down);
	words = p->line.at;
	if (read_direction(p, &h->up) == -1)
		return -1;
	p->line.at = words;
	return read_direction(p, &h->down);
}
