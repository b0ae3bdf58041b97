/*
 * pcapng: draft-ietf-opsawg-pcapng.
 *
 *   block:  type, total length, body (padded to 32 bits), total length again
 *   section header (0a0d0d0a):  byte-order magic, version, section length,
 *       options; it ends what the section before said of interfaces
 *   interface description (1):  link type, reserved, snaplen, options
 *   enhanced packet (6):  interface, time high and low, captured and original
 *       length, data, options
 *   packet (2, obsolete):  interface and drops (16 bits each), then the same
 *   simple packet (3):  original length, data; interface 0, no time
 *   anything else is passed over, but for an observer
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"
#include "base/table.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,

	BLOCK_FRAME_BYTES = 12,		/* type and the two lengths */
	SECTION_BYTES = 28,
	INTERFACE_BYTES = 20,
	PACKET_BYTES = 32,		/* enhanced and obsolete */
	SIMPLE_BYTES = 16,

	OPTION_END = 0,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,

	INTERFACES_MAX = 1 << 20,
	PREFETCH_BYTES = 768,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4dU

struct interface {
	uint64_t quick_max;	/* ticks up to here: ts = ticks * quick + offset */
	uint64_t quick;
	int64_t offset_s;
	uint32_t snaplen;	/* 0: none */
	uint32_t record_max;
	uint16_t link_type;
	uint8_t resolution;	/* if_tsresol */
	uint8_t digits;
};

struct pcapng_state {
	bool swapped;
	uint8_t order_flag;	/* of the section's frames */
	bool unknown_version;	/* this section is passed over */
	struct interface *interfaces;
	size_t count, room;
};

/* A block of which all bytes are in the window. */
struct block {
	const uint8_t *at;
	uint32_t type, len;
};

/* What a block gave. */
enum outcome { GAVE_FRAME, GAVE_NOTHING, STOPPED };

bool
pcapng_recognize(const uint8_t *data, size_t n)
{
	/* The type reads the same in both byte orders. */
	return n >= 4 && reader_load32(data, false) == BLOCK_SECTION;
}

/* Ticks of if_tsresol to nanoseconds, exactly, cut downwards. */
static bool
slow_time(const struct interface *itf, uint64_t ticks, int64_t *ts_ns)
{
	unsigned exponent = itf->resolution & 0x7f;
	uint128 ns;
	int128 sum;

	if (itf->resolution & 0x80) {
		/* ticks < 2^64 and 10^9 < 2^30, so the product fits */
		ns = exponent > 100 ? 0 :
		    (uint128)ticks * 1000000000 >> exponent;
	} else {
		ns = ticks;
		for (; exponent < 9; exponent++)
			ns *= 10;
		for (; exponent > 9 && ns != 0; exponent--)
			ns /= 10;
	}
	sum = (int128)ns + (int128)itf->offset_s * 1000000000;
	/* INT64_MIN is no time: tables write it as undefined. */
	if (sum > INT64_MAX || sum <= INT64_MIN)
		return false;
	*ts_ns = (int64_t)sum;
	return true;
}

/* Sets what most time stamps need: one product and one sum. */
static void
prepare_time(struct interface *itf)
{
	unsigned exponent = itf->resolution & 0x7f;
	const int64_t offset_max = INT64_MAX / 1000000000 / 2;
	bool binary = itf->resolution & 0x80;

	itf->digits = (uint8_t)(exponent > 9 ? 9 : exponent);
	itf->quick = 1;
	if (binary || exponent > 9 || itf->offset_s > offset_max ||
	    itf->offset_s < -offset_max) {
		itf->quick_max = 0;
		return;
	}
	for (; exponent < 9; exponent++)
		itf->quick *= 10;
	itf->quick_max = (uint64_t)(INT64_MAX / 2) / itf->quick;
}

static inline void
set_time(struct frame *f, const struct interface *itf, uint64_t ticks)
{
	if (ticks <= itf->quick_max && itf->quick_max != 0)
		f->ts_ns = (int64_t)(ticks * itf->quick) +
		    itf->offset_s * 1000000000;
	else if (!slow_time(itf, ticks, &f->ts_ns))
		f->flags |= FRAME_TIME_RANGE;
}

