/*
 * Classic pcap: draft-ietf-opsawg-pcap, and what older writers left behind.
 *
 *   file header, 24 bytes:  magic, version major and minor (16 bits each),
 *       reserved 1 and 2 (once the time zone), snaplen, link type (low 16
 *       bits; FCS length and reserved bits above)
 *   record, 16 bytes and the data:  seconds (unsigned), fraction, captured
 *       length, original length
 *
 * The magic gives byte order and fraction: a1b2c3d4 microseconds, a1b23c4d
 * nanoseconds, a1b2cd34 Kuznetzov's patched libpcap: microseconds, and eight
 * more bytes (interface, protocol, packet type) in each record header.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"

enum {
	FILE_HEADER_BYTES = 24,
	RECORD_HEADER_BYTES = 16,
	MODIFIED_HEADER_BYTES = 24,
	/* Ahead of the walk, as if records were alike, so that the chain of
	 * lengths is read from the first level cache: the chunk comes out of
	 * the kernel's copy in the second. */
	PREFETCH_RECORDS = 8,
};

/* Which way round a record holds its two lengths. */
enum length_order {
	CAPTURED_FIRST,
	ORIGINAL_FIRST,		/* before version 2.3 */
	SMALLER_CAPTURED,	/* 2.3: some writers, not all */
};

struct pcap_state {
	uint32_t fraction_ns;	/* nanoseconds a unit of the fraction */
	uint32_t fraction_end;	/* units a second */
	uint32_t record_max;
	uint32_t header_bytes;
	enum length_order order;
	bool swapped;		/* against this machine */
	uint16_t link_type;
	uint8_t digits;
	uint8_t flags;		/* of every frame */
};

static const struct magic {
	uint32_t value;
	uint32_t fraction_ns;
	uint32_t header_bytes;
	uint8_t digits;
	const char *format;
} magics[] = {
	{ 0xa1b2c3d4, 1000, RECORD_HEADER_BYTES, 6, "pcap" },
	{ 0xa1b23c4d, 1, RECORD_HEADER_BYTES, 9, "pcap-nsec" },
	{ 0xa1b2cd34, 1000, MODIFIED_HEADER_BYTES, 6, "pcap-modified" },
};

static const struct magic *
find_magic(const uint8_t *data, size_t n, bool *swapped)
{
	if (n < 4)
		return NULL;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		for (int s = 0; s < 2; s++)
			if (reader_load32(data, s == 1) == magics[i].value) {
				*swapped = s == 1;
				return &magics[i];
			}
	return NULL;
}

bool
pcap_recognize(const uint8_t *data, size_t n)
{
	bool swapped;

	return find_magic(data, n, &swapped) != NULL;
}

/* The two lengths of a record as some old writers stored them. */
static void
order_lengths(enum length_order order, uint32_t *cap_len, uint32_t *wire_len)
{
	uint32_t t = *cap_len;

	if (order == ORIGINAL_FIRST ||
	    (order == SMALLER_CAPTURED && *cap_len > *wire_len)) {
		*cap_len = *wire_len;
		*wire_len = t;
	}
}

/*
 * The hot loop.  `swapped` and `usual` are constants at each call, so that the
 * usual walk has no test for what the file header has settled.
 */
static inline __attribute__((always_inline)) size_t
walk_records(struct reader *r, struct frame *frames, size_t max, bool swapped,
    bool usual)
{
	const struct pcap_state s = *(const struct pcap_state *)r->state;
	const uint32_t header = usual ? RECORD_HEADER_BYTES : s.header_bytes;
	const uint8_t *p = r->at;
	size_t n = 0, left = (size_t)(r->end - p);
	uint64_t number = r->number;

	while (n < max) {
		uint32_t fraction, cap_len, wire_len;

		if (left < header) {
			r->need = header;
			break;
		}
		fraction = reader_load32(p + 4, swapped);
		cap_len = reader_load32(p + 8, swapped);
		wire_len = reader_load32(p + 12, swapped);
		if (!usual)
			order_lengths(s.order, &cap_len, &wire_len);
		/* The next record's place hangs on this length: it must not
		 * take the way through a vector register that gcc finds for
		 * copying both lengths at once. */
		__asm__("" : "+r" (cap_len));
		if (cap_len > s.record_max) {
			reader_fault(r, READER_DAMAGED, p, "record %llu says "
			    "it holds %u bytes, more than any writer stores "
			    "(%u)", (unsigned long long)number + 1, cap_len,
			    s.record_max);
			break;
		}
		if (left - header < cap_len) {
			r->need = header + cap_len;
			break;
		}
		__builtin_prefetch(p + PREFETCH_RECORDS * (header + cap_len));
		__builtin_prefetch(p + 64);
		frames[n] = (struct frame){
			.data = p + header,
			.ts_ns = (int64_t)reader_load32(p, swapped) * 1000000000 +
			    (int64_t)fraction * s.fraction_ns,
			.number = ++number,
			.cap_len = cap_len,
			.wire_len = wire_len,
			.link_type = s.link_type,
			.ts_digits = s.digits,
			.flags = (uint8_t)(fraction >= s.fraction_end ?
			    s.flags | FRAME_TIME_ODD : s.flags),
		};
		n++;
		p += header + cap_len;
		left -= header + cap_len;
	}
	r->at = p;
	r->number = number;
	return n;
}

