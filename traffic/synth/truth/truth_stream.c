#include "traffic/synth/truth/truth_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int64_t
stream_at(struct stream *s, uint32_t seq)
{
	if (!s->known) {
		s->known = true;
		s->next_seq = seq;
	}
	return s->next + (int32_t)(seq - s->next_seq);
}

enum stream_seen
stream_look(const struct stream *s, int64_t from, int64_t to)
{
	int64_t length = to - from, seen = 0;

	if (s->has_acked && from < s->acked) {
		from = s->acked < to ? s->acked : to;
		seen = length - (to - from);
	}
	for (size_t i = 0; i < s->seen_count; i++) {
		const struct stream_range *r = &s->seen[i];
		int64_t low = r->from > from ? r->from : from;
		int64_t high = r->to < to ? r->to : to;

		if (high > low)
			seen += high - low;
	}
	return seen == 0 ? STREAM_NONE : seen < length ? STREAM_SOME :
	    STREAM_ALL;
}

/* [from, to) is in `seen`, with what it touches made one. */
static int
add_seen(struct stream *s, int64_t from, int64_t to)
{
	size_t first = s->seen_count, last;
	void *grown = memory_grow(s->seen, &s->seen_room, s->seen_count + 1,
	    sizeof(*s->seen));

	if (grown == NULL)
		return -1;
	s->seen = grown;
	while (first > 0 && s->seen[first - 1].to >= from)
		first--;
	for (last = first; last < s->seen_count && s->seen[last].from <= to;
	    last++) {
		if (s->seen[last].from < from)
			from = s->seen[last].from;
		if (s->seen[last].to > to)
			to = s->seen[last].to;
	}
	memmove(&s->seen[first + 1], &s->seen[last],
	    (s->seen_count - last) * sizeof(*s->seen));
	s->seen_count = s->seen_count - (last - first) + 1;
	s->seen[first] = (struct stream_range){ from, to };
	return 0;
}

static int
insert(struct stream *s, size_t index, const struct stream_piece *piece)
{
	void *grown = memory_grow(s->pieces, &s->piece_room,
	    s->piece_count + 1, sizeof(*s->pieces));

	if (grown == NULL)
		return -1;
	s->pieces = grown;
	memmove(&s->pieces[index + 1], &s->pieces[index],
	    (s->piece_count - index) * sizeof(*s->pieces));
	s->pieces[index] = *piece;
	s->piece_count++;
	return 0;
}

/* What of it waits for an ACK already passed again; the rest is new pieces. */
static int
add_pieces(struct stream *s, struct stream_piece new)
{
	size_t i = s->piece_count;
	int64_t to = new.to;

	new.order = s->orders++;
	while (i > 0 && s->pieces[i - 1].to > new.from)
		i--;
	for (; new.from < to; i++) {
		struct stream_piece *old = i < s->piece_count &&
		    s->pieces[i].from < to ? &s->pieces[i] : NULL;

		if (old != NULL && old->from <= new.from) {
			old->again = true;
			new.from = old->to;
			continue;
		}
		new.to = old == NULL ? to : old->from;
		if (insert(s, i, &new) == -1)
			return -1;
		new.from = new.to;
	}
	return 0;
}

int
stream_pass(struct stream *s, int64_t from, int64_t to, uint64_t frame,
    int64_t ts_ns)
{
	struct stream_piece piece = { from, to, ts_ns, frame, 0, false };

	if (add_seen(s, from, to) == -1)
		return -1;
	if (s->has_acked && piece.from < s->acked)
		piece.from = s->acked;
	return piece.from < to ? add_pieces(s, piece) : 0;
}

int64_t
stream_reach(const struct stream *s, int64_t from)
{
	for (size_t i = 0; i < s->seen_count; i++)
		if (s->seen[i].from <= from && from < s->seen[i].to)
			return s->seen[i].to;
	return from;
}

int
stream_stamp(struct stream *s, uint32_t value, int64_t ts_ns)
{
	void *grown;

	if (s->has_stamp && (int32_t)(value - s->last_stamp) <= 0)
		return 0;
	grown = memory_grow(s->stamps, &s->stamp_room, s->stamp_count + 1,
	    sizeof(*s->stamps));
	if (grown == NULL)
		return -1;
	s->stamps = grown;
	s->stamps[s->stamp_count++] = (struct stream_stamp){ value, ts_ns };
	s->has_stamp = true;
	s->last_stamp = value;
	return 0;
}

/* The first n, which an ACK covers. */
static enum stream_ack
judge(const struct stream *s, size_t n, int64_t to)
{
	const struct stream_piece *last = &s->pieces[n - 1];

	if (last->to != to)
		return STREAM_ACK_DOUBT;
	for (size_t i = 0; i < n; i++)
		if (s->pieces[i].again || s->pieces[i].order > last->order)
			return STREAM_ACK_DOUBT;
	return STREAM_ACK_SAMPLE;
}

enum stream_ack
stream_acknowledge(struct stream *s, int64_t to, struct stream_piece *piece)
{
	enum stream_ack result = STREAM_ACK_NOTHING;
	size_t n = 0;

	s->has_acked = true;
	s->acked = to;
	while (n < s->piece_count && s->pieces[n].to <= to)
		n++;
	if (n > 0) {
		result = judge(s, n, to);
		*piece = s->pieces[n - 1];
	}
	if (n > 0)
		memmove(s->pieces, s->pieces + n,
		    (s->piece_count - n) * sizeof(*s->pieces));
	s->piece_count -= n;
	if (s->piece_count > 0 && s->pieces[0].from < to) {
		s->pieces[0].from = to;
		result = STREAM_ACK_DOUBT;
	}
	return result;
}

bool
stream_echo(struct stream *s, uint32_t value, int64_t *ts_ns)
{
	size_t n = 0;
	bool found;

	while (n < s->stamp_count &&
	    (int32_t)(s->stamps[n].value - value) < 0)
		n++;
	found = n < s->stamp_count && s->stamps[n].value == value;
	if (found)
		*ts_ns = s->stamps[n++].ts_ns;
	if (n > 0)
		memmove(s->stamps, s->stamps + n,
		    (s->stamp_count - n) * sizeof(*s->stamps));
	s->stamp_count -= n;
	return found;
}

void
truth_stream_reset(struct stream *s)
{
	free(s->seen);
	free(s->pieces);
	free(s->stamps);
	*s = (struct stream){ .known = false };
}
