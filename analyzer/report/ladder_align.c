/*
 * Where views were taken and how their clocks go.
 *
 * A view is at the host that is an end of at least 95 % of its packets.  Where
 * two hosts are, as in a capture of one connection, the times tell: of two
 * views a and b, the least of b - a for packets from X and the least of a - b
 * for packets from Y are two delays, in which the clocks cancel out; their sum
 * is positive where a is nearer to X.  The view nearest to X is at X, the one
 * nearest to Y at Y, those between them on the way.  Views that saw other
 * hosts, too, take part in that order, though they are at neither.  One that
 * nothing else tells of is at the host that sent first.
 *
 * Clocks: as in NTP (RFC 5905, section 8), from the least delays of both
 * directions, which are taken for equal: offset = (forward - backward) / 2.
 * With one direction only the least delay is taken for 0.  Each view is aligned
 * with that one of those aligned already with which it shares most packets.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/ladder_merge.h"
#include "base/memory.h"

enum { HEAVY = 4 };	/* at least 1/5 of the ends: the counters find all */

bool
merge_is_at(const struct merge_view *view, const struct table_ip *ip)
{
	return view->place.has_host && memcmp(&view->place.host, ip,
	    sizeof(*ip)) == 0;
}

int64_t
merge_time(const struct merge_view *view, uint32_t index)
{
	int64_t ts_ns = view->view->packets[index].ts_ns;

	return ts_ns == TABLE_NO_I64 ? TABLE_NO_I64 :
	    ladder_span(view->place.ahead_ns, ts_ns);
}

static int
by_identity(const void *left, const void *right)
{
	const struct merge_key *a = left, *b = right;

	if (a->identity != b->identity)
		return a->identity < b->identity ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static int
make_keys(struct merge_view *v, struct errbuf *err)
{
	size_t n = v->view->count;

	v->keys = memory_array(n + 1, sizeof(*v->keys));
	v->events = memory_array(n + 1, sizeof(*v->events));
	if (v->keys == NULL || v->events == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		v->keys[i] = (struct merge_key){
		    v->view->packets[i].identity, (uint32_t)i };
		v->events[i] = MERGE_NONE;
	}
	qsort(v->keys, n, sizeof(*v->keys), by_identity);
	return 0;
}

/* --- hosts --- */

struct heavy {
	struct table_ip ip;
	uint64_t count;
};

/* Misra and Gries, "Finding repeated elements", 1982. */
static void
count_roughly(struct heavy *heavy, const struct table_ip *ip)
{
	size_t spare = HEAVY;

	for (size_t i = 0; i < HEAVY; i++) {
		if (heavy[i].count == 0) {
			spare = i;
		} else if (memcmp(&heavy[i].ip, ip, sizeof(*ip)) == 0) {
			heavy[i].count++;
			return;
		}
	}
	if (spare < HEAVY) {
		heavy[spare] = (struct heavy){ *ip, 1 };
		return;
	}
	for (size_t i = 0; i < HEAVY; i++)
		heavy[i].count--;
}

static bool
is_end(const struct ladder_packet *p, const struct table_ip *ip)
{
	return memcmp(&p->src, ip, sizeof(*ip)) == 0 ||
	    memcmp(&p->dst, ip, sizeof(*ip)) == 0;
}

static bool
is_of_nearly_all(const struct ladder_view *view, const struct table_ip *ip)
{
	uint64_t ends = 0, packets = 0;

	for (size_t i = 0; i < view->count; i++) {
		packets += view->packets[i].src.version != 0;
		ends += is_end(&view->packets[i], ip);
	}
	return ends * 20 >= packets * 19;
}

/* The hosts that are ends of nearly all packets, the one that sent first in
 * front; at most two.  Returns how many. */
static size_t
find_candidates(const struct ladder_view *view, struct table_ip out[2])
{
	struct heavy heavy[HEAVY] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct ladder_packet *p = &view->packets[i];

		if (p->src.version == 0)
			continue;
		count_roughly(heavy, &p->src);
		if (memcmp(&p->src, &p->dst, sizeof(p->src)) != 0)
			count_roughly(heavy, &p->dst);
	}
	for (size_t i = 0; i < HEAVY && n < 2; i++)
		if (heavy[i].count > 0 &&
		    is_of_nearly_all(view, &heavy[i].ip))
			out[n++] = heavy[i].ip;
	for (size_t i = 0; i < view->count && n == 2; i++) {
		const struct table_ip *src = &view->packets[i].src;

		if (memcmp(src, &out[0], sizeof(*src)) == 0)
			break;
		if (memcmp(src, &out[1], sizeof(*src)) == 0) {
			out[1] = out[0];
			out[0] = *src;
			break;
		}
	}
	return n;
}

