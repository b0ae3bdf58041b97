/*
 * Reads savefiles: classic pcap (microseconds, nanoseconds, Kuznetzov's
 * modified records; both byte orders) and pcapng, plain or compressed with
 * gzip, zstd, lz4 or xz, from files, FIFOs and standard input.  The kind is
 * found in the first bytes, never in the name.
 *
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef ANALYZER_CAPTURE_READER_H
#define ANALYZER_CAPTURE_READER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/frame.h"
#include "base/errbuf.h"

enum reader_status {
	READER_OK,		/* frames were delivered */
	READER_IDLE,		/* nothing came for a while: call again */
	READER_END,		/* the input ended where a record may end */
	READER_CUT,		/* it ended inside a record */
	READER_DAMAGED,		/* something no writer writes; reading stopped */
	READER_FAILED,		/* the operating system or memory failed */
};

struct reader;

/*
 * Opens a capture; "-" is standard input.  NULL with the reason (naming the
 * path) in *err; *foreign, where not NULL, says whether that reason is that
 * the content is no capture (a walk over a directory passes such files by).
 */
struct reader *reader_open(const char *path, bool *foreign,
    struct errbuf *err);

/* The same, but that waiting for a pipe ends, as READER_FAILED, soon after
 * *stop is set. */
struct reader *reader_open_stoppable(const char *path,
    const volatile sig_atomic_t *stop, bool *foreign, struct errbuf *err);

struct live;			/* analyzer/capture/live.h */

/*
 * Reads the interface (borrowed, and read by one reader only) until *stop is
 * set or what its options bound is reached: READER_END.  NULL with the reason.
 */
struct reader *reader_open_live(struct live *live,
    const volatile sig_atomic_t *stop, struct errbuf *err);

/* From now on reader_next() of a pipe comes back with READER_IDLE when nothing
 * has come for some 100 ms, as that of an interface does anyway. */
void reader_set_idle(struct reader *reader);

/*
 * Delivers the next frames, at most max, in *n.  The bytes of earlier frames
 * are gone afterwards.  Any status but READER_OK comes with *n == 0; those but
 * READER_IDLE are final, and but for READER_END come with a line in *err that
 * names file, offset and fault.
 */
enum reader_status reader_next(struct reader *reader, struct frame *frames,
    size_t max, size_t *n, struct errbuf *err);

/* What had to be passed over, though reading went on (a pcapng section of an
 * unknown version), as a line like those of reader_next(); NULL for nothing. */
const char *reader_note(const struct reader *reader);

/* "pcap", "pcap-nsec", "pcap-modified", "pcapng", with "+gzip" and the like
 * behind it; borrowed. */
const char *reader_format(const struct reader *reader);

/* Link types met so far, first met first; borrowed, valid until the next
 * reader_next(). */
const uint16_t *reader_link_types(const struct reader *reader, size_t *n);

/* Bytes taken from the input so far (compressed ones, where it is).  For
 * progress. */
uint64_t reader_offset(const struct reader *reader);

/* The input's size in the same bytes, as it was when opened; 0 where that is
 * not known. */
uint64_t reader_size(const struct reader *reader);

/* What the file header of a classic pcap says. */
struct reader_classic {
	uint32_t snaplen;
	uint32_t link_field;	/* link type, and bits above it: length of
				   the frame check sequence */
	uint8_t ts_digits;
	bool big_endian;
};

/* False for pcapng, which has no such header; of an interface it is that of a
 * capture with its packets. */
bool reader_classic(const struct reader *reader, struct reader_classic *out);

/* Types of pcapng blocks that an observer sees. */
enum {
	READER_INTERFACE = 1,	/* link type (16 bits), reserved, snaplen, then
				   options */
	READER_NAMES = 4,	/* records, then options */
	READER_STATISTICS = 5,	/* interface, time high and low, options */
	READER_SECRETS = 10,	/* type, length, data, options */
	READER_SECTION = 0x0a0d0d0a,	/* magic, version (twice 16 bits),
				   length (64 bits), options */
};

enum {
	/* Longer ones are passed over; Wireshark bounds them so, too. */
	READER_BLOCK_MAX = 16 * 1024 * 1024,
};

/* A pcapng block that is no packet; borrowed for the call. */
struct reader_block {
	uint32_t type;		/* any; READER_* are those described above */
	bool big_endian;	/* the numbers in it, and those of its section */
	const uint8_t *body;	/* between the lengths; NULL: too long to be
				   looked at (never of sections, interfaces) */
	uint32_t len;		/* of it, a multiple of 4 */
};

/*
 * Called within reader_next() for each block that is no packet, in the order of
 * the file: frames delivered before it are those that stand before it (one
 * without a body may come a little earlier).  Interface blocks are sound,
 * others as they are.  Sections of an unknown version are not told of.
 */
typedef void reader_observer(void *context, const struct reader_block *block);

/* Before the first reader_next().  A reader of classic pcap calls nobody. */
void reader_observe(struct reader *reader, reader_observer *observer,
    void *context);

/* What a pcapng packet block says besides what is in struct frame; borrowed
 * as the frame's bytes are. */
struct reader_packet {
	bool simple;		/* a simple packet block: no more than that */
	bool has_drops;		/* an obsolete packet block, which counts: */
	uint16_t drops;		/* packets lost before this one */
	uint64_t ticks;		/* the time in units of the interface */
	const uint8_t *options;	/* in the file's byte order */
	uint32_t options_len;	/* a multiple of 4 */
};

/* Of a frame of the last reader_next(), or a copy with the same data; false in
 * classic pcap. */
bool reader_packet(const struct reader *reader, const struct frame *frame,
    struct reader_packet *out);

/* reader_close(NULL) does nothing. */
void reader_close(struct reader *reader);

#endif
