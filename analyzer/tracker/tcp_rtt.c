#include "analyzer/tracker/tcp_rtt.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"

enum { ROOM_MIN = 8 };

bool
tcp_rtt_add(struct tcp_rtt *rtt, int64_t from_ns, int64_t to_ns)
{
	int64_t ns;

	if (from_ns == TABLE_NO_I64 || to_ns == TABLE_NO_I64 ||
	    __builtin_sub_overflow(to_ns, from_ns, &ns))
		return false;
	if (rtt->samples == 0 || ns < rtt->min_ns)
		rtt->min_ns = ns;
	if (rtt->samples == 0 || ns > rtt->max_ns)
		rtt->max_ns = ns;
	rtt->samples++;
	rtt->sum_ns += ns;
	return true;
}

static bool
make_room(struct tcp_marks *m)
{
	uint16_t most = m->answered ? TCP_MARKS_MAX : TCP_MARKS_UNANSWERED;
	uint16_t room = m->room == 0 ? ROOM_MIN : (uint16_t)(m->room * 2);
	struct tcp_mark *grown;

	if (m->first + m->count < m->room)
		return true;
	if (m->count >= most)
		return false;
	if (m->first > m->room / 2 || m->room == TCP_MARKS_ROOM_MAX) {
		memmove(m->marks, m->marks + m->first,
		    m->count * sizeof(*m->marks));
		m->first = 0;
		return true;
	}
	grown = memory_resize(m->marks, room, sizeof(*grown));
	if (grown == NULL)
		return false;
	m->marks = grown;
	m->room = room;
	return true;
}

void
tcp_marks_append(struct tcp_marks *m, uint32_t value, int64_t ts_ns)
{
	m->started = true;
	m->last = value;
	if (make_room(m))
		m->marks[m->first + m->count++] =
		    (struct tcp_mark){ ts_ns, value };
}

int64_t
tcp_marks_take(struct tcp_marks *m, uint32_t value)
{
	int64_t ts_ns = TABLE_NO_I64;

	while (m->count > 0) {
		const struct tcp_mark *at = &m->marks[m->first];

		if (tcp_seq_diff(at->value, value) > 0)
			break;
		if (at->value == value) {
			ts_ns = at->ts_ns;
			m->answered = true;
		}
		m->first++;
		m->count--;
	}
	if (m->count == 0)
		m->first = 0;
	return ts_ns;
}

void
tcp_marks_reset(struct tcp_marks *m)
{
	free(m->marks);
	memset(m, 0, sizeof(*m));
}
