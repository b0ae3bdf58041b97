/*
 * From the packets of a capture to what happened on its connections.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader.h"
#include "analyzer/decode/decode.h"
#include "tests/chat/fake_internal.h"
#include "tests/chat/replay_internal.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, BATCH = 64 };
enum { SERVER, CLIENT };

/* One connection, from its SYN on. */
struct talk {
	char ends[2][64];	/* of SERVER and CLIENT */
	uint32_t next[2];	/* sequence numbers expected of them */
	bool fin[2], opened, over;
	unsigned connection;
};

struct reading {
	struct replay *replay;
	struct talk *talks;
	size_t count, room;
	int64_t first_ns, now_ns;
	uint64_t number;
};

struct segment {
	char from[64], to[64];
	uint32_t seq;
	uint16_t flags;
	const uint8_t *data;
	uint32_t len;
};

static void
label(char *out, size_t room, int version, const uint8_t *address,
    unsigned port)
{
	char ip[INET6_ADDRSTRLEN] = "";

	inet_ntop(version == 6 ? AF_INET6 : AF_INET, address, ip, sizeof(ip));
	snprintf(out, room, version == 6 ? "[%s]:%u" : "%s:%u", ip, port);
}

static struct replay_event *
add_event(struct reading *r, enum replay_kind kind, const char *from,
    const char *to)
{
	struct replay *replay = r->replay;
	struct replay_event *e;

	replay->events = fake_grow(replay->events, &replay->room,
	    replay->count, sizeof(*replay->events));
	e = &replay->events[replay->count++];
	*e = (struct replay_event){ .kind = kind, .time_ns = r->now_ns };
	snprintf(e->from, sizeof(e->from), "%s", from);
	snprintf(e->to, sizeof(e->to), "%s", to);
	return e;
}

/* Until all is read, `connection` is the place in r->talks. */
static struct replay_event *
add_of_talk(struct reading *r, enum replay_kind kind, const struct talk *talk,
    int by)
{
	struct replay_event *e = add_event(r, kind, talk->ends[by],
	    talk->ends[!by]);

	e->connection = (unsigned)(talk - r->talks);
	e->by_client = by == CLIENT;
	return e;
}

/* The newest connection between the two, and which of them is the sender. */
static struct talk *
find_talk(struct reading *r, const struct segment *s, int *by)
{
	for (size_t i = r->count; i-- > 0;)
		for (*by = SERVER; *by <= CLIENT; (*by)++)
			if (strcmp(r->talks[i].ends[*by], s->from) == 0 &&
			    strcmp(r->talks[i].ends[!*by], s->to) == 0)
				return &r->talks[i];
	return NULL;
}

static void
begin_talk(struct reading *r, const struct segment *s)
{
	struct talk *talk;

	r->talks = fake_grow(r->talks, &r->room, r->count, sizeof(*r->talks));
	talk = &r->talks[r->count++];
	*talk = (struct talk){ .next[CLIENT] = s->seq + 1 };
	memcpy(talk->ends[CLIENT], s->from, sizeof(s->from));
	memcpy(talk->ends[SERVER], s->to, sizeof(s->to));
}

/* What the segment brings that was not there yet. */
static void
take_bytes(struct reading *r, struct talk *talk, int by,
    const struct segment *s)
{
	int32_t known = (int32_t)(talk->next[by] - s->seq);
	struct replay_event *e;

	if (known < 0)
		fake_fail("packet %llu: bytes before it are missing",
		    (unsigned long long)r->number);
	if ((uint32_t)known >= s->len)
		return;
	e = add_of_talk(r, REPLAY_SENT, talk, by);
	e->len = s->len - (uint32_t)known;
	e->data = fake_copy(s->data + known, e->len);
	talk->next[by] += (uint32_t)e->len;
}

static void
take_segment(struct reading *r, const struct segment *s)
{
	int by = SERVER;
	struct talk *talk = find_talk(r, s, &by);

	if ((s->flags & (SYN | ACK)) == SYN) {
		if (talk == NULL || talk->over ||
		    (talk->fin[SERVER] && talk->fin[CLIENT]))
			begin_talk(r, s);
		return;
	}
	if (talk == NULL || talk->over)
		return;
	if ((s->flags & SYN) != 0 && by == SERVER && !talk->opened) {
		talk->opened = true;
		talk->next[SERVER] = s->seq + 1;
		add_of_talk(r, REPLAY_OPENED, talk, CLIENT);
		return;
	}
	if ((s->flags & RST) != 0) {
		talk->over = true;
		if (talk->opened)
			add_of_talk(r, REPLAY_RESET, talk, by);
		return;
	}
	if (s->len > 0)
		take_bytes(r, talk, by, s);
	if ((s->flags & FIN) != 0 && !talk->fin[by]) {
		talk->fin[by] = true;
		add_of_talk(r, REPLAY_FINISHED, talk, by);
	}
}

static void
take_packet(struct reading *r, const struct packet *p)
{
	struct segment s = { .data = p->frame->data + p->payload_at };
	struct replay_event *e;

	r->number = p->frame->number;
	if (r->number == 1)
		r->first_ns = p->frame->ts_ns;
	r->now_ns = p->frame->ts_ns - r->first_ns;
	if ((p->flags & PACKET_HAS_PORTS) == 0)
		return;
	if (p->status != PACKET_OK || (p->flags & PACKET_FRAGMENT) != 0)
		fake_fail("packet %llu is not whole",
		    (unsigned long long)r->number);
	label(s.from, sizeof(s.from), p->ip_version, packet_src(p),
	    packet_src_port(p));
	label(s.to, sizeof(s.to), p->ip_version, packet_dst(p),
	    packet_dst_port(p));
	s.len = p->payload_len;
	if ((p->flags & PACKET_HAS_TCP) != 0) {
		s.seq = packet_tcp_seq(p);
		s.flags = packet_tcp_flags(p);
		take_segment(r, &s);
	} else {
		e = add_event(r, REPLAY_DATAGRAM, s.from, s.to);
		e->data = fake_copy(s.data, s.len);
		e->len = s.len;
	}
}

/* Connections are counted in the order of their SYNs, without those that were
 * refused (which have no events). */
static void
count_connections(struct reading *r)
{
	struct replay *replay = r->replay;

	for (size_t i = 0; i < r->count; i++)
		if (r->talks[i].opened)
			r->talks[i].connection = replay->connections++;
	for (size_t i = 0; i < replay->count; i++)
		if (replay->events[i].kind != REPLAY_DATAGRAM)
			replay->events[i].connection =
			    r->talks[replay->events[i].connection].connection;
}

void
replay_read_capture(struct replay *replay, const char *path)
{
	struct reading r = { .replay = replay };
	struct errbuf err = { "" };
	struct reader *reader = reader_open(path, NULL, &err);
	struct frame frames[BATCH];
	struct packet packets[BATCH];
	enum reader_status status = READER_FAILED;
	size_t n;

	while (reader != NULL && (status = reader_next(reader, frames, BATCH,
	    &n, &err)) == READER_OK) {
		decode_batch(frames, n, packets);
		for (size_t i = 0; i < n; i++)
			take_packet(&r, &packets[i]);
	}
	if (status != READER_END)
		fake_fail("%s", err.text);
	reader_close(reader);
	count_connections(&r);
	free(r.talks);
}
