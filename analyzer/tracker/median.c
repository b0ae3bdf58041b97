#include "analyzer/tracker/median.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/tally.h"
#include "base/memory.h"

enum { SORT_MAX = 24, ROOM_FIRST = 256 };

/* Few: forward gaps from the front of `values`, magnitudes of backward ones
 * from its end.  Many: in the tallies, the latter as ~magnitude. */
struct median {
	uint64_t count;
	uint64_t *values;
	size_t room, forward, backward;
	struct tally tallies[2];	/* backward, forward */
};

struct median *
median_new(void)
{
	struct median *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	tally_init(&m->tallies[0]);
	tally_init(&m->tallies[1]);
	return m;
}

void
median_drop(struct median *m)
{
	m->forward = m->backward = 0;
	if (m->count > MEDIAN_SELECT_MAX) {
		tally_reset(&m->tallies[0]);
		tally_reset(&m->tallies[1]);
	}
	m->count = 0;
}

void
median_free(struct median *m)
{
	if (m == NULL)
		return;
	median_drop(m);
	free(m->values);
	free(m);
}

int
median_start(struct median *m, uint64_t count, struct errbuf *err)
{
	size_t room = m->room == 0 ? ROOM_FIRST : m->room;

	m->count = count;
	if (count > MEDIAN_SELECT_MAX)
		return 0;
	while (room < count)
		room *= 2;
	if (room > m->room) {
		uint64_t *values = memory_resize(m->values, room,
		    sizeof(*values));

		if (values == NULL) {
			errbuf_set(err, "out of memory for a median");
			return -1;
		}
		m->values = values;
		m->room = room;
	}
	return 0;
}

void
median_add(struct median *m, int128 gap)
{
	uint64_t magnitude = (uint64_t)(gap < 0 ? -gap : gap);

	if (m->count > MEDIAN_SELECT_MAX)
		tally_add(&m->tallies[gap >= 0],
		    gap < 0 ? ~magnitude : magnitude);
	else if (gap >= 0)
		m->values[m->forward++] = magnitude;
	else
		m->values[m->room - ++m->backward] = magnitude;
}

/* Few. */

static void
insertion_sort(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t value = v[i];
		size_t at = i;

		for (; at > 0 && v[at - 1] > value; at--)
			v[at] = v[at - 1];
		v[at] = value;
	}
}

/* Keeps those whose byte is `digit`; returns how many. */
static size_t
keep_digit(uint64_t *v, size_t n, unsigned shift, unsigned digit)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if ((v[i] >> shift & 0xff) == digit) {
			uint64_t other = v[kept];

			v[kept++] = v[i];
			v[i] = other;
		}
	return kept;
}

/* The value of this rank, from 0; changes the order. */
static uint64_t
select_rank(uint64_t *v, size_t n, size_t rank)
{
	for (unsigned shift = 64; n > SORT_MAX && shift > 0;) {
		size_t count[256] = { 0 };
		unsigned digit = 0;

		shift -= 8;
		for (size_t i = 0; i < n; i++)
			count[v[i] >> shift & 0xff]++;
		while (rank >= count[digit])
			rank -= count[digit++];
		n = keep_digit(v, n, shift, digit);
	}
	if (n <= SORT_MAX)
		insertion_sort(v, n);
	return v[rank];
}

static int128
select_gap(struct median *m, size_t rank)
{
	uint64_t *backward = m->values + m->room - m->backward;

	if (rank >= m->backward)
		return select_rank(m->values, m->forward, rank - m->backward);
	return -(int128)select_rank(backward, m->backward,
	    m->backward - 1 - rank);
}

/* Many. */

struct search {
	uint64_t seen, low_rank, high_rank;
	bool backward;
	int128 low, high;
};

static bool
visit(void *context, uint64_t key, uint64_t count)
{
	struct search *s = context;
	int128 gap = s->backward ? -(int128)~key : (int128)key;
	uint64_t before = s->seen;

	s->seen += count;
	if (before <= s->low_rank && s->low_rank < s->seen)
		s->low = gap;
	if (before <= s->high_rank && s->high_rank < s->seen)
		s->high = gap;
	return s->seen <= s->high_rank;
}

static int
search_tallies(struct median *m, struct search *s, struct errbuf *err)
{
	s->backward = true;
	if (tally_each(&m->tallies[0], visit, s, err) != 0)
		return -1;
	s->backward = false;
	if (s->seen <= s->high_rank &&
	    tally_each(&m->tallies[1], visit, s, err) != 0)
		return -1;
	return 0;
}

int
median_finish(struct median *m, int128 *median_ps, struct errbuf *err)
{
	struct search s = {
		.low_rank = (m->count - 1) / 2, .high_rank = m->count / 2,
	};
	int result = 0;

	if (m->count > MEDIAN_SELECT_MAX) {
		result = search_tallies(m, &s, err);
	} else {
		s.low = s.high = select_gap(m, (size_t)s.low_rank);
		if (s.high_rank != s.low_rank)
			s.high = select_gap(m, (size_t)s.high_rank);
	}
	median_drop(m);
	*median_ps = (s.low + s.high) * 500;
	return result;
}
