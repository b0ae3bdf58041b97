#include "analyzer/stats/gaps.h"

#include <string.h>

void
gaps_init(struct gaps *gaps)
{
	memset(gaps, 0, sizeof(*gaps));
	tally_init(&gaps->forward);
	tally_init(&gaps->backward);
	moments_init(&gaps->backward_sums);
}

void
gaps_reset(struct gaps *gaps)
{
	tally_reset(&gaps->forward);
	tally_reset(&gaps->backward);
	gaps_init(gaps);
}

static void
add_backward(struct gaps *gaps, uint64_t magnitude)
{
	tally_add(&gaps->backward, ~magnitude);
	moments_add(&gaps->backward_sums, -(int128)magnitude, 1);
}

/* A trough of the times is the first one or lies behind a step back; a peak is
 * the last one or lies before such a step. */
void
gaps_add_unusual(struct gaps *gaps, int64_t ts_ns)
{
	if (!gaps->started) {
		gaps->started = true;
		gaps->first_ns = gaps->trough_ns = gaps->peak_ns = ts_ns;
		return;
	}
	add_backward(gaps, (uint64_t)gaps->last_ns - (uint64_t)ts_ns);
	if (gaps->last_ns > gaps->peak_ns)
		gaps->peak_ns = gaps->last_ns;
	if (ts_ns < gaps->trough_ns)
		gaps->trough_ns = ts_ns;
}

void
gaps_merge(struct gaps *left, struct gaps *right)
{
	if (!right->started)
		return;
	gaps_add(left, right->first_ns);
	left->last_ns = right->last_ns;
	if (right->peak_ns > left->peak_ns)
		left->peak_ns = right->peak_ns;
	if (right->trough_ns < left->trough_ns)
		left->trough_ns = right->trough_ns;
	tally_merge(&left->forward, &right->forward);
	tally_merge(&left->backward, &right->backward);
	moments_merge(&left->backward_sums, &right->backward_sums);
	gaps_reset(right);
}

/*
 * Type 7: with x[0] to x[n - 1] ascending, the quantile k/100 lies at
 * h = (n - 1) k / 100, between two neighbours where h is no integer.
 */
enum { MEDIAN, P90, P99, QUANTILES };

static const unsigned percents[QUANTILES] = { 50, 90, 99 };

struct quantile {
	uint64_t rank;		/* floor(h) */
	unsigned hundredths;	/* h - rank */
	int128 low, high;	/* x[rank] and its successor */
};

struct search {
	struct quantile quantile[QUANTILES];
	uint64_t seen;		/* gaps up to here */
	uint64_t wanted;	/* smallest rank still to be found */
	bool backward;
};

static void
search_begin(struct search *s, uint64_t gaps)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < QUANTILES; i++) {
		uint128 h = (uint128)(gaps - 1) * percents[i];

		s->quantile[i].rank = (uint64_t)(h / 100);
		s->quantile[i].hundredths = (unsigned)(h % 100);
	}
}

/* Takes `gap` as x[rank] if it is that and not beyond what was wanted. */
static void
look(struct search *s, uint64_t before, uint64_t rank, int128 gap,
    int128 *found)
{
	if (rank >= s->seen)
		s->wanted = rank < s->wanted ? rank : s->wanted;
	else if (rank >= before)
		*found = gap;
}

static bool
visit(void *context, uint64_t key, uint64_t count)
{
	struct search *s = context;
	uint64_t before = s->seen;
	int128 gap = s->backward ? -(int128)~key : (int128)key;

	s->seen += count;
	if (s->seen <= s->wanted)
		return true;
	s->wanted = UINT64_MAX;
	for (int i = 0; i < QUANTILES; i++) {
		struct quantile *q = &s->quantile[i];

		look(s, before, q->rank, gap, &q->low);
		if (q->hundredths != 0)
			look(s, before, q->rank + 1, gap, &q->high);
	}
	return s->wanted != UINT64_MAX;
}

static int128
picoseconds(const struct quantile *q)
{
	/* A hundredth of a nanosecond is 10 ps: nothing is rounded. */
	int128 part = q->hundredths == 0 ? 0 :
	    (q->high - q->low) * (int128)q->hundredths * 10;

	return q->low * 1000 + part;
}

static int
find_quantiles(struct gaps *gaps, struct gaps_summary *out,
    struct errbuf *err)
{
	struct search s;

	search_begin(&s, out->gaps);
	s.backward = true;
	if (tally_each(&gaps->backward, visit, &s, err) != 0)
		return -1;
	s.backward = false;
	if (tally_each(&gaps->forward, visit, &s, err) != 0)
		return -1;
	out->median = picoseconds(&s.quantile[MEDIAN]);
	out->p90 = picoseconds(&s.quantile[P90]);
	out->p99 = picoseconds(&s.quantile[P99]);
	return 0;
}

int
gaps_summarize(struct gaps *gaps, struct gaps_summary *out,
    struct errbuf *err)
{
	struct moments m;

	tally_moments(&gaps->forward, &m);
	moments_merge(&m, &gaps->backward_sums);
	out->gaps = m.count;
	out->backward_steps = gaps->backward_sums.count;
	out->mean = moments_mean(&m, 1000);
	out->std_pop = moments_std_pop(&m, 1000);
	out->std_sample = moments_std_sample(&m, 1000);
	out->min = out->max = TABLE_NO_PS;
	out->median = out->p90 = out->p99 = TABLE_NO_PS;
	if (m.count == 0)
		return 0;
	out->min = m.min * 1000;
	out->max = m.max * 1000;
	return find_quantiles(gaps, out, err);
}
