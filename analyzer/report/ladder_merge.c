/*
 * What became of each packet that several views saw, in the order of time.
 *
 * A packet is lost where some view saw it, the view at its destination did not,
 * and that view was taken at the time when the packet should have arrived.  It
 * was not seen leaving where the same holds of the view at its source.  A
 * segment that seems lost, while its bytes arrive in segments that were not
 * seen leaving, was cut or joined on its way: interfaces do that for hosts.
 *
 * Events come in the order of their times; at the same time, in the order of
 * the views that saw both.
 */
#include "analyzer/report/ladder_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* An event, and what has been found out about it. */
struct fate {
	uint32_t sender, receiver;	/* views that saw it there; or NONE */
	int64_t time_ns, arrival_ns;	/* arrival: TABLE_NO_I64 where the
					   receiver has not seen it */
	uint8_t fate;			/* enum ladder_fate */
	bool reordered;
	bool wanted;			/* of the flow that is asked for */
	bool resized;			/* while both sides are looked at */
};

static const struct ladder_packet *
packet_of(const struct merge *merge, size_t event)
{
	for (size_t i = 0; i < merge->n; i++) {
		size_t v = merge->order[i];
		uint32_t at = merge->at[event * merge->n + v];

		if (at != MERGE_NONE)
			return &merge->views[v].view->packets[at];
	}
	return NULL;
}

/* The view at the address that saw the event, or MERGE_NONE. */
static uint32_t
seen_at(const struct merge *merge, size_t event, const struct table_ip *ip)
{
	for (size_t v = 0; v < merge->n; v++)
		if (merge->at[event * merge->n + v] != MERGE_NONE &&
		    merge_is_at(&merge->views[v], ip))
			return (uint32_t)v;
	return MERGE_NONE;
}

static int64_t
time_in(const struct merge *merge, size_t event, size_t view)
{
	return merge_time(&merge->views[view],
	    merge->at[event * merge->n + view]);
}

static int64_t
first_time(const struct merge *merge, size_t event)
{
	int64_t first = TABLE_NO_I64;

	for (size_t v = 0; v < merge->n; v++) {
		int64_t ns;

		if (merge->at[event * merge->n + v] == MERGE_NONE)
			continue;
		ns = time_in(merge, event, v);
		if (first == TABLE_NO_I64 ||
		    (ns != TABLE_NO_I64 && ns < first))
			first = ns;
	}
	return first;
}

/* The least delay from view a to view b; 0 where it is not known. */
static int64_t
least_delay(const struct merge *merge, size_t a, size_t b)
{
	const struct merge_pair *pair = &merge->pairs[a * merge->n + b];
	int64_t delay = ladder_span(ladder_span(
	    merge->views[a].place.ahead_ns, merge->views[b].place.ahead_ns),
	    pair->forward_ns);

	return pair->has_forward && delay > 0 ? delay : 0;
}

/* Was a view taken at that address when a packet that `from` saw at `time_ns`
 * was there?  `sign`: 1 for the destination, -1 for the source. */
static bool
is_covered(const struct merge *merge, const struct table_ip *ip, size_t from,
    int64_t time_ns, int sign)
{
	for (size_t v = 0; v < merge->n; v++) {
		const struct merge_view *view = &merge->views[v];
		int64_t delay = sign > 0 ? least_delay(merge, from, v) :
		    least_delay(merge, v, from);
		int64_t there = ladder_span(-sign * delay, time_ns);

		if (v != from && merge_is_at(view, ip) &&
		    view->clock_group == merge->views[from].clock_group &&
		    view->first_ns != TABLE_NO_I64 &&
		    view->first_ns <= there && there <= view->last_ns)
			return true;
	}
	return false;
}

static size_t
any_view(const struct merge *merge, size_t event)
{
	size_t v = 0;

	while (merge->at[event * merge->n + v] == MERGE_NONE)
		v++;
	return v;
}

