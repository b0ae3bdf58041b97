/*
 * Layouts: see pcap.c and pcapng.c, which read them.
 */
#include "analyzer/capture/writer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"

enum {
	FILE_HEADER_BYTES = 24,
	RECORD_HEADER_BYTES = 16,
	BLOCK_FRAME_BYTES = 12,		/* type and the two lengths */
	SECTION_BODY_BYTES = 16,
	INTERFACE_BODY_BYTES = 8,
	PACKET_BODY_BYTES = 20,

	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,

	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_TSRESOL = 9,
	OPTION_DROPS = 4,		/* epb_dropcount */

	/* Digits of the usual unit, the microsecond. */
	MICRO_DIGITS = 6,
};

#define MAGIC_MICRO 0xa1b2c3d4U
#define MAGIC_NANO 0xa1b23c4dU
#define MAGIC_ORDER 0x1a2b3c4dU
#define LINK_TYPE_ETHERNET 1

struct writer {
	enum writer_format format;
	char *name;
	uint32_t snaplen;		/* 0: all */
	struct sink *sink;
	uint64_t packets;
	struct writer_losses losses;
	bool begun;			/* the file header, or some section */
	bool big_endian;		/* the file, or the section */

	/* What the file header says, or is to say; in pcapng, of the classic
	 * pcap that the section is of. */
	bool header_known;
	struct reader_classic header;
	bool nanoseconds;
	/* pcapng: is it a section of a classic pcap? */
	bool classic;
};

/* A number in the byte order of what is written; returns what follows. */
static uint8_t *
put16(const struct writer *w, uint8_t *at, uint16_t value)
{
	at[w->big_endian ? 1 : 0] = (uint8_t)value;
	at[w->big_endian ? 0 : 1] = (uint8_t)(value >> 8);
	return at + 2;
}

static uint8_t *
put32(const struct writer *w, uint8_t *at, uint32_t value)
{
	put16(w, at + (w->big_endian ? 2 : 0), (uint16_t)value);
	put16(w, at + (w->big_endian ? 0 : 2), (uint16_t)(value >> 16));
	return at + 4;
}

static int
put(struct writer *w, const void *data, size_t n, struct errbuf *err)
{
	return n == 0 ? 0 : w->sink->write(w->sink, data, n, err);
}

static uint32_t
padding(uint32_t len)
{
	return -len & 3;
}

struct writer *
writer_new(enum writer_format format, const char *name, uint32_t snaplen,
    struct sink *sink, struct errbuf *err)
{
	struct writer *w = memory_array(1, sizeof(*w));

	if (w != NULL)
		w->name = strdup(name);
	if (w == NULL || w->name == NULL) {
		errbuf_set(err, "%s: out of memory", name);
		free(w);
		return NULL;
	}
	w->format = format;
	w->snaplen = snaplen;
	w->sink = sink;
	return w;
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	free(w->name);
	free(w);
}