/* --- pairs --- */

enum { TO_B = 1, TO_A = -1, UNKNOWN = 0 };

/* Which of a and b does the packet pass first? */
static int
direction(const struct ladder_packet *p, const struct table_ip *at_a,
    const struct table_ip *at_b)
{
	size_t n = sizeof(p->src);

	if ((at_a != NULL && memcmp(&p->src, at_a, n) == 0) ||
	    (at_b != NULL && memcmp(&p->dst, at_b, n) == 0))
		return TO_B;
	if ((at_b != NULL && memcmp(&p->src, at_b, n) == 0) ||
	    (at_a != NULL && memcmp(&p->dst, at_a, n) == 0))
		return TO_A;
	return UNKNOWN;
}

static void
lessen(int64_t *least, bool *has, int64_t value)
{
	if (!*has || value < *least)
		*least = value;
	*has = true;
}

static void
measure_packet(struct merge_pair *pair, const struct ladder_packet *in_a,
    const struct ladder_packet *in_b, int towards)
{
	bool has = pair->matched > 0;

	if (in_a->ts_ns == TABLE_NO_I64 || in_b->ts_ns == TABLE_NO_I64)
		return;
	lessen(&pair->any_ns, &has, ladder_span(in_a->ts_ns, in_b->ts_ns));
	if (towards == TO_B)
		lessen(&pair->forward_ns, &pair->has_forward,
		    ladder_span(in_a->ts_ns, in_b->ts_ns));
	if (towards == TO_A)
		lessen(&pair->backward_ns, &pair->has_backward,
		    ladder_span(in_b->ts_ns, in_a->ts_ns));
	pair->matched++;
}

static size_t
group_end(const struct merge_view *v, size_t begin)
{
	size_t end = begin;

	while (end < v->view->count &&
	    v->keys[end].identity == v->keys[begin].identity)
		end++;
	return end;
}

/* How many of a group tell how long the way was.  All of them, in order, where
 * both views saw equally many.  Else the first of each: whatever was lost or
 * doubled, the packet did not arrive before the first one had left, so that it
 * only makes the way longer than it was; which way has to be known for that. */
static size_t
telling(size_t in_a, size_t in_b, int towards)
{
	if (in_a == in_b)
		return in_a;
	return towards == UNKNOWN ? 0 : 1;
}

/* Packets that both a and b saw. */
static struct merge_pair
measure(const struct merge_view *a, const struct merge_view *b,
    const struct table_ip *at_a, const struct table_ip *at_b)
{
	const struct ladder_packet *in_a = a->view->packets;
	const struct ladder_packet *in_b = b->view->packets;
	struct merge_pair pair = { 0 };
	size_t i = 0, k = 0;

	while (i < a->view->count && k < b->view->count) {
		size_t i_end = group_end(a, i), k_end = group_end(b, k);
		uint64_t left = a->keys[i].identity;
		uint64_t right = b->keys[k].identity;
		int towards = direction(&in_a[a->keys[i].index], at_a, at_b);
		size_t n = left != right ? 0 : telling(i_end - i, k_end - k,
		    towards);

		for (size_t m = 0; m < n; m++)
			measure_packet(&pair, &in_a[a->keys[i + m].index],
			    &in_b[b->keys[k + m].index], towards);
		if (left <= right)
			i = i_end;
		if (right <= left)
			k = k_end;
	}
	return pair;
}