static void
find_fate(const struct merge *merge, size_t event, struct fate *f)
{
	const struct ladder_packet *p = packet_of(merge, event);
	size_t from = any_view(merge, event);

	*f = (struct fate){ MERGE_NONE, MERGE_NONE, TABLE_NO_I64,
	    TABLE_NO_I64, LADDER_SEEN, false, false, false };
	f->time_ns = first_time(merge, event);
	if (p->src.version == 0 ||
	    memcmp(&p->src, &p->dst, sizeof(p->src)) == 0)
		return;
	f->sender = seen_at(merge, event, &p->src);
	f->receiver = seen_at(merge, event, &p->dst);
	if (f->sender != MERGE_NONE) {
		f->time_ns = time_in(merge, event, f->sender);
		from = f->sender;
	}
	if (f->receiver != MERGE_NONE)
		f->arrival_ns = time_in(merge, event, f->receiver);
	if (f->time_ns == TABLE_NO_I64)
		return;
	if (f->receiver == MERGE_NONE &&
	    is_covered(merge, &p->dst, from, f->time_ns, 1))
		f->fate = LADDER_LOST;
	else if (f->sender == MERGE_NONE &&
	    is_covered(merge, &p->src, from, f->time_ns, -1))
		f->fate = LADDER_UNSENT;
}

/* --- what can only be seen beside others of the same direction --- */

/* An event for sorting; plain, so that qsort() needs no context. */
struct beside {
	struct table_ip src, dst;
	uint16_t src_port, dst_port;
	uint8_t line;
	uint32_t seq, len;
	int64_t time_ns;
	uint32_t event;
};

static int
by_direction(const struct beside *a, const struct beside *b)
{
	int order = memcmp(&a->src, &b->src, sizeof(a->src));

	if (order == 0)
		order = memcmp(&a->dst, &b->dst, sizeof(a->dst));
	if (order == 0)
		order = (a->src_port > b->src_port) -
		    (a->src_port < b->src_port);
	if (order == 0)
		order = (a->dst_port > b->dst_port) -
		    (a->dst_port < b->dst_port);
	if (order == 0)
		order = a->line - b->line;
	return order;
}

