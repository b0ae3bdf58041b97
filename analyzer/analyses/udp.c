/*
 * Of a datagram in fragments the first one has the header and is the row; the
 * later ones have none and are no rows.
 */
#include "analyzer/analyses/udp.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/tracker/checksum.h"
#include "base/memory.h"

#define COLUMN(column, kind, field, its_unit, means) \
	{ .name = column, .type = kind, \
	    .offset = offsetof(struct udp_row, field), \
	    .unit = its_unit, .meaning = means }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("number", COLUMN_U64, number, "", "number of the record in its capture, from 1"),
	COLUMN("time_ns", COLUMN_I64, time_ns, "ns", "time since 1970-01-01 UTC"),
	COLUMN("src_ip", COLUMN_IP, src_ip, "", "source address of the outermost IP"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "source port"),
	COLUMN("dst_ip", COLUMN_IP, dst_ip, "", "destination address of the outermost IP"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "destination port"),
	COLUMN("length", COLUMN_U64, length, "bytes", "length field as sent: header and payload"),
	COLUMN("checksum", COLUMN_STRING, checksum, "", "checksum field as sent: 0x1234"),
	COLUMN("checksum_status", COLUMN_TEXT, checksum_status, "", "good, bad, unverified or not computed"),
	COLUMN("payload_len", COLUMN_U64, payload_len, "bytes", "payload: what the length field says less the header, as far as IP has room"),
	COLUMN("payload_preview", COLUMN_STRING, payload_preview, "", "first 48 bytes of the payload: text as it is, else hex"),
	COLUMN("ip_bytes", COLUMN_U64, ip_bytes, "bytes", "IPv4 total length, or 40 + IPv6 payload length"),
	COLUMN("length_status", COLUMN_TEXT, length_status, "", "the length field against IP: ok, padded, longer than IP, below 8, jumbogram or fragment"),
	COLUMN("surplus_bytes", COLUMN_U64, surplus_bytes, "bytes", "bytes of the IP packet behind the datagram's end"),
	COLUMN("frame_len", COLUMN_U64, frame_len, "bytes", "original frame length"),
};

const struct table udp_table = {
	"udp", "a datagram", columns, sizeof(columns) / sizeof(columns[0]),
	"number,src_ip,src_port,dst_ip,dst_port,length,checksum,"
	"checksum_status",
	.row_bytes = sizeof(struct udp_row),
};

enum { UDP_HEADER_BYTES = 8 };

/* A part that follows another has no writers: its datagrams wait. */
struct state {
	struct udp_datagram *waiting;
	size_t count, room;
	bool wants_checksum, wants_preview;	/* cells that cost time */
};

static struct table_ip
ip_of(const struct packet *p, const uint8_t *address)
{
	struct table_ip ip = { .version = p->ip_version };

	if (address == NULL)
		ip.version = 0;
	else
		memcpy(ip.bytes, address, p->ip_version == 4 ? 4 : 16);
	return ip;
}

static void
fill_header(struct udp_datagram *d, const struct packet *p)
{
	const struct frame *frame = p->frame;
	size_t ip_end = (size_t)p->network_at + p->ip_bytes;

	d->has_ports = (p->flags & PACKET_HAS_PORTS) != 0;
	if (!d->has_ports)
		return;
	d->src_port = packet_src_port(p);
	d->dst_port = packet_dst_port(p);
	d->has_header = (size_t)p->transport_at + UDP_HEADER_BYTES <=
	    frame->cap_len && p->transport_at + UDP_HEADER_BYTES <= ip_end;
	if (!d->has_header)
		return;
	d->length = packet_transport_be16(p, 4);
	d->checksum = packet_transport_be16(p, 6);
	d->has_room = (p->flags & (PACKET_LEN_ZERO | PACKET_FRAGMENT)) == 0;
	d->room = (uint32_t)(ip_end - p->transport_at);
}

static void
fill_payload(const struct state *s, struct udp_datagram *d,
    const struct packet *p)
{
	const struct frame *frame = p->frame;
	size_t n;

	d->has_payload_len = (p->flags & PACKET_HAS_PAYLOAD_LEN) != 0;
	d->preview_len = 0;
	if (!d->has_payload_len)
		return;
	d->payload_len = p->payload_len;
	if (!s->wants_preview || p->payload_at >= frame->cap_len)
		return;
	n = frame->cap_len - p->payload_at;
	if (n > p->payload_len)
		n = p->payload_len;
	if (n > sizeof(d->preview))
		n = sizeof(d->preview);
	memcpy(d->preview, frame->data + p->payload_at, n);
	d->preview_len = (uint8_t)n;
}

