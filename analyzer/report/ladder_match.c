/*
 * Which packets of several views are the same one.
 *
 * Packets of one identity that the views saw equally often are the same in
 * order.  Where one view saw more of them (a retransmission may look the same,
 * and one of the two be lost), order is kept and those are passed over that
 * leave the others nearer to each other in time.  One without an identity is
 * another in each view.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/ladder_merge.h"
#include "base/memory.h"

/* An event or a packet that waits for its match. */
struct waiting {
	uint64_t identity;
	int64_t time_ns;
	uint32_t index;
};

static int
by_identity_and_time(const void *left, const void *right)
{
	const struct waiting *a = left, *b = right;

	if (a->identity != b->identity)
		return a->identity < b->identity ? -1 : 1;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static struct waiting *
new_list(size_t n, struct errbuf *err)
{
	struct waiting *list = memory_array(n + 1, sizeof(*list));

	if (list == NULL)
		errbuf_set(err, "out of memory for the diagram");
	return list;
}

static int
add_event(struct merge *merge, size_t v, uint32_t packet, struct errbuf *err)
{
	uint32_t *row;

	if (merge->count == merge->room) {
		size_t room = merge->room == 0 ? 256 : merge->room * 2;
		uint32_t *at = memory_resize(merge->at, room,
		    merge->n * sizeof(*at));

		if (at == NULL || room >= MERGE_NONE) {
			errbuf_set(err, "out of memory for the diagram");
			return -1;
		}
		merge->at = at;
		merge->room = room;
	}
	row = &merge->at[merge->count * merge->n];
	for (size_t i = 0; i < merge->n; i++)
		row[i] = MERGE_NONE;
	row[v] = packet;
	merge->views[v].events[packet] = (uint32_t)merge->count++;
	return 0;
}

/* The events so far, by the first view in order that saw each. */
static struct waiting *
list_events(const struct merge *merge, struct errbuf *err)
{
	struct waiting *list = new_list(merge->count, err);

	for (size_t e = 0; list != NULL && e < merge->count; e++) {
		size_t i = 0;
		const struct merge_view *view;
		uint32_t packet;

		while (merge->at[e * merge->n + merge->order[i]] == MERGE_NONE)
			i++;
		view = &merge->views[merge->order[i]];
		packet = merge->at[e * merge->n + merge->order[i]];
		list[e] = (struct waiting){
		    view->view->packets[packet].identity,
		    merge_time(view, packet), (uint32_t)e };
	}
	if (list != NULL)
		qsort(list, merge->count, sizeof(*list), by_identity_and_time);
	return list;
}

static struct waiting *
list_packets(const struct merge_view *v, struct errbuf *err)
{
	struct waiting *list = new_list(v->view->count, err);

	for (size_t i = 0; list != NULL && i < v->view->count; i++)
		list[i] = (struct waiting){ v->keys[i].identity,
		    merge_time(v, v->keys[i].index), v->keys[i].index };
	return list;
}

static size_t
group_len(const struct waiting *list, size_t begin, size_t n)
{
	size_t end = begin;

	while (end < n && list[end].identity == list[begin].identity)
		end++;
	return end - begin;
}

static uint64_t
distance(const struct waiting *a, const struct waiting *b)
{
	int64_t span = ladder_span(a->time_ns, b->time_ns);

	return span < 0 ? -(uint64_t)span : (uint64_t)span;
}

static void
match_group(struct merge *merge, size_t v, const struct waiting *events,
    size_t event_count, const struct waiting *packets, size_t packet_count)
{
	size_t e = 0, p = 0;

	while (e < event_count && p < packet_count) {
		uint64_t here = distance(&events[e], &packets[p]);
		uint32_t event = events[e].index, packet = packets[p].index;

		if (event_count - e > packet_count - p &&
		    distance(&events[e + 1], &packets[p]) < here) {
			e++;
			continue;
		}
		if (event_count - e < packet_count - p &&
		    distance(&events[e], &packets[p + 1]) < here) {
			p++;
			continue;
		}
		merge->at[event * merge->n + v] = packet;
		merge->views[v].events[packet] = event;
		e++;
		p++;
	}
}

static void
match_lists(struct merge *merge, size_t v, const struct waiting *events,
    size_t event_count, const struct waiting *packets, size_t packet_count)
{
	size_t e = 0, p = 0;

	while (e < event_count && p < packet_count) {
		uint64_t left = events[e].identity;
		uint64_t right = packets[p].identity;
		size_t event_len = group_len(events, e, event_count);
		size_t packet_len = group_len(packets, p, packet_count);

		if (left == right && left != TABLE_NO_U64)
			match_group(merge, v, events + e, event_len,
			    packets + p, packet_len);
		if (left <= right)
			e += event_len;
		if (right <= left)
			p += packet_len;
	}
}

static int
add_rest(struct merge *merge, size_t v, struct errbuf *err)
{
	const struct merge_view *view = &merge->views[v];

	for (uint32_t i = 0; i < view->view->count; i++)
		if (view->events[i] == MERGE_NONE &&
		    add_event(merge, v, i, err) == -1)
			return -1;
	return 0;
}

int
merge_match(struct merge *merge, struct errbuf *err)
{
	int status = 0;

	for (size_t i = 0; i < merge->n && status == 0; i++) {
		size_t v = merge->order[i];
		struct waiting *events = list_events(merge, err);
		struct waiting *packets = list_packets(&merge->views[v], err);

		if (events != NULL && packets != NULL)
			match_lists(merge, v, events, merge->count, packets,
			    merge->views[v].view->count);
		else
			status = -1;
		free(events);
		free(packets);
		if (status == 0)
			status = add_rest(merge, v, err);
	}
	return status;
}
