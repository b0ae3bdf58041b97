/*
 * Which segment repeats which: for each end of a connection the ranges that
 * were sent for the first time, in order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/synth/truth/truth_known.h"

struct range {
	int64_t from;		/* of sequence space, without wrap */
	uint64_t packet;
};

struct sent {
	struct range *ranges;	/* ascending, without holes */
	size_t count, room;
	bool begun;
	int64_t next;
	uint32_t next_seq;
};

static unsigned
side_of(const struct truth *t, const struct truth_packet *p)
{
	const struct truth_end *client =
	    &t->connections.list[p->connection - 1].ends[0];

	return p->source_port != client->port ||
	    memcmp(p->source.bytes, client->address.bytes,
	    sizeof(p->source.bytes)) != 0;
}

/* The packet that first had what stands at `from`. */
static uint64_t
find(const struct sent *s, int64_t from)
{
	size_t low = 0, high = s->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->ranges[middle].from <= from)
			low = middle;
		else
			high = middle;
	}
	return s->count == 0 || from < s->ranges[low].from ? 0 :
	    s->ranges[low].packet;
}

/* Returns what it repeats.  -1 in *status: no memory. */
static uint64_t
note_sent(struct sent *s, const struct truth_packet *p, uint64_t number,
    int *status)
{
	const struct tcp_segment *segment = &p->segment;
	size_t span = segment->len + ((segment->flags & TCP_SYN) != 0) +
	    ((segment->flags & TCP_FIN) != 0);
	uint64_t repeats;
	int64_t from;
	void *grown;

	if (span == 0 || segment->flags & TCP_RST)
		return 0;
	if (!s->begun)
		s->next_seq = segment->seq;
	s->begun = true;
	from = s->next + (int32_t)(segment->seq - s->next_seq);
	repeats = from < s->next ? find(s, from) : 0;
	/* The byte of a window probe is sent for good later. */
	if (from + (int64_t)span <= s->next ||
	    p->cause == SIM_CAUSE_WINDOW_PROBE)
		return repeats;
	grown = memory_grow(s->ranges, &s->room, s->count + 1,
	    sizeof(*s->ranges));
	if (grown == NULL) {
		*status = -1;
		return 0;
	}
	s->ranges = grown;
	s->ranges[s->count++] = (struct range){ s->next, number };
	s->next = from + (int64_t)span;
	s->next_seq = segment->seq + (uint32_t)span;
	return repeats;
}

static int
fill(const struct truth *t, struct sent *sent, uint64_t *repeats)
{
	int status = 0;

	for (size_t i = 0; i < t->packets.count && status == 0; i++) {
		const struct truth_packet *p = &t->packets.list[i];

		if (p->connection == 0 || p->kind != SIM_TCP ||
		    p->is_fragment ||
		    p->connection > t->connections.count)
			continue;
		repeats[i + 1] = note_sent(&sent[2 * (p->connection - 1) +
		    side_of(t, p)], p, i + 1, &status);
	}
	return status;
}

uint64_t *
truth_repeats(const struct truth *t)
{
	size_t ends = 2 * t->connections.count;
	uint64_t *repeats = memory_array(t->packets.count + 1,
	    sizeof(*repeats));
	struct sent *sent = memory_array(ends + 1, sizeof(*sent));

	if (repeats == NULL || sent == NULL || fill(t, sent, repeats) == -1) {
		free(repeats);
		repeats = NULL;
	}
	for (size_t i = 0; sent != NULL && i < ends; i++)
		free(sent[i].ranges);
	free(sent);
	return repeats;
}
