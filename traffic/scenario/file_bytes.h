/*
 * The bytes of the files that users of a scenario send.
 *
 * Method: blocks of FILE_BLOCK_BYTES, each the first bytes of the stream "file
 * NAME" (base/random.h) with the number of the block.  So a name is the same
 * file to everybody in a scenario, and a longer file begins with a shorter one.
 */
#ifndef TRAFFIC_SCENARIO_FILE_BYTES_H
#define TRAFFIC_SCENARIO_FILE_BYTES_H

#include <stdint.h>

#include "base/errbuf.h"
#include "base/sink.h"
#include "traffic/scenario/scenario.h"

enum { FILE_BLOCK_BYTES = 4096 };

/* Writes the whole file; -1: the sink. */
int file_bytes_write(const struct scenario_file *file, uint64_t seed,
    struct sink *sink, struct errbuf *err);

#endif
