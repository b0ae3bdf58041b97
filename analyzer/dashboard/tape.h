/*
 * The last packets of something live, in files: filtered views, anomalies and
 * ladders are made of these, for they cannot be had by counting.
 *
 * The live worker writes, the server knows the files by their names alone.
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

/* prefix NULL: a folder of its own in TMPDIR, removed by tape_free().  NULL
 * with the reason in *err. */
struct tape *tape_new(const char *prefix, uint64_t file_bytes,
    unsigned files, struct errbuf *err);

/* Of the process that made it; NULL does nothing. */
void tape_free(struct tape *tape);

/* An engine's tap. */
int tape_take(void *tape, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err);

/* The last frame has come. */
void tape_end(void *tape);

/* Adds the files that are there, first written first. */
int tape_inputs(const struct tape *tape, struct inputs *inputs,
    struct errbuf *err);

/* Another number where there is more; 0: nothing yet. */
uint64_t tape_changed(const struct tape *tape);

#endif
