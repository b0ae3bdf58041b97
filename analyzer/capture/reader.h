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

/*
 * Delivers the next frames, at most max, in *n.  The bytes of earlier frames
 * are gone afterwards.  Any status but READER_OK comes with *n == 0 and, but
 * for READER_END, with a line in *err that names file, offset and fault; it is
 * final.
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

/* reader_close(NULL) does nothing. */
void reader_close(struct reader *reader);

#endif
