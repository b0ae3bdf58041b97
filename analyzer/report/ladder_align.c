/*
 * Where views were taken and how their clocks go.
 *
 * A view is at the host that is an end of nearly all of its packets (places.h).
 * Where two hosts are, X and Y, as in a capture of one connection, the times
 * tell: of two views a and b, the least of b - a for packets from X and the
 * least of a - b for packets from Y are two delays, in which the clocks cancel
 * out; their sum is positive where a is nearer to X.  A view that some view is
 * behind, and none before, is at X; the other way round it is at Y; between two
 * others it is on the way.  Views that saw other hosts, too, take part in that
 * order, though they are at neither.  Without any order a view is at X where
 * another is at Y, and else not told.
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
		size_t n = left != right || left == TABLE_NO_U64 ? 0 :
		    telling(i_end - i, k_end - k, towards);

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

/* A view that may be at either of two hosts, and which views are on the way
 * from it to them. */
struct choice {
	size_t n;
	struct table_ip ip[PLACES_CANDIDATES_MAX];	/* X, Y */
	bool before_x, before_y;	/* others are nearer to X, to Y */
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

/* Is a nearer to X than b is?  It is as much as that b is nearer to Y. */
static bool
is_nearer(const struct merge_view *a, const struct merge_view *b,
    const struct choice *c)
{
	struct merge_pair pair = measure(a, b, &c->ip[0], &c->ip[1]);

	return pair.has_forward && pair.has_backward &&
	    (int128)pair.forward_ns + pair.backward_ns > 0;
}

static void
look_around(const struct merge *merge, size_t view, struct choice *c)
{
	for (size_t v = 0; v < merge->n; v++) {
		if (v == view)
			continue;
		c->before_x |= is_nearer(&merge->views[v],
		    &merge->views[view], c);
		c->before_y |= is_nearer(&merge->views[view],
		    &merge->views[v], c);
	}
}

/* At the end that none is before, where some are before the other one; without
 * any order, at the one that is left. */
static bool
choose(const struct merge *merge, struct merge_view *view,
    const struct choice *c)
{
	bool taken_x = is_taken(merge, &c->ip[0]);
	bool taken_y = is_taken(merge, &c->ip[1]);

	if (c->before_x && c->before_y)
		return false;
	if (!taken_x && !c->before_x && (c->before_y || taken_y))
		place_at(view, &c->ip[0]);
	else if (!taken_y && !c->before_y && (c->before_x || taken_x))
		place_at(view, &c->ip[1]);
	return view->place.has_host;
}

static void
place_views(struct merge *merge)
{
	struct choice all[LADDER_VIEWS_MAX] = { 0 };
	bool again = true;

	for (size_t v = 0; v < merge->n; v++) {
		struct merge_view *view = &merge->views[v];
		const struct place_hosts *hosts = &view->view->hosts;

		all[v].n = place_candidates(hosts, all[v].ip);
		if (all[v].n == 1)
			place_at(view, &all[v].ip[0]);
		if (all[v].n == 2)
			look_around(merge, v, &all[v]);
		view->place.on_the_way = all[v].n == 0 ? hosts->packets > 0 :
		    all[v].before_x && all[v].before_y;
	}
	/* A place that is found may leave one for another view. */
	while (again) {
		again = false;
		for (size_t v = 0; v < merge->n; v++)
			if (all[v].n == 2 && !merge->views[v].place.has_host)
				again |= choose(merge, &merge->views[v],
				    &all[v]);
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
