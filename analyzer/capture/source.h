/*
 * The bytes of an input: a file, a FIFO or standard input, decompressed where
 * its first bytes say that it is gzip (RFC 1952, several members), zstd
 * (RFC 8878, several frames), lz4 (frame format) or xz.
 *
 * The decompressors are there when the build found their libraries; without
 * one, such an input is refused by name.  Zeros after the end of gzip and xz
 * data are padding.  A zstd window or an xz dictionary that would take more
 * than 128 MiB of memory is refused when it is met.
 */
#ifndef ANALYZER_CAPTURE_SOURCE_H
#define ANALYZER_CAPTURE_SOURCE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum source_status {
	SOURCE_OK,		/* *n > 0 bytes were read */
	SOURCE_IDLE,		/* none came for a while: see source_set_idle() */
	SOURCE_END,		/* a good end */
	SOURCE_CUT,		/* the compressed data or a shrinking file ended
				   too early */
	SOURCE_DAMAGED,		/* what no compressor writes; garbage behind */
	SOURCE_FAILED,		/* the operating system or memory failed, or
				   the data needs too much memory */
};

struct source;

/* "-" is standard input.  NULL with the reason (naming the path) in *err; a
 * folder is refused. */
struct source *source_open(const char *path, struct errbuf *err);

/* The same, but that waiting for a pipe ends, as SOURCE_FAILED, soon after
 * *stop is set. */
struct source *source_open_stoppable(const char *path,
    const volatile sig_atomic_t *stop, struct errbuf *err);

/*
 * Reads up to `room` bytes (at least one) to `at`, which need not be filled;
 * plain input goes there with one read(2) and no copy.  Any status but
 * SOURCE_OK and SOURCE_IDLE is final, and but for SOURCE_END leaves a line in
 * *err that names path, offset in the file and fault.  All bytes before the fault have been
 * delivered.
 */
enum source_status source_read(struct source *source, uint8_t *at,
    size_t room, size_t *n, struct errbuf *err);

/* From now on reading a pipe that has nothing for some 100 ms comes back. */
void source_set_idle(struct source *source);

/* "", "gzip", "zstd", "lz4" or "xz". */
const char *source_compression(const struct source *source);

/* "path", or "standard input"; borrowed. */
const char *source_name(const struct source *source);

/* Bytes taken from the file so far: compressed ones, where it is. */
uint64_t source_offset(const struct source *source);

/* The file's size in bytes when it was opened; 0 where that is not known, as of
 * a pipe. */
uint64_t source_size(const struct source *source);

/* NULL does nothing. */
void source_close(struct source *source);

#endif