/* The smaller one, where 0 is no bound. */
static uint32_t
smaller_snaplen(uint32_t a, uint32_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Bytes to keep of a packet. */
static uint32_t
kept_bytes(const struct writer *w, const struct frame *f)
{
	return w->snaplen != 0 && f->cap_len > w->snaplen ? w->snaplen :
	    f->cap_len;
}

/* Comments of a list of options, as far as it is sound. */
static uint64_t
count_comments(const uint8_t *at, uint32_t len, bool swapped)
{
	uint64_t n = 0;

	while (len >= 4) {
		uint32_t size = reader_load16(at + 2, swapped);

		size += 4 + padding(size);
		if (reader_load16(at, swapped) == OPTION_END || size > len)
			break;
		n += reader_load16(at, swapped) == OPTION_COMMENT;
		at += size;
		len -= size;
	}
	return n;
}

/*
 * Classic pcap.
 */

static int
begin_pcap(struct writer *w, struct errbuf *err)
{
	uint8_t header[FILE_HEADER_BYTES] = { 0 };
	const struct reader_classic *h = &w->header;
	uint32_t snaplen = h->snaplen != 0 ? h->snaplen :
	    reader_record_max((uint16_t)h->link_field);
	uint8_t *at;

	w->begun = true;
	w->header_known = true;
	w->big_endian = h->big_endian;
	w->nanoseconds = h->ts_digits > MICRO_DIGITS;
	at = put32(w, header, w->nanoseconds ? MAGIC_NANO : MAGIC_MICRO);
	at = put16(w, at, 2);
	at = put16(w, at, 4);
	at = put32(w, at + 8, smaller_snaplen(snaplen, w->snaplen));
	put32(w, at, h->link_field);
	return put(w, header, sizeof(header), err);
}

/* Link types that hold numbers in the byte order of the capturing machine,
 * which readers take to be that of the file. */
static bool
keeps_order(uint16_t link_type)
{
	static const uint16_t types[] = {
		0,		/* BSD loopback */
		189, 220,	/* Linux USB */
		239,		/* netfilter log */
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == link_type)
			return true;
	return false;
}

/* Why the packet has no place in the file that was begun, or NULL. */
static const char *
misfit(const struct writer *w, const struct frame *f)
{
	const int64_t end_ns = ((int64_t)UINT32_MAX + 1) * 1000000000;

	if (f->link_type != (uint16_t)w->header.link_field)
		return "is of another link type than those before it";
	if (f->flags & FRAME_NO_TIME)
		return "has no time";
	if (f->flags & FRAME_TIME_RANGE || f->ts_ns < 0 || f->ts_ns >= end_ns)
		return "has a time before 1970 or after 2106";
	if (!w->nanoseconds && f->ts_ns % 1000 != 0)
		return "has nanoseconds, unlike those before it";
	if (keeps_order(f->link_type) &&
	    w->big_endian != ((f->flags & FRAME_BIG_ENDIAN) != 0))
		return "is of another byte order than those before it";
	return NULL;
}

static int
write_record(struct writer *w, const struct frame *f, struct errbuf *err)
{
	uint8_t header[RECORD_HEADER_BYTES], *at = header;
	uint32_t kept = kept_bytes(w, f);
	uint32_t fraction = (uint32_t)(f->ts_ns % 1000000000);

	at = put32(w, at, (uint32_t)(f->ts_ns / 1000000000));
	at = put32(w, at, w->nanoseconds ? fraction : fraction / 1000);
	at = put32(w, at, kept);
	put32(w, at, f->wire_len);
	if (put(w, header, sizeof(header), err) == -1)
		return -1;
	return put(w, f->data, kept, err);
}

static int
pcap_frame(struct writer *w, const struct frame *f,
    const struct reader_packet *packet, struct errbuf *err)
{
	const char *why;

	if (!w->begun && (!w->header_known || packet != NULL))
		w->header = (struct reader_classic){
			.link_field = f->link_type,
			.ts_digits = f->ts_digits,
			.big_endian = f->flags & FRAME_BIG_ENDIAN,
		};
	if (!w->begun && begin_pcap(w, err) == -1)
		return -1;
	why = misfit(w, f);
	if (why != NULL) {
		errbuf_set(err, "%s: packet %llu %s, which pcap cannot hold: "
		    "name a .pcapng", w->name, (unsigned long long)f->number,
		    why);
		return -1;
	}
	if (packet != NULL)
		w->losses.comments += count_comments(packet->options,
		    packet->options_len,
		    reader_is_swapped(f->flags & FRAME_BIG_ENDIAN));
	return write_record(w, f, err);
}

/* Where options begin in the body of a block, of those that have comments. */
static uint32_t
options_at(uint32_t type)
{
	return type == READER_SECTION ? SECTION_BODY_BYTES :
	    type == READER_INTERFACE ? INTERFACE_BODY_BYTES : UINT32_MAX;
}

/* The link type of the first interface, should there be no packet. */
static void
note_interface(struct writer *w, const struct reader_block *b)
{
	if (w->header_known || b->type != READER_INTERFACE)
		return;
	w->header_known = true;
	w->header = (struct reader_classic){
		.link_field = reader_load16(b->body,
		    reader_is_swapped(b->big_endian)),
		.big_endian = b->big_endian,
	};
}

static void
pcap_block(struct writer *w, const struct reader_block *b)
{
	uint32_t at = options_at(b->type);

	note_interface(w, b);
	w->losses.names += b->type == READER_NAMES;
	w->losses.secrets += b->type == READER_SECRETS;
	if (at <= b->len)
		w->losses.comments += count_comments(b->body + at, b->len - at,
		    reader_is_swapped(b->big_endian));
}

/*
 * pcapng.
 */

static int
begin_block(struct writer *w, uint32_t type, uint32_t body_len,
    struct errbuf *err)
{
	uint8_t head[8];

	put32(w, put32(w, head, type), body_len + BLOCK_FRAME_BYTES);
	return put(w, head, sizeof(head), err);
}

static int
end_block(struct writer *w, uint32_t body_len, struct errbuf *err)
{
	uint8_t tail[4];

	put32(w, tail, body_len + BLOCK_FRAME_BYTES);
	return put(w, tail, sizeof(tail), err);
}

/* A block of two pieces: what may differ from the input, and the rest of it. */
static int
write_block(struct writer *w, uint32_t type, const uint8_t *head,
    uint32_t head_len, const uint8_t *rest, uint32_t rest_len,
    struct errbuf *err)
{
	if (begin_block(w, type, head_len + rest_len, err) == -1 ||
	    put(w, head, head_len, err) == -1 ||
	    put(w, rest, rest_len, err) == -1)
		return -1;
	return end_block(w, head_len + rest_len, err);
}

/* A section of unknown length: what is taken of it differs. */
static int
write_section(struct writer *w, bool big_endian, uint16_t minor,
    const uint8_t *options, uint32_t len, struct errbuf *err)
{
	uint8_t body[SECTION_BODY_BYTES], *at = body;

	w->begun = true;
	w->classic = false;
	w->big_endian = big_endian;
	at = put32(w, at, MAGIC_ORDER);
	at = put16(w, at, 1);
	at = put16(w, at, minor);
	memset(at, 0xff, 8);
	return write_block(w, READER_SECTION, body, sizeof(body), options,
	    len, err);
}

static int
write_interface(struct writer *w, uint16_t link_type, uint16_t reserved,
    uint32_t snaplen, const uint8_t *options, uint32_t len,
    struct errbuf *err)
{
	uint8_t body[INTERFACE_BODY_BYTES], *at = body;

	at = put16(w, at, link_type);
	at = put16(w, at, reserved);
	put32(w, at, smaller_snaplen(snaplen, w->snaplen));
	return write_block(w, READER_INTERFACE, body, sizeof(body), options,
	    len, err);
}

/* A section for packets of a classic pcap, unless this one will do: the files
 * of a rotation are alike. */
static int
begin_classic_section(struct writer *w, const struct reader_classic *h,
    struct errbuf *err)
{
	uint8_t options[12] = { 0 };

	if (w->classic && h->link_field == w->header.link_field &&
	    h->snaplen == w->header.snaplen &&
	    h->ts_digits == w->header.ts_digits &&
	    h->big_endian == w->header.big_endian)
		return 0;
	if (write_section(w, h->big_endian, 0, NULL, 0, err) == -1)
		return -1;
	w->classic = true;
	w->header = *h;
	put16(w, put16(w, options, OPTION_TSRESOL), 1);
	options[4] = h->ts_digits;
	return write_interface(w, (uint16_t)h->link_field, 0, h->snaplen,
	    options, h->ts_digits == MICRO_DIGITS ? 0 : sizeof(options), err);
}

static int
pcapng_block(struct writer *w, const struct reader_block *b,
    struct errbuf *err)
{
	const bool swapped = reader_is_swapped(b->big_endian);

	switch (b->type) {
	case READER_SECTION:
		return write_section(w, b->big_endian,
		    reader_load16(b->body + 6, swapped),
		    b->body + SECTION_BODY_BYTES, b->len - SECTION_BODY_BYTES,
		    err);
	case READER_INTERFACE:
		return write_interface(w, reader_load16(b->body, swapped),
		    reader_load16(b->body + 2, swapped),
		    reader_load32(b->body + 4, swapped),
		    b->body + INTERFACE_BODY_BYTES,
		    b->len - INTERFACE_BODY_BYTES, err);
	default:
		return write_block(w, b->type, NULL, 0, b->body, b->len, err);
	}
}

/* A packet block's data, padding and (first) options. */
static int
write_data(struct writer *w, const struct frame *f, uint32_t kept,
    const uint8_t *options, uint32_t options_len, struct errbuf *err)
{
	static const uint8_t zeros[4];

	if (put(w, f->data, kept, err) == -1 ||
	    put(w, zeros, padding(kept), err) == -1)
		return -1;
	return put(w, options, options_len, err);
}

static int
write_simple(struct writer *w, const struct frame *f, struct errbuf *err)
{
	uint32_t kept = kept_bytes(w, f);
	uint32_t len = 4 + kept + padding(kept);
	uint8_t wire_len[4];

	put32(w, wire_len, f->wire_len);
	if (begin_block(w, BLOCK_SIMPLE, len, err) == -1 ||
	    put(w, wire_len, sizeof(wire_len), err) == -1 ||
	    write_data(w, f, kept, NULL, 0, err) == -1)
		return -1;
	return end_block(w, len, err);
}

/* Obsolete packet blocks become enhanced ones; the packets lost before one of
 * them move to an option. */
static int
write_enhanced(struct writer *w, const struct frame *f,
    const struct reader_packet *p, struct errbuf *err)
{
	uint32_t kept = kept_bytes(w, f), drops_len = p->has_drops ? 12 : 0;
	uint32_t len = PACKET_BODY_BYTES + kept + padding(kept) + drops_len +
	    p->options_len;
	uint8_t head[8 + PACKET_BODY_BYTES], *at = head;
	uint8_t drops[12] = { 0 };

	at = put32(w, at, BLOCK_ENHANCED);
	at = put32(w, at, len + BLOCK_FRAME_BYTES);
	at = put32(w, at, f->interface);
	at = put32(w, at, (uint32_t)(p->ticks >> 32));
	at = put32(w, at, (uint32_t)p->ticks);
	at = put32(w, at, kept);
	put32(w, at, f->wire_len);
	put16(w, put16(w, drops, OPTION_DROPS), 8);
	put16(w, drops + (w->big_endian ? 10 : 4), p->drops);
	if (put(w, head, sizeof(head), err) == -1 ||
	    write_data(w, f, kept, drops, drops_len, err) == -1 ||
	    put(w, p->options, p->options_len, err) == -1)
		return -1;
	return end_block(w, len, err);
}

static int
pcapng_frame(struct writer *w, const struct frame *f,
    const struct reader_packet *packet, struct errbuf *err)
{
	struct reader_packet made = { 0 };

	if (packet == NULL) {
		made.ticks = (uint64_t)f->ts_ns /
		    (w->header.ts_digits == MICRO_DIGITS ? 1000 : 1);
		packet = &made;
	}
	return packet->simple ? write_simple(w, f, err) :
	    write_enhanced(w, f, packet, err);
}

/*
 * Both.
 */

int
writer_classic(struct writer *w, const struct reader_classic *header,
    struct errbuf *err)
{
	if (w->format == WRITER_PCAPNG)
		return begin_classic_section(w, header, err);
	if (!w->begun) {
		w->header = *header;
		w->header_known = true;
	}
	return 0;
}

int
writer_block(struct writer *w, const struct reader_block *block,
    struct errbuf *err)
{
	switch (block->type) {
	case READER_NAMES: case READER_STATISTICS: case READER_SECRETS:
		if (block->body == NULL)
			break;
		/* FALLTHROUGH */
	case READER_SECTION: case READER_INTERFACE:
		if (w->format == WRITER_PCAPNG)
			return pcapng_block(w, block, err);
		pcap_block(w, block);
		return 0;
	}
	w->losses.others++;
	return 0;
}

int
writer_frame(struct writer *w, const struct frame *frame,
    const struct reader_packet *packet, struct errbuf *err)
{
	if ((w->format == WRITER_PCAP ? pcap_frame : pcapng_frame)(w, frame,
	    packet, err) == -1)
		return -1;
	w->packets++;
	return 0;
}

int
writer_finish(struct writer *w, struct errbuf *err)
{
	if (w->begun)
		return 0;
	if (w->format == WRITER_PCAPNG)
		return write_section(w, false, 0, NULL, 0, err);
	if (!w->header_known)
		w->header.link_field = LINK_TYPE_ETHERNET;
	return begin_pcap(w, err);
}

uint64_t
writer_packets(const struct writer *w)
{
	return w->packets;
}

void
writer_losses(const struct writer *w, struct writer_losses *out)
{
	*out = w->losses;
}
