#include "analyzer/tracker/tcp_outstanding.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ROOM_MIN = 8 };

void
tcp_outstanding_reset(struct tcp_outstanding *out)
{
	if (out->room > TCP_OUTSTANDING_FEW)
		free(out->pieces);
	memset(out, 0, sizeof(*out));
}

static bool
grow(struct tcp_outstanding *out)
{
	bool few = out->room <= TCP_OUTSTANDING_FEW;
	uint32_t room = few ? ROOM_MIN : out->room * 2;
	struct tcp_piece *grown;

	grown = memory_resize(few ? NULL : out->pieces, room, sizeof(*grown));
	if (grown == NULL)
		return false;
	if (few)
		memcpy(grown, out->few, sizeof(out->few));
	out->pieces = grown;
	out->room = (uint16_t)room;
	return true;
}

/* Room for one more behind the last. */
static bool
make_room(struct tcp_outstanding *out, uint32_t most)
{
	if (out->first + out->count < out->room)
		return true;
	if (out->room == 0) {
		out->pieces = out->few;
		out->room = TCP_OUTSTANDING_FEW;
		return true;
	}
	if (out->count >= most)
		return false;
	if (out->first >= (out->room + 1) / 2 ||
	    out->room == TCP_OUTSTANDING_ROOM_MAX) {
		memmove(out->pieces, out->pieces + out->first,
		    out->count * sizeof(*out->pieces));
		out->first = 0;
		return true;
	}
	return grow(out);
}

/* The range that is not kept takes [from, to) in, with what lies between; its
 * older end goes where numbers would no longer compare. */
static void
lose(struct tcp_outstanding *out, uint32_t from, uint32_t to)
{
	enum { LOST_MAX = 1 << 30 };

	if (!out->lost || tcp_seq_diff(from, out->lost_from) < 0)
		out->lost_from = from;
	if (!out->lost || tcp_seq_diff(to, out->lost_to) > 0)
		out->lost_to = to;
	if (out->lost_to - out->lost_from > LOST_MAX)
		out->lost_from = out->lost_to - LOST_MAX;
	out->lost = true;
}

static bool
is_lost(const struct tcp_outstanding *out, uint32_t from, uint32_t to)
{
	return out->lost && tcp_seq_diff(from, out->lost_to) < 0 &&
	    tcp_seq_diff(to, out->lost_from) > 0;
}

void
tcp_outstanding_append(struct tcp_outstanding *out,
    const struct tcp_piece *piece, uint32_t most)
{
	if (!make_room(out, most)) {
		lose(out, piece->from, piece->to);
		return;
	}
	out->pieces[out->first + out->count++] = *piece;
}

/* Where nothing is kept there may be no array. */
static struct tcp_piece *
kept(const struct tcp_outstanding *out)
{
	return out->count == 0 ? NULL : out->pieces + out->first;
}

