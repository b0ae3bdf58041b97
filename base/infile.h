/*
 * A small file that is read whole: scripts, scenarios.
 */
#ifndef BASE_INFILE_H
#define BASE_INFILE_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/errbuf.h"

/* Appends the file's bytes, at most `most` of them; "-" is standard input.
 * Longer ones are an error, as are those that cannot be read. */
int infile_read(const char *path, size_t most, struct bytes *out,
    struct errbuf *err);

#endif