/* Options of an interface description; -1 where one runs out of its block. */
static int
read_interface_options(struct interface *itf, const uint8_t *p,
    const uint8_t *end, bool swapped)
{
	while (end - p >= 4) {
		unsigned code = reader_load16(p, swapped);
		unsigned len = reader_load16(p + 2, swapped);
		size_t padded = (len + 3U) & ~3U;

		p += 4;
		if (code == OPTION_END)
			return 0;
		if (padded > (size_t)(end - p))
			return -1;
		if (code == OPTION_TSRESOL && len == 1)
			itf->resolution = p[0];
		if (code == OPTION_TSOFFSET && len == 8) {
			uint64_t low = reader_load32(p + (swapped ? 4 : 0), swapped);
			uint64_t high = reader_load32(p + (swapped ? 0 : 4), swapped);

			itf->offset_s = (int64_t)(high << 32 | low);
		}
		p += padded;
	}
	return 0;
}

static struct interface *
grow_interfaces(struct pcapng_state *s)
{
	if (s->count == s->room) {
		size_t room = s->room == 0 ? 4 : 2 * s->room;
		struct interface *grown = memory_resize(s->interfaces, room,
		    sizeof(*grown));

		if (grown == NULL)
			return NULL;
		s->interfaces = grown;
		s->room = room;
	}
	return memset(&s->interfaces[s->count++], 0, sizeof(*s->interfaces));
}

static enum outcome
take_interface(struct reader *r, struct block b)
{
	struct pcapng_state *s = r->state;
	struct interface *itf;

	if (b.len < INTERFACE_BYTES) {
		reader_fault(r, READER_DAMAGED, b.at, "interface block of %u "
		    "bytes (at least %d)", b.len, INTERFACE_BYTES);
		return STOPPED;
	}
	if (s->count == INTERFACES_MAX) {
		reader_fault(r, READER_DAMAGED, b.at, "more than %d interfaces "
		    "in a section", INTERFACES_MAX);
		return STOPPED;
	}
	itf = grow_interfaces(s);
	if (itf == NULL || reader_met_link_type(r,
	    reader_load16(b.at + 8, s->swapped)) == -1) {
		reader_fault(r, READER_FAILED, b.at, "out of memory for "
		    "interface %zu", s->count);
		return STOPPED;
	}
	itf->link_type = reader_load16(b.at + 8, s->swapped);
	itf->snaplen = reader_load32(b.at + 12, s->swapped);
	itf->record_max = reader_record_max(itf->link_type);
	itf->resolution = 6;
	if (read_interface_options(itf, b.at + 16, b.at + b.len - 4,
	    s->swapped) == -1) {
		reader_fault(r, READER_DAMAGED, b.at,
		    "an option of the interface block runs past its end");
		return STOPPED;
	}
	prepare_time(itf);
	return GAVE_NOTHING;
}

static enum outcome
take_section(struct reader *r, struct block b)
{
	struct pcapng_state *s = r->state;
	unsigned major = reader_load16(b.at + 12, s->swapped);
	unsigned minor = reader_load16(b.at + 14, s->swapped);

	s->count = 0;
	s->unknown_version = major != 1;
	if (s->unknown_version && r->note.text[0] == '\0')
		errbuf_set(&r->note, "%s: offset %llu: a section of pcapng "
		    "version %u.%u was passed over (1.x is known)",
		    source_name(r->source),
		    (unsigned long long)reader_offset_of(r, b.at),
		    major, minor);
	return GAVE_NOTHING;
}

/* The checks that enhanced and obsolete packet blocks share. */
static enum outcome
finish_packet(struct reader *r, struct block b, uint32_t interface,
    struct frame *f)
{
	const struct pcapng_state *s = r->state;
	const struct interface *itf;

	if (interface >= s->count) {
		reader_fault(r, READER_DAMAGED, b.at, "packet of interface %u, "
		    "but %zu are described", interface, s->count);
		return STOPPED;
	}
	itf = &s->interfaces[interface];
	*f = (struct frame){
		.data = b.at + 28,
		.number = r->number + 1,
		.cap_len = reader_load32(b.at + 20, s->swapped),
		.wire_len = reader_load32(b.at + 24, s->swapped),
		.interface = interface,
		.link_type = itf->link_type,
		.ts_digits = itf->digits,
		.flags = s->order_flag,
	};
	if (f->cap_len > b.len - PACKET_BYTES) {
		reader_fault(r, READER_DAMAGED, b.at, "packet of %u bytes in a "
		    "block of %u", f->cap_len, b.len);
		return STOPPED;
	}
	if (f->cap_len > itf->record_max) {
		reader_fault(r, READER_DAMAGED, b.at, "packet of %u bytes, more "
		    "than any writer stores (%u)", f->cap_len,
		    itf->record_max);
		return STOPPED;
	}
	set_time(f, itf, (uint64_t)reader_load32(b.at + 12, s->swapped) << 32 |
	    reader_load32(b.at + 16, s->swapped));
	r->number++;
	return GAVE_FRAME;
}