/* Index, from `first` on, of the first piece that ends behind `at`. */
static uint32_t
find(const struct tcp_outstanding *out, uint32_t at)
{
	const struct tcp_piece *pieces = kept(out);
	uint32_t low = 0, high = out->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (tcp_seq_diff(pieces[middle].to, at) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Returns how many pieces there are more: 1 or 0. */
static uint32_t
insert(struct tcp_outstanding *out, uint32_t index,
    const struct tcp_piece *piece, uint32_t most)
{
	struct tcp_piece *at;

	if (!make_room(out, most)) {
		lose(out, piece->from, piece->to);
		return 0;
	}
	at = out->pieces + out->first + index;
	memmove(at + 1, at, (out->count - index) * sizeof(*at));
	*at = *piece;
	out->count++;
	at->late = index + 1 < out->count;
	for (uint32_t i = index + 1; i < out->count; i++)
		out->pieces[out->first + i].late_before = 1;
	return 1;
}

/*
 * Goes along the pieces that [from, to) touches and fills the holes between
 * them.  Each turn passes a piece or fills a hole, and of holes there are no
 * more than packets that came before.  A hole where something is not kept stays
 * one: what is there may be older.
 */
enum tcp_seen
tcp_outstanding_repeat(struct tcp_outstanding *out,
    const struct tcp_segment *segment, uint32_t from, uint32_t to,
    uint32_t most, bool *same_ip_id)
{
	bool old = false, new = false, unknown = false;
	uint32_t i = find(out, from);

	while (tcp_seq_diff(to, from) > 0) {
		struct tcp_piece *at = i < out->count ?
		    out->pieces + out->first + i : NULL;
		struct tcp_piece hole = { .from = from, .to = to,
		    .ts_ns = segment->ts_ns, .number = segment->number,
		    .ip_id = segment->ip_id };

		if (at != NULL && tcp_seq_diff(at->from, from) <= 0) {
			old = true;
			at->again = 1;
			if (at->ip_id == segment->ip_id)
				*same_ip_id = true;
			from = at->to;
			i++;
			continue;
		}
		if (at != NULL && tcp_seq_diff(at->from, to) < 0)
			hole.to = at->from;
		if (is_lost(out, hole.from, hole.to)) {
			unknown = out->lost_again = true;
		} else {
			new = true;
			i += insert(out, i, &hole, most);
		}
		from = hole.to;
	}
	if (unknown)
		return TCP_SEEN_UNKNOWN;
	if (old && new)
		return TCP_SEEN_SOME;
	return old ? TCP_SEEN_ALL : TCP_SEEN_NOTHING;
}

/* Does the ACK cover some of what is not kept?  *again: which was sent again. */
static bool
ack_lost(struct tcp_outstanding *out, uint32_t ack, bool all, bool *again)
{
	if (!out->lost || (!all && tcp_seq_diff(ack, out->lost_from) <= 0))
		return false;
	*again |= out->lost_again;
	if (!all && tcp_seq_diff(ack, out->lost_to) < 0)
		out->lost_from = ack;
	else
		out->lost = out->lost_again = false;
	return true;
}

/* What came late has been acknowledged: up to the next that did, no piece has
 * one before it that was sent later. */
static void
forget_late(struct tcp_outstanding *out)
{
	struct tcp_piece *at = kept(out);

	for (uint32_t i = 0; i < out->count; i++) {
		at[i].late_before = 0;
		if (at[i].late)
			return;
	}
}

enum tcp_acked
tcp_outstanding_ack(struct tcp_outstanding *out, uint32_t ack, bool all,
    struct tcp_piece *piece)
{
	struct tcp_piece *at = kept(out);
	bool again = false, covered = false, exact = false, late = false;

	while (out->count > 0 && tcp_seq_diff(at->to, ack) <= 0) {
		covered = true;
		again |= at->again;
		late |= at->late;
		*piece = *at++;
		out->first++;
		out->count--;
	}
	exact = covered && piece->to == ack && !piece->late_before;
	if (late)
		forget_late(out);
	if (out->count > 0 && tcp_seq_diff(at->from, ack) < 0) {
		at->from = ack;
		covered = true;
	}
	if (out->count == 0)
		out->first = 0;
	covered |= ack_lost(out, ack, all, &again);
	if (!covered)
		return TCP_ACKED_NOTHING;
	return exact && !again ? TCP_ACKED_SAMPLE : TCP_ACKED_AMBIGUOUS;
}

uint32_t
tcp_outstanding_reach(const struct tcp_outstanding *out, uint32_t from)
{
	const struct tcp_piece *pieces = kept(out);
	uint32_t i = find(out, from);

	for (;;) {
		if (is_lost(out, from, from + 1)) {
			from = out->lost_to;
			i = find(out, from);
		}
		if (i == out->count || tcp_seq_diff(pieces[i].from, from) > 0)
			return from;
		from = pieces[i++].to;
	}
}
