/*
 * What the reader and its two walkers (classic pcap, pcapng) share.
 *
 * The reader owns a window of bytes; a walker turns the bytes at hand into
 * frames and stops where they run out, saying in `need` how many it must see.
 */
#ifndef ANALYZER_CAPTURE_READER_INTERNAL_H
#define ANALYZER_CAPTURE_READER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/capture/frame.h"
#include "analyzer/capture/reader.h"
#include "analyzer/capture/source.h"
#include "base/errbuf.h"

enum {
	/* libpcap and Wireshark bound records so; no writer goes past it. */
	READER_RECORD_MAX = 262144,
	/* The same for link types whose units are that large (USB, D-Bus). */
	READER_RECORD_MAX_BULK = 128 * 1024 * 1024,
	/* A pcapng block that we have to see whole: a packet and its options */
	READER_BLOCK_EXTRA = 1024 * 1024,
};

struct reader;

struct walker {
	/*
	 * Takes frames from [at, end), at most max, and moves `at` behind
	 * them.  Fewer than max: the bytes ran out (`need` is set to more than
	 * end - at, or `skip` to bytes that nobody wants), or reader_fault()
	 * was called.
	 */
	size_t (*walk)(struct reader *r, struct frame *frames, size_t max);
	void (*free)(void *state);
	/* Of pcapng only: see reader_packet(). */
	void (*packet)(const struct frame *frame, struct reader_packet *out);
};

struct reader {
	struct source *source;		/* NULL: an interface is read, */
	struct live_reader *live;	/* by that; else NULL */
	const struct walker *walker;
	void *state;			/* the walker's */
	char format[32];

	/* Reads go to `chunk`, which is aligned; what a record began before is
	 * copied to just in front of it, so that records are contiguous. */
	uint8_t *buffer;
	size_t headroom;		/* chunk - buffer */
	size_t room;			/* of the chunk */
	const uint8_t *at, *end;	/* unread bytes */
	uint64_t end_offset;		/* of `end` in the (decompressed) input */
	size_t need;			/* bytes from `at` that the walker wants */
	uint64_t skip;			/* bytes to pass over without a look */

	uint64_t number;		/* of the last frame */
	uint16_t *link_types;
	size_t link_type_count, link_type_room;
	uint8_t met[65536 / 8];		/* a bit a link type */

	enum source_status source_status;	/* once not SOURCE_OK, final */
	struct errbuf source_err;	/* its line */
	enum reader_status status;	/* once not READER_OK, final */
	struct errbuf fault;		/* its line */
	struct errbuf note;		/* reader_note() */
	struct reader_classic classic;	/* where it is classic pcap */
	reader_observer *observer;	/* NULL: nobody looks at blocks */
	void *observer_context;
};

/* Numbers of a savefile, in this machine's byte order or swapped against it. */
static inline uint32_t
reader_load32(const uint8_t *p, bool swapped)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t
reader_load16(const uint8_t *p, bool swapped)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

/* FRAME_BIG_ENDIAN where the savefile is. */
static inline uint8_t
reader_order_flag(bool swapped)
{
	return swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) ?
	    FRAME_BIG_ENDIAN : 0;
}

/* Is a savefile of that byte order swapped against this machine? */
static inline bool
reader_is_swapped(bool big_endian)
{
	return big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

/* Offset of a byte of the window in the (decompressed) input. */
static inline uint64_t
reader_offset_of(const struct reader *r, const uint8_t *p)
{
	return r->end_offset - (uint64_t)(r->end - p);
}

/* Ends the reading, after what the walk that calls it returns, with
 * "NAME: offset N: WHAT". */
void reader_fault(struct reader *r, enum reader_status status,
    const uint8_t *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Remembers a link type that was met; -1 when memory is short. */
int reader_met_link_type(struct reader *r, uint16_t link_type);

/* Largest record that is believed, by link type. */
uint32_t reader_record_max(uint16_t link_type);

/*
 * Opens the walker of classic pcap: takes the file header from the window (at
 * least 512 bytes are there, or all that the input has), sets format and state.
 * NULL with the reason in *err; the caller has checked the magic number.
 */
const struct walker *pcap_open_walker(struct reader *r, struct errbuf *err);

/* The same for pcapng; of the first section's header only the byte order is
 * looked at, and nothing is taken. */
const struct walker *pcapng_open_walker(struct reader *r, struct errbuf *err);

/* The reader of an interface: what reader.h says of reader_next(). */
enum reader_status live_reader_next(struct live_reader *live,
    struct frame *frames, size_t max, size_t *n, struct errbuf *err);

/* Bytes of packets seen so far. */
uint64_t live_reader_offset(const struct live_reader *live);

/* NULL does nothing. */
void live_reader_free(struct live_reader *live);

/* Do these first n bytes begin with a magic number of classic pcap, in either
 * byte order?  False below four bytes. */
bool pcap_recognize(const uint8_t *data, size_t n);

/* The same for the type of a pcapng section header. */
bool pcapng_recognize(const uint8_t *data, size_t n);

#endif
