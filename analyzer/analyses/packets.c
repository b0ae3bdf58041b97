#include "analyzer/analyses/packets.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/tracker/tcp_segment.h"
#include "base/memory.h"

/*
 * A row is complete as soon as the packet before it in its direction is known,
 * and is written then, which keeps memory constant.  A part that follows another one does not
 * know that packet for its first row of each direction: merge() fills it in.
 */

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct packets_row, field), unit, meaning }

/* The first four are those of the original program, by name and value. */
static const struct column columns[] = {
	COLUMN("Source_IP", COLUMN_IP, source_ip, "", "source address of the outermost IP"),
	COLUMN("Destination_IP", COLUMN_IP, destination_ip, "", "destination address of the outermost IP"),
	COLUMN("packet_len", COLUMN_U64, packet_len, "bytes", "IP bytes: IPv4 total length, or 40 + IPv6 payload length"),
	COLUMN("time", COLUMN_TIME, time, "s", "time since 1970-01-01 UTC, with all digits of the capture"),
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("number", COLUMN_U64, number, "", "number of the record in its capture, from 1"),
	COLUMN("direction", COLUMN_TEXT, direction, "", "in, out, other or skipped"),
	COLUMN("frame_len", COLUMN_U64, frame_len, "bytes", "original frame length"),
	COLUMN("cap_len", COLUMN_U64, cap_len, "bytes", "stored frame length"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries or, without IP, the innermost protocol known"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "source port of TCP, UDP, UDP-Lite or SCTP"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "destination port of TCP, UDP, UDP-Lite or SCTP"),
	COLUMN("iat_s", COLUMN_SECONDS, iat, "s", "time since the packet before it in the same direction"),
	COLUMN("tcp_flags", COLUMN_TEXT, tcp_flags, "", "TCP flags that are set, with commas: SYN,ACK"),
	COLUMN("tcp_seq", COLUMN_U64, tcp_seq, "", "TCP sequence number as sent"),
	COLUMN("tcp_ack", COLUMN_U64, tcp_ack, "", "TCP acknowledgement number as sent; empty without ACK"),
	COLUMN("payload_len", COLUMN_U64, payload_len, "bytes", "transport payload, from the header lengths"),
};

static const struct table packets_table = {
	"packets", "a packet", columns, sizeof(columns) / sizeof(columns[0]),
	"number,time,Source_IP,src_port,Destination_IP,dst_port,protocol,"
	"packet_len,tcp_flags",
	.row_bytes = sizeof(struct packets_row),
};

static const char *const direction_names[DIRECTIONS] = {
	[DIRECTION_IN] = "in",
	[DIRECTION_OUT] = "out",
	[DIRECTION_OTHER] = "other",
	[DIRECTION_SKIPPED] = "skipped",
};

/* The last time in a direction, and the row that waits for the part before. */
struct lane {
	bool started;
	int64_t first_ns, last_ns;
	size_t first_row;	/* counted from the state's first row ever */
};

struct state {
	struct lane lanes[DIRECTIONS];
	struct packets_row *rows;	/* made and not yet written */
	size_t count, room;
	size_t written;		/* rows that are written */
	bool wants_protocol, wants_transport;	/* cells that cost time */
};

static void
state_free(void *state)
{
	struct state *s = state;

	if (s == NULL)
		return;
	free(s->rows);
	free(s);
}

static void
want(struct state *s, const struct table_selection *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		switch (columns[wanted->index[i]].offset) {
		case offsetof(struct packets_row, protocol):
			s->wants_protocol = true;
			break;
		case offsetof(struct packets_row, src_port):
		case offsetof(struct packets_row, dst_port):
		case offsetof(struct packets_row, tcp_flags):
		case offsetof(struct packets_row, tcp_seq):
		case offsetof(struct packets_row, tcp_ack):
		case offsetof(struct packets_row, payload_len):
			s->wants_transport = true;
			break;
		default:
			break;
		}
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct state *s = memory_array(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	(void)settings;
	want(s, wanted[0]);
	return s;
}

static int
make_room(struct state *s, size_t n, struct errbuf *err)
{
	struct packets_row *rows = memory_grow(s->rows, &s->room,
	    s->count + n, sizeof(*rows));

	if (rows == NULL) {
		errbuf_set(err, "out of memory for %zu rows", s->count + n);
		return -1;
	}
	s->rows = rows;
	return 0;
}

/* Lengths that are constants become one load and one store. */
static inline void
fill_ip(struct table_ip *ip, uint8_t version, const uint8_t *address)
{
	ip->version = version;
	if (version == 4)
		memcpy(ip->bytes, address, 4);
	else
		memcpy(ip->bytes, address, 16);
}

static inline void
fill_addresses(struct packets_row *row, const struct packet *p)
{
	const uint8_t *dst;

	row->packet_len = TABLE_NO_U64;
	row->source_ip.version = row->destination_ip.version = 0;
	if (p->ip_version == 0)
		return;
	row->packet_len = p->ip_bytes;
	fill_ip(&row->source_ip, p->ip_version, packet_src(p));
	dst = packet_dst(p);
	if (dst != NULL)
		fill_ip(&row->destination_ip, p->ip_version, dst);
}

static void
fill_transport(struct packets_row *row, const struct packet *p)
{
	bool ports = p->flags & PACKET_HAS_PORTS;
	bool tcp = p->flags & PACKET_HAS_TCP;
	unsigned flags = tcp ? packet_tcp_flags(p) : 0;

	row->src_port = ports ? packet_src_port(p) : TABLE_NO_U64;
	row->dst_port = ports ? packet_dst_port(p) : TABLE_NO_U64;
	row->tcp_flags = tcp ? tcp_flags_text(flags) : NULL;
	row->tcp_seq = tcp ? packet_tcp_seq(p) : TABLE_NO_U64;
	row->tcp_ack = flags & TCP_ACK ? packet_tcp_ack(p) : TABLE_NO_U64;
	row->payload_len = p->flags & PACKET_HAS_PAYLOAD_LEN ?
	    p->payload_len : TABLE_NO_U64;
}

static void
fill_time(struct packets_row *row, const struct packet *p, struct lane *lane,
    size_t row_index)
{
	const struct frame *f = p->frame;

	row->iat = TABLE_NO_PS;
	if (f->flags & FRAME_UNTIMED) {
		row->time = (struct table_time){ TABLE_NO_I64, 0 };
		return;
	}
	row->time = (struct table_time){ f->ts_ns, f->ts_digits };
	if (lane->started) {
		row->iat = ((int128)f->ts_ns - lane->last_ns) * 1000;
	} else {
		lane->started = true;
		lane->first_ns = f->ts_ns;
		lane->first_row = row_index;
	}
	lane->last_ns = f->ts_ns;
}

static int
write_rows(struct state *s, struct table_writer *const *writers,
    struct errbuf *err)
{
	if (writers == NULL)
		return 0;
	for (size_t i = 0; i < s->count; i++)
		if (writers[0]->row(writers[0], &s->rows[i], err) == -1)
			return -1;
	s->written += s->count;
	s->count = 0;
	return 0;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	if (make_room(s, n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		struct packets_row *row = &s->rows[s->count];

		fill_addresses(row, p);
		row->file = name;
		row->number = p->frame->number;
		row->direction = direction_names[p->direction];
		row->frame_len = p->frame->wire_len;
		row->cap_len = p->frame->cap_len;
		if (s->wants_protocol) {
			enum layer protocol = packet_protocol(p);

			row->protocol = protocol == LAYER_NONE ? NULL :
			    layer_name(protocol);
		}
		if (s->wants_transport)
			fill_transport(row, p);
		fill_time(row, p, &s->lanes[p->direction],
		    s->written + s->count);
		s->count++;
	}
	return write_rows(s, writers, err);
}

/* The gaps across the cut: `right` has not written a row yet. */
static void
join_lane(struct lane *left, const struct lane *right, struct packets_row *rows,
    size_t shift)
{
	if (!right->started)
		return;
	if (left->started) {
		rows[right->first_row].iat =
		    ((int128)right->first_ns - left->last_ns) * 1000;
	} else {
		left->started = true;
		left->first_ns = right->first_ns;
		left->first_row = right->first_row + shift;
	}
	left->last_ns = right->last_ns;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	if (r->count == 0)
		return 0;
	if (make_room(l, r->count, err) == -1)
		return -1;
	for (int i = 0; i < DIRECTIONS; i++)
		join_lane(&l->lanes[i], &r->lanes[i], r->rows,
		    l->written + l->count);
	memcpy(l->rows + l->count, r->rows, r->count * sizeof(*r->rows));
	l->count += r->count;
	r->count = 0;
	return write_rows(l, writers, err);
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	(void)input;
	return write_rows(state, writers, err);
}

static const struct table *const tables[] = { &packets_table };

const struct analysis analysis_packets = {
	.tables = tables,
	.table_count = 1,
	.streams = true,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