/* --- places --- */

struct candidates {
	size_t n;
	struct table_ip ip[2];	/* X, Y */
};

static bool
is_taken(const struct merge *merge, const struct table_ip *ip)
{
	for (size_t v = 0; v < merge->n; v++)
		if (merge_is_at(&merge->views[v], ip))
			return true;
	return false;
}

static void
place_at(struct merge_view *view, const struct table_ip *ip)
{
	view->place.has_host = true;
	view->place.host = *ip;
}

static bool
same_hosts(const struct candidates *a, const struct candidates *b)
{
	size_t n = sizeof(a->ip[0]);

	return a->n == 2 && b->n == 2 &&
	    ((memcmp(&a->ip[0], &b->ip[0], n) == 0 &&
	    memcmp(&a->ip[1], &b->ip[1], n) == 0) ||
	    (memcmp(&a->ip[0], &b->ip[1], n) == 0 &&
	    memcmp(&a->ip[1], &b->ip[0], n) == 0));
}

static bool
is_nearer(const struct merge_view *a, const struct merge_view *b,
    const struct candidates *c)
{
	struct merge_pair pair = measure(a, b, &c->ip[0], &c->ip[1]);

	return pair.has_forward && pair.has_backward &&
	    (int128)pair.forward_ns + pair.backward_ns > 0;
}

/* Is some view that saw other hosts, too, nearer to X than this one? */
static bool
is_behind_another(const struct merge *merge, const struct candidates *all,
    const struct merge_view *view, const struct candidates *c)
{
	for (size_t v = 0; v < merge->n; v++)
		if (!same_hosts(&all[v], c) &&
		    is_nearer(&merge->views[v], view, c))
			return true;
	return false;
}

/* Places all views that have the candidates c and no place yet. */
static void
place_group(struct merge *merge, const struct candidates *all,
    const struct candidates *c)
{
	const struct candidates back = { 2, { c->ip[1], c->ip[0] } };
	struct merge_view *group[LADDER_VIEWS_MAX];
	size_t n = 0;

	for (size_t v = 0; v < merge->n; v++) {
		struct merge_view *view = &merge->views[v];
		size_t at = n;

		if (!same_hosts(&all[v], c))
			continue;
		for (; at > 0 && is_nearer(view, group[at - 1], c); at--)
			group[at] = group[at - 1];
		group[at] = view;
		n++;
	}
	if (!is_taken(merge, &c->ip[0]) &&
	    !is_behind_another(merge, all, group[0], c))
		place_at(group[0], &c->ip[0]);
	if (!is_taken(merge, &c->ip[1]) && !group[n - 1]->place.has_host &&
	    !is_behind_another(merge, all, group[n - 1], &back))
		place_at(group[n - 1], &c->ip[1]);
}

static void
place_views(struct merge *merge)
{
	struct candidates all[LADDER_VIEWS_MAX];
	bool done[LADDER_VIEWS_MAX] = { false };

	for (size_t v = 0; v < merge->n; v++) {
		all[v].n = find_candidates(merge->views[v].view, all[v].ip);
		if (all[v].n == 1)
			place_at(&merge->views[v], &all[v].ip[0]);
	}
	for (size_t v = 0; v < merge->n; v++) {
		if (all[v].n != 2 || done[v])
			continue;
		place_group(merge, all, &all[v]);
		for (size_t w = v; w < merge->n; w++)
			done[w] |= same_hosts(&all[v], &all[w]);
	}
}

/* --- clocks --- */