static int
by_direction_and_time(const void *left, const void *right)
{
	const struct beside *a = left, *b = right;
	int order = by_direction(a, b);

	if (order == 0)
		order = (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
	return order != 0 ? order : (a->event > b->event) -
	    (a->event < b->event);
}

static int
by_direction_and_seq(const void *left, const void *right)
{
	const struct beside *a = left, *b = right;
	int order = by_direction(a, b);

	if (order == 0)
		order = (a->seq > b->seq) - (a->seq < b->seq);
	return order != 0 ? order : (a->event > b->event) -
	    (a->event < b->event);
}

static struct beside
beside_of(const struct merge *merge, const struct fate *fates, size_t event)
{
	const struct ladder_packet *p = packet_of(merge, event);

	return (struct beside){ p->src, p->dst, p->src_port, p->dst_port,
	    p->line, p->seq, p->payload_len, fates[event].time_ns, (uint32_t)event };
}

/* RFC 4737, section 3.2: reordered is what arrives when one that left later has
 * arrived already. */
static void
find_reordered(const struct merge *merge, struct fate *fates,
    struct beside *list)
{
	int64_t earliest = INT64_MAX;
	size_t n = 0;

	for (size_t e = 0; e < merge->count; e++)
		if (fates[e].sender != MERGE_NONE &&
		    fates[e].arrival_ns != TABLE_NO_I64)
			list[n++] = beside_of(merge, fates, e);
	qsort(list, n, sizeof(*list), by_direction_and_time);
	for (size_t i = n; i-- > 0; ) {
		struct fate *f = &fates[list[i].event];

		if (i == n - 1 || by_direction(&list[i], &list[i + 1]) != 0)
			earliest = INT64_MAX;
		f->reordered = f->arrival_ns > earliest;
		if (f->arrival_ns < earliest)
			earliest = f->arrival_ns;
	}
}

/* The last one in the list that is of the same direction and does not begin
 * behind `seq`; NULL: none. */
static const struct beside *
find_before(const struct beside *list, size_t n, const struct beside *wanted,
    uint32_t seq)
{
	size_t low = 0, high = n;
	struct beside key = *wanted;

	key.seq = seq;
	key.event = UINT32_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_direction_and_seq(&list[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || by_direction(&list[low - 1], wanted) != 0)
		return NULL;
	return &list[low - 1];
}

static bool
overlap(const struct beside *a, const struct beside *b)
{
	return a->seq < (uint64_t)b->seq + b->len &&
	    b->seq < (uint64_t)a->seq + a->len;
}

/*
 * Of the segments that carry data, those lost and those that came from nowhere
 * whose bytes are the same.  Where sequence numbers wrap around, a segment
 * keeps its first verdict.
 */
static void
find_resized(const struct merge *merge, struct fate *fates,
    struct beside *list, enum ladder_fate one, enum ladder_fate other)
{
	size_t n = 0;

	for (size_t e = 0; e < merge->count; e++) {
		const struct ladder_packet *p = packet_of(merge, e);

		if (fates[e].fate == other && p->has_seq &&
		    p->payload_len > 0)
			list[n++] = beside_of(merge, fates, e);
	}
	qsort(list, n, sizeof(*list), by_direction_and_seq);
	for (size_t e = 0; e < merge->count && n > 0; e++) {
		struct beside wanted;
		const struct beside *found;

		if (fates[e].fate != one)
			continue;
		wanted = beside_of(merge, fates, e);
		if (wanted.len == 0 || wanted.line != LADDER_TCP)
			continue;
		found = find_before(list, n, &wanted,
		    wanted.seq + wanted.len - 1);
		if (found != NULL && overlap(found, &wanted))
			fates[e].resized = true;
	}
}

/* Both sides are looked at before either changes. */
static void
settle_resized(const struct merge *merge, struct fate *fates,
    struct beside *list)
{
	find_resized(merge, fates, list, LADDER_LOST, LADDER_UNSENT);
	find_resized(merge, fates, list, LADDER_UNSENT, LADDER_LOST);
	for (size_t e = 0; e < merge->count; e++)
		if (fates[e].resized)
			fates[e].fate = LADDER_RESIZED;
}

/* Of the flow that is asked for: by its number where the first view saw it,
 * else by its ends. */
static bool
is_wanted(const struct merge *merge, size_t event,
    const struct ladder_packet *like, uint64_t flow)
{
	uint32_t first = merge->at[event * merge->n];

	if (flow == 0)
		return true;
	if (first != MERGE_NONE)
		return merge->views[0].view->packets[first].flow == flow;
	return like != NULL && ladder_same_conversation(
	    packet_of(merge, event), like);
}

static const struct ladder_packet *
find_flow(const struct ladder_view *view, uint64_t flow)
{
	for (size_t i = 0; i < view->count && flow != 0; i++)
		if (view->packets[i].flow == flow)
			return &view->packets[i];
	return NULL;
}

static struct fate *
find_fates(const struct merge *merge, uint64_t flow, struct errbuf *err)
{
	const struct ladder_packet *like = find_flow(merge->views[0].view,
	    flow);
	struct fate *fates = memory_array(merge->count + 1, sizeof(*fates));
	struct beside *list = memory_array(merge->count + 1, sizeof(*list));

	if (fates == NULL || list == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		free(fates);
		free(list);
		return NULL;
	}
	for (size_t e = 0; e < merge->count; e++) {
		find_fate(merge, e, &fates[e]);
		fates[e].wanted = is_wanted(merge, e, like, flow);
	}
	settle_resized(merge, fates, list);
	find_reordered(merge, fates, list);
	free(list);
	return fates;
}

/* --- in order --- */

/* Is the event the next one of all views that saw it? */
static bool
is_ready(const struct merge *merge, const size_t *next, uint32_t event)
{
	for (size_t v = 0; v < merge->n; v++) {
		uint32_t at = merge->at[event * merge->n + v];

		if (at != MERGE_NONE && at != next[v])
			return false;
	}
	return true;
}

/* Of the views' next events the earliest, of these one that is ready. */
static uint32_t
next_event(const struct merge *merge, const struct fate *fates,
    const size_t *next)
{
	uint32_t best = MERGE_NONE;
	bool best_ready = false;

	for (size_t v = 0; v < merge->n; v++) {
		const struct merge_view *view = &merge->views[v];
		uint32_t event;
		bool ready;

		if (next[v] == view->view->count)
			continue;
		event = view->events[next[v]];
		ready = is_ready(merge, next, event);
		if (best == MERGE_NONE ||
		    fates[event].time_ns < fates[best].time_ns ||
		    (fates[event].time_ns == fates[best].time_ns && ready &&
		    !best_ready)) {
			best = event;
			best_ready = ready;
		}
	}
	return best;
}

/* The packet as its sender saw it; as its receiver did where that one found
 * something odd about it, and the sender nothing. */
static struct ladder_packet *
choose_packet(const struct merge *merge, uint32_t event, const struct fate *f)
{
	const uint32_t *at = &merge->at[event * merge->n];
	struct ladder_packet *sent = f->sender == MERGE_NONE ? NULL :
	    &merge->views[f->sender].view->packets[at[f->sender]];
	struct ladder_packet *received = f->receiver == MERGE_NONE ? NULL :
	    &merge->views[f->receiver].view->packets[at[f->receiver]];
	size_t any = any_view(merge, event);

	if (sent != NULL && received != NULL && sent->verdicts == 0 &&
	    received->verdicts != 0)
		return received;
	if (sent != NULL)
		return sent;
	return received != NULL ? received :
	    &merge->views[any].view->packets[at[any]];
}

static int
add_event(struct ladder *ladder, const struct merge *merge, uint32_t index,
    const struct fate *f, struct errbuf *err)
{
	struct ladder_packet *packet = choose_packet(merge, index, f);
	struct ladder_event event = { .packet = *packet,
	    .time_ns = f->time_ns, .delay_ns = TABLE_NO_I64, .fate = f->fate,
	    .reordered = f->reordered };

	for (size_t v = 0; v < merge->n; v++)
		if (merge->at[index * merge->n + v] != MERGE_NONE)
			event.seen |= UINT32_C(1) << v;
	if (f->sender != MERGE_NONE && f->arrival_ns != TABLE_NO_I64 &&
	    f->time_ns != TABLE_NO_I64 &&
	    merge->views[f->sender].clock_group ==
	    merge->views[f->receiver].clock_group)
		event.delay_ns = ladder_span(f->time_ns, f->arrival_ns);
	if (ladder_add(ladder, &event, err) == -1)
		return -1;
	packet->texts = NULL;
	memset(packet->text_at, 0, sizeof(packet->text_at));
	return 0;
}

static int
add_in_order(struct ladder *ladder, struct merge *merge,
    const struct fate *fates, struct errbuf *err)
{
	size_t next[LADDER_VIEWS_MAX] = { 0 };
	bool *added = memory_array(merge->count + 1, sizeof(*added));
	int status = 0;

	if (added == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (size_t i = 0; i < merge->count && status == 0; i++) {
		uint32_t event = next_event(merge, fates, next);

		added[event] = true;
		for (size_t v = 0; v < merge->n; v++) {
			const struct merge_view *view = &merge->views[v];

			while (next[v] < view->view->count &&
			    added[view->events[next[v]]])
				next[v]++;
		}
		if (fates[event].wanted)
			status = add_event(ladder, merge, event,
			    &fates[event], err);
	}
	free(added);
	return status;
}

static int
run(struct ladder *ladder, struct merge *merge, struct errbuf *err)
{
	struct fate *fates;
	int status;

	if (merge_align(merge, err) == -1 || merge_match(merge, err) == -1)
		return -1;
	fates = find_fates(merge, ladder->merge_flow, err);
	if (fates == NULL)
		return -1;
	status = add_in_order(ladder, merge, fates, err);
	free(fates);
	for (size_t v = 0; v < merge->n; v++)
		ladder->places[v] = merge->views[v].place;
	ladder->place_count = merge->n;
	return status;
}

static int
open_merge(struct merge *merge, struct ladder_view *views, size_t n,
    struct errbuf *err)
{
	*merge = (struct merge){ .n = n };
	merge->views = memory_array(n, sizeof(*merge->views));
	if (merge->views == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (size_t v = 0; v < n; v++) {
		merge->views[v].view = &views[v];
		merge->views[v].place.name = views[v].name;
		merge->views[v].place.packets = views[v].count;
	}
	return 0;
}

static void
close_merge(struct merge *merge)
{
	for (size_t v = 0; v < merge->n; v++) {
		free(merge->views[v].keys);
		free(merge->views[v].events);
	}
	free(merge->views);
	free(merge->pairs);
	free(merge->at);
}

int
ladder_places(struct ladder_view *views, size_t n,
    struct ladder_place *places, struct errbuf *err)
{
	struct merge merge;
	int status;

	if (open_merge(&merge, views, n, err) == -1)
		return -1;
	status = merge_align(&merge, err);
	for (size_t v = 0; v < n; v++)
		places[v] = merge.views[v].place;
	close_merge(&merge);
	return status;
}

int
ladder_merge(struct ladder *ladder, struct ladder_view *views, size_t n,
    struct errbuf *err)
{
	struct merge merge;
	int status;

	if (open_merge(&merge, views, n, err) == -1)
		return -1;
	status = run(ladder, &merge, err);
	close_merge(&merge);
	for (size_t v = 0; v < n; v++)
		ladder_view_reset(&views[v]);
	return status;
}
