#include "traffic/synth/tcp/tcp_sent.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/synth/tcp/tcp_sequence.h"

int
tcp_sent_add(struct tcp_sent_list *list, const struct tcp_sent *sent)
{
	struct tcp_sent *items;

	if (list->first + list->count == list->room &&
	    list->first > list->room / 2) {
		memmove(list->items, list->items + list->first,
		    list->count * sizeof(*list->items));
		list->first = 0;
	}
	items = memory_grow(list->items, &list->room,
	    list->first + list->count + 1, sizeof(*items));
	if (items == NULL)
		return -1;
	list->items = items;
	items[list->first + list->count++] = *sent;
	return 0;
}

void
tcp_sent_acknowledge(struct tcp_sent_list *list, uint32_t ack,
    struct tcp_sent_taken *taken)
{
	*taken = (struct tcp_sent_taken){ 0 };
	while (list->count > 0) {
		struct tcp_sent *s = tcp_sent_at(list, 0);

		if (tcp_after(s->end, ack)) {
			if (tcp_before(s->begin, ack))
				s->begin = ack;
			return;
		}
		taken->any = true;
		taken->repeated = taken->repeated || s->repeated || s->sacked;
		taken->sent_ns = s->sent_ns;
		list->first++;
		list->count--;
	}
	list->first = 0;
}

uint32_t
tcp_sent_sack(struct tcp_sent_list *list, uint32_t begin, uint32_t end)
{
	uint32_t news = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct tcp_sent *s = tcp_sent_at(list, i);

		if (tcp_after(s->end, end))
			break;
		if (s->sacked || tcp_before(s->begin, begin))
			continue;
		s->sacked = true;
		news += s->end - s->begin;
	}
	return news;
}

bool
tcp_sent_mark_lost(struct tcp_sent_list *list, uint32_t mss)
{
	uint64_t bytes = 0;
	unsigned runs = 0;
	bool in_run = false;

	for (size_t i = list->count; i-- > 0;) {
		struct tcp_sent *s = tcp_sent_at(list, i);

		if (s->sacked) {
			bytes += s->end - s->begin;
			runs += !in_run;
		} else if (runs >= TCP_DUPLICATE_THRESHOLD ||
		    bytes > (TCP_DUPLICATE_THRESHOLD - 1) * (uint64_t)mss) {
			s->lost = true;
		}
		in_run = s->sacked;
	}
	return list->count > 0 && tcp_sent_at(list, 0)->lost;
}

void
tcp_sent_lose_all(struct tcp_sent_list *list)
{
	bool reneged = list->count > 0 && tcp_sent_at(list, 0)->sacked;

	for (size_t i = 0; i < list->count; i++) {
		struct tcp_sent *s = tcp_sent_at(list, i);

		s->sacked = s->sacked && !reneged;
		s->lost = !s->sacked;
		s->again = false;
	}
}

uint32_t
tcp_sent_pipe(const struct tcp_sent_list *list)
{
	uint32_t pipe = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct tcp_sent *s = tcp_sent_at(list, i);

		if (!s->sacked)
			pipe += (s->end - s->begin) *
			    ((unsigned)!s->lost + s->again);
	}
	return pipe;
}

void
tcp_sent_reset(struct tcp_sent_list *list)
{
	free(list->items);
	*list = (struct tcp_sent_list){ 0 };
}