static size_t
walk_native(struct reader *r, struct frame *frames, size_t max)
{
	return walk_records(r, frames, max, false, true);
}

static size_t
walk_swapped(struct reader *r, struct frame *frames, size_t max)
{
	return walk_records(r, frames, max, true, true);
}

static size_t
walk_unusual(struct reader *r, struct frame *frames, size_t max)
{
	const struct pcap_state *s = r->state;

	return s->swapped ? walk_records(r, frames, max, true, false) :
	    walk_records(r, frames, max, false, false);
}

static const struct walker native_walker = {
	.walk = walk_native, .free = free,
};
static const struct walker swapped_walker = {
	.walk = walk_swapped, .free = free,
};
static const struct walker unusual_walker = {
	.walk = walk_unusual, .free = free,
};

static int
read_file_header(struct reader *r, struct pcap_state *s, struct errbuf *err)
{
	const uint8_t *p = r->at;
	const struct magic *magic = find_magic(p, 4, &s->swapped);
	unsigned major, minor;

	if (r->end - r->at < FILE_HEADER_BYTES) {
		errbuf_set(err, "%s: offset 0: the capture ends inside its file "
		    "header (%zu of %d bytes are there)",
		    source_name(r->source), (size_t)(r->end - r->at),
		    FILE_HEADER_BYTES);
		return -1;
	}
	major = reader_load16(p + 4, s->swapped);
	minor = reader_load16(p + 6, s->swapped);
	if (major != 2) {
		errbuf_set(err, "%s: offset 4: pcap version %u.%u is not known "
		    "(2.x is)", source_name(r->source), major, minor);
		return -1;
	}
	s->order = minor < 3 ? ORIGINAL_FIRST : minor == 3 ? SMALLER_CAPTURED :
	    CAPTURED_FIRST;
	s->link_type = (uint16_t)reader_load32(p + 20, s->swapped);
	s->record_max = reader_record_max(s->link_type);
	s->fraction_ns = magic->fraction_ns;
	s->fraction_end = 1000000000 / magic->fraction_ns;
	s->header_bytes = magic->header_bytes;
	s->digits = magic->digits;
	s->flags = reader_order_flag(s->swapped);
	r->classic = (struct reader_classic){
		.snaplen = reader_load32(p + 16, s->swapped),
		.link_field = reader_load32(p + 20, s->swapped),
		.ts_digits = s->digits,
		.big_endian = s->flags & FRAME_BIG_ENDIAN,
	};
	snprintf(r->format, sizeof(r->format), "%s", magic->format);
	r->at += FILE_HEADER_BYTES;
	return 0;
}

const struct walker *
pcap_open_walker(struct reader *r, struct errbuf *err)
{
	struct pcap_state *s = memory_array(1, sizeof(*s));

	if (s == NULL)
		goto out_of_memory;
	if (read_file_header(r, s, err) == -1)
		goto fail;
	if (reader_met_link_type(r, s->link_type) == -1)
		goto out_of_memory;
	r->state = s;
	if (s->header_bytes != RECORD_HEADER_BYTES ||
	    s->order != CAPTURED_FIRST)
		return &unusual_walker;
	return s->swapped ? &swapped_walker : &native_walker;

out_of_memory:
	errbuf_set(err, "%s: out of memory", source_name(r->source));
fail:
	free(s);
	return NULL;
}