static void
align_with(struct merge_view *view, const struct merge_view *other,
    const struct merge_pair *pair)
{
	int64_t ahead_ns = pair->any_ns;

	view->clock_group = other->clock_group;
	view->place.clock = LADDER_CLOCK_ONE_WAY;
	view->place.matched = pair->matched;
	if (pair->has_forward && pair->has_backward) {
		ahead_ns = (int64_t)(((int128)pair->forward_ns -
		    pair->backward_ns) / 2);
		view->place.clock = LADDER_CLOCK_BOTH;
	} else if (pair->has_forward) {
		ahead_ns = pair->forward_ns;
	} else if (pair->has_backward) {
		ahead_ns = -pair->backward_ns;
	}
	/* Aligned with one that itself is not. */
	if (other->place.clock == LADDER_CLOCK_UNKNOWN)
		view->place.clock = LADDER_CLOCK_UNKNOWN;
	if (__builtin_add_overflow(other->place.ahead_ns, ahead_ns,
	    &view->place.ahead_ns) || view->place.ahead_ns == TABLE_NO_I64)
		view->place.ahead_ns = 0;
}

/* The view not yet in order that shares most packets with one that is; *with
 * is that one, or MERGE_NONE where none shares any. */
static size_t
next_view(const struct merge *merge, const bool *in_order, size_t *with)
{
	size_t best = MERGE_NONE;
	uint64_t most = 0;

	*with = MERGE_NONE;
	for (size_t v = 0; v < merge->n; v++) {
		if (in_order[v])
			continue;
		if (best == MERGE_NONE)
			best = v;
		for (size_t p = 0; p < merge->n; p++)
			if (in_order[p] &&
			    merge->pairs[p * merge->n + v].matched > most) {
				most = merge->pairs[p * merge->n + v].matched;
				best = v;
				*with = p;
			}
	}
	return best;
}

static void
align_clocks(struct merge *merge)
{
	bool in_order[LADDER_VIEWS_MAX] = { true };

	merge->order[0] = 0;
	merge->views[0].place.clock = LADDER_CLOCK_REFERENCE;
	for (size_t i = 1; i < merge->n; i++) {
		size_t with, v = next_view(merge, in_order, &with);

		merge->order[i] = v;
		in_order[v] = true;
		if (with != MERGE_NONE) {
			align_with(&merge->views[v], &merge->views[with],
			    &merge->pairs[with * merge->n + v]);
		} else {
			merge->views[v].place.clock = LADDER_CLOCK_UNKNOWN;
			merge->views[v].clock_group = v;
		}
	}
}

static void
find_extent(struct merge_view *v)
{
	v->first_ns = v->last_ns = TABLE_NO_I64;
	for (size_t i = 0; i < v->view->count; i++) {
		int64_t ns = merge_time(v, (uint32_t)i);

		if (ns == TABLE_NO_I64)
			continue;
		if (v->first_ns == TABLE_NO_I64 || ns < v->first_ns)
			v->first_ns = ns;
		if (v->last_ns == TABLE_NO_I64 || ns > v->last_ns)
			v->last_ns = ns;
	}
}

static const struct table_ip *
host_of(const struct merge_view *view)
{
	return view->place.has_host ? &view->place.host : NULL;
}

int
merge_align(struct merge *merge, struct errbuf *err)
{
	size_t n = merge->n;

	for (size_t v = 0; v < n; v++)
		if (make_keys(&merge->views[v], err) == -1)
			return -1;
	merge->pairs = memory_array(n * n, sizeof(*merge->pairs));
	if (merge->pairs == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	place_views(merge);
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			if (a != b)
				merge->pairs[a * n + b] = measure(
				    &merge->views[a], &merge->views[b],
				    host_of(&merge->views[a]),
				    host_of(&merge->views[b]));
	align_clocks(merge);
	for (size_t v = 0; v < n; v++)
		find_extent(&merge->views[v]);
	return 0;
}