static enum outcome
take_packet(struct reader *r, struct block b, struct frame *f)
{
	const struct pcapng_state *s = r->state;

	if (b.len < PACKET_BYTES) {
		reader_fault(r, READER_DAMAGED, b.at, "packet block of %u bytes "
		    "(at least %d)", b.len, PACKET_BYTES);
		return STOPPED;
	}
	return finish_packet(r, b, b.type == BLOCK_ENHANCED ?
	    reader_load32(b.at + 8, s->swapped) :
	    reader_load16(b.at + 8, s->swapped), f);
}

static enum outcome
take_simple(struct reader *r, struct block b, struct frame *f)
{
	const struct pcapng_state *s = r->state;
	uint32_t wire_len, cap_len;

	if (b.len < SIMPLE_BYTES || s->count == 0) {
		reader_fault(r, READER_DAMAGED, b.at, b.len < SIMPLE_BYTES ?
		    "simple packet block of %u bytes" :
		    "simple packet block (%u bytes) without an interface",
		    b.len);
		return STOPPED;
	}
	wire_len = reader_load32(b.at + 8, s->swapped);
	cap_len = wire_len;
	if (s->interfaces[0].snaplen != 0 && cap_len > s->interfaces[0].snaplen)
		cap_len = s->interfaces[0].snaplen;
	if (cap_len > b.len - SIMPLE_BYTES) {
		reader_fault(r, READER_DAMAGED, b.at, "simple packet of %u "
		    "bytes in a block of %u", cap_len, b.len);
		return STOPPED;
	}
	*f = (struct frame){
		.data = b.at + 12,
		.number = ++r->number,
		.cap_len = cap_len,
		.wire_len = wire_len,
		.link_type = s->interfaces[0].link_type,
		.flags = s->order_flag | FRAME_NO_TIME,
	};
	return GAVE_FRAME;
}

static bool
is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_PACKET ||
	    type == BLOCK_SIMPLE;
}

/* Must this block be in the window as a whole? */
static bool
is_wanted(const struct pcapng_state *s, uint32_t type)
{
	return type == BLOCK_SECTION || (!s->unknown_version &&
	    (is_packet(type) || type == BLOCK_INTERFACE));
}

/* Tells the observer, if there is one, of a block that is no packet. */
static void
tell(const struct reader *r, struct block b)
{
	const struct pcapng_state *s = r->state;
	struct reader_block told = {
		.type = b.type,
		.big_endian = s->order_flag != 0,
		.body = b.len > READER_BLOCK_MAX && !is_wanted(s, b.type) ?
		    NULL : b.at + 8,
		.len = b.len - BLOCK_FRAME_BYTES,
	};

	if (r->observer != NULL && !s->unknown_version)
		r->observer(r->observer_context, &told);
}

static enum outcome
take_other(struct reader *r, struct block b)
{
	enum outcome outcome = b.type == BLOCK_SECTION ? take_section(r, b) :
	    b.type == BLOCK_INTERFACE ? take_interface(r, b) : GAVE_NOTHING;

	if (outcome == GAVE_NOTHING)
		tell(r, b);
	return outcome;
}

static enum outcome
take_block(struct reader *r, struct block b, struct frame *f)
{
	const struct pcapng_state *s = r->state;

	if (b.type == BLOCK_SECTION)
		return take_other(r, b);
	if (s->unknown_version)
		return GAVE_NOTHING;
	switch (b.type) {
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
		return take_packet(r, b, f);
	case BLOCK_SIMPLE:
		return take_simple(r, b, f);
	default:
		return take_other(r, b);
	}
}

/* A block that nobody needs as a whole and of which not all is there: a secrets
 * block of megabytes need not be in memory unless someone looks at it. */
static void
pass_over(struct reader *r, struct block b)
{
	if (b.len <= READER_RECORD_MAX ||
	    (r->observer != NULL && b.len <= READER_BLOCK_MAX))
		return;
	if (b.len > READER_BLOCK_MAX)
		tell(r, b);
	r->skip = b.len;
}

/* A section header tells the byte order before its length can be read. */
static int
read_byte_order(struct reader *r, struct pcapng_state *s, const uint8_t *p)
{
	uint32_t magic = reader_load32(p + 8, false);

	if (magic != BYTE_ORDER_MAGIC &&
	    magic != __builtin_bswap32(BYTE_ORDER_MAGIC)) {
		reader_fault(r, READER_DAMAGED, p, "section header with "
		    "byte-order magic %08x", magic);
		return -1;
	}
	s->swapped = magic != BYTE_ORDER_MAGIC;
	s->order_flag = reader_order_flag(s->swapped);
	return 0;
}