static void
fill_datagram(const struct state *s, struct udp_datagram *d,
    const char *file, const struct packet *p)
{
	const struct frame *frame = p->frame;

	memset(d, 0, offsetof(struct udp_datagram, preview));
	d->file = file;
	d->number = frame->number;
	d->time = frame->flags & FRAME_UNTIMED ?
	    (struct table_time){ TABLE_NO_I64, 0 } :
	    (struct table_time){ frame->ts_ns, frame->ts_digits };
	d->src = ip_of(p, packet_src(p));
	d->dst = ip_of(p, packet_dst(p));
	d->ip_bytes = p->ip_bytes;
	d->frame_len = frame->wire_len;
	d->fragment = (p->flags & PACKET_FRAGMENT) != 0;
	fill_header(d, p);
	fill_payload(s, d, p);
	if (s->wants_checksum)
		d->checksum_status = (uint8_t)checksum_transport(p);
}

const char *
udp_length_status(const struct udp_datagram *d)
{
	if (!d->has_header)
		return NULL;
	if (d->fragment)
		return "fragment";
	if (!d->has_room)
		return NULL;
	if (d->length == 0 && d->room > UINT16_MAX)
		return "jumbogram";	/* RFC 2675, section 4 */
	if (d->length < UDP_HEADER_BYTES)
		return "below 8";
	if (d->length > d->room)
		return "longer than IP";
	return d->length < d->room ? "padded" : "ok";
}

static int
write_row(const struct udp_datagram *d, struct table_writer *writer,
    struct errbuf *err)
{
	char checksum[sizeof("0x1234")], text[PREVIEW_TEXT_BYTES];
	struct udp_row row = { .file = d->file, .number = d->number,
	    .time_ns = d->time.ns, .src_ip = d->src, .dst_ip = d->dst,
	    .ip_bytes = d->ip_bytes, .frame_len = d->frame_len,
	    .datagram = d };

	row.src_port = d->has_ports ? d->src_port : TABLE_NO_U64;
	row.dst_port = d->has_ports ? d->dst_port : TABLE_NO_U64;
	row.length = d->has_header ? d->length : TABLE_NO_U64;
	if (d->has_header) {
		snprintf(checksum, sizeof(checksum), "0x%04x", d->checksum);
		row.checksum = checksum;
	}
	row.checksum_status = checksum_name(d->checksum_status);
	row.payload_len = d->has_payload_len ? d->payload_len : TABLE_NO_U64;
	if (d->preview_len > 0) {
		preview(text, d->preview, d->preview_len);
		row.payload_preview = text;
	}
	row.length_status = udp_length_status(d);
	row.surplus_bytes = TABLE_NO_U64;
	if (d->has_room && d->length >= UDP_HEADER_BYTES &&
	    d->length <= d->room)
		row.surplus_bytes = d->room - d->length;
	return writer->row(writer, &row, err);
}

static void
state_free(void *state)
{
	struct state *s = state;

	if (s == NULL)
		return;
	free(s->waiting);
	free(s);
}

static void
want(struct state *s, const struct table_selection *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		switch (columns[wanted->index[i]].offset) {
		case offsetof(struct udp_row, checksum_status):
			s->wants_checksum = true;
			break;
		case offsetof(struct udp_row, payload_preview):
			s->wants_preview = true;
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

	(void)settings;
	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	want(s, wanted[0]);
	return s;
}

static int
make_room(struct state *s, size_t n, struct errbuf *err)
{
	struct udp_datagram *waiting = memory_grow(s->waiting, &s->room,
	    s->count + n, sizeof(*waiting));

	if (waiting == NULL) {
		errbuf_set(err, "out of memory for %zu datagrams",
		    s->count + n);
		return -1;
	}
	s->waiting = waiting;
	return 0;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;
	struct udp_datagram d;

	for (size_t i = 0; i < n; i++) {
		if (!udp_is_datagram(&packets[i]))
			continue;
		fill_datagram(s, &d, name, &packets[i]);
		if (writers != NULL) {
			if (write_row(&d, writers[0], err) == -1)
				return -1;
			continue;
		}
		if (make_room(s, 1, err) == -1)
			return -1;
		s->waiting[s->count++] = d;
	}
	return 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	if (writers == NULL && make_room(l, r->count, err) == -1)
		return -1;
	for (size_t i = 0; i < r->count; i++)
		if (writers == NULL)
			l->waiting[l->count++] = r->waiting[i];
		else if (write_row(&r->waiting[i], writers[0], err) == -1)
			return -1;
	r->count = 0;
	return 0;
}

/* The first part of a capture, which is the one that gets here, has written its
 * rows. */
static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	(void)state;
	(void)input;
	(void)writers;
	(void)err;
	return 0;
}

static const struct table *const tables[] = { &udp_table };

const struct analysis analysis_udp = {
	.tables = tables,
	.table_count = 1,
	.streams = true,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
