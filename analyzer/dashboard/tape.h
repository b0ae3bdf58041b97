/*
 * The last packets of something live, in a ring of files: filtered views,
 * anomalies and ladders are made of these, for they cannot be had by counting.
 *
 * The live worker writes them; the server knows them by their names alone.
 */
#ifndef ANALYZER_DASHBOARD_TAPE_H
#define ANALYZER_DASHBOARD_TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/inputs.h"
#include "base/errbuf.h"

struct reader;
struct frame;

enum { TAPE_FILES = 4 };
#define TAPE_BYTES (UINT64_C(64) * 1024 * 1024)

struct tape;

/*
 * prefix: of a ring that somebody else writes (engine.ring).  NULL: one of our
 * own, TAPE_FILES of TAPE_BYTES in a folder in TMPDIR, removed by tape_free().
 * Made before the worker is forked.  NULL with the reason in *err.
 */
struct tape *tape_new(const char *prefix, struct errbuf *err);

/* Of the process that made it, when the writer has ended; NULL does
 * nothing. */
void tape_free(struct tape *tape);

/* An engine's tap, and what follows the last frame.  Frames of another link
 * type than the first one's are left out. */
int tape_take(void *tape, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err);
void tape_end(void *tape);

/* Adds the files that are there, first written first. */
int tape_inputs(const struct tape *tape, struct inputs *inputs,
    struct errbuf *err);

/* Another number where there is more; 0: nothing yet. */
uint64_t tape_changed(const struct tape *tape);

#endif