static bool
is_length_sound(struct reader *r, struct block b)
{
	const struct pcapng_state *s = r->state;
	uint32_t least = b.type == BLOCK_SECTION ? SECTION_BYTES :
	    BLOCK_FRAME_BYTES;

	if (b.len < least || b.len % 4 != 0) {
		reader_fault(r, READER_DAMAGED, b.at, "block of type %u says it "
		    "is %u bytes long", b.type, b.len);
		return false;
	}
	if (is_wanted(s, b.type) &&
	    b.len > READER_RECORD_MAX_BULK + READER_BLOCK_EXTRA) {
		reader_fault(r, READER_DAMAGED, b.at, "block of type %u says it "
		    "is %u bytes long, more than any writer stores", b.type,
		    b.len);
		return false;
	}
	return true;
}

/*
 * The next block, whole in the window.  False where bytes are missing, the
 * block is passed over (r->skip) or wrong.
 */
static bool
next_block(struct reader *r, struct block *b)
{
	struct pcapng_state *s = r->state;
	size_t left = (size_t)(r->end - r->at);

	b->at = r->at;
	if (left < BLOCK_FRAME_BYTES) {
		r->need = BLOCK_FRAME_BYTES;
		return false;
	}
	b->type = reader_load32(b->at, s->swapped);
	if (b->type == BLOCK_SECTION && read_byte_order(r, s, b->at) == -1)
		return false;
	b->len = reader_load32(b->at + 4, s->swapped);
	if (!is_length_sound(r, *b))
		return false;
	if (left < b->len) {
		if (!is_wanted(s, b->type))
			pass_over(r, *b);
		r->need = b->len;
		return false;
	}
	if (reader_load32(b->at + b->len - 4, s->swapped) != b->len) {
		reader_fault(r, READER_DAMAGED, b->at, "the two lengths of a "
		    "block differ (%u and %u)", b->len,
		    reader_load32(b->at + b->len - 4, s->swapped));
		return false;
	}
	return true;
}

static size_t
walk_blocks(struct reader *r, struct frame *frames, size_t max)
{
	size_t n = 0;
	struct block b;

	/* A fault waits until the frames before it have been delivered. */
	while (n < max && next_block(r, &b)) {
		enum outcome outcome;

		/* What an observer sees comes behind the frames before it. */
		if (n > 0 && r->observer != NULL && !is_packet(b.type))
			break;
		__builtin_prefetch(b.at + PREFETCH_BYTES);
		outcome = take_block(r, b, &frames[n]);
		if (outcome == STOPPED)
			break;
		n += outcome == GAVE_FRAME;
		r->at += b.len;
	}
	return n;
}

/* The block around the frame's data; it was sound when the frame was taken. */
static void
read_packet(const struct frame *f, struct reader_packet *out)
{
	const bool swapped = reader_is_swapped(f->flags & FRAME_BIG_ENDIAN);
	const uint8_t *at = f->data - 28;
	const uint8_t *options;

	*out = (struct reader_packet){ .simple = f->flags & FRAME_NO_TIME };
	if (out->simple)
		return;
	if (reader_load32(at, swapped) == BLOCK_PACKET) {
		out->drops = reader_load16(at + 10, swapped);
		out->has_drops = out->drops != UINT16_MAX;
	}
	out->ticks = (uint64_t)reader_load32(at + 12, swapped) << 32 |
	    reader_load32(at + 16, swapped);
	options = f->data + ((reader_load32(at + 20, swapped) + 3) & ~3U);
	out->options = options;
	out->options_len = reader_load32(at + 4, swapped) - 4 -
	    (uint32_t)(options - at);
}

static void
free_state(void *state)
{
	struct pcapng_state *s = state;

	free(s->interfaces);
	free(s);
}

static const struct walker pcapng_walker = {
	.walk = walk_blocks, .free = free_state, .packet = read_packet,
};

const struct walker *
pcapng_open_walker(struct reader *r, struct errbuf *err)
{
	struct pcapng_state *s;

	if (r->end - r->at < SECTION_BYTES) {
		errbuf_set(err, "%s: offset 0: the capture ends inside its "
		    "section header (%zu of at least %d bytes are there)",
		    source_name(r->source), (size_t)(r->end - r->at),
		    SECTION_BYTES);
		return NULL;
	}
	s = memory_array(1, sizeof(*s));
	if (s == NULL) {
		errbuf_set(err, "%s: out of memory", source_name(r->source));
		return NULL;
	}
	if (read_byte_order(r, s, r->at) == -1) {
		*err = r->fault;
		free(s);
		return NULL;
	}
	r->state = s;
	snprintf(r->format, sizeof(r->format), "pcapng");
	return &pcapng_walker;
}
