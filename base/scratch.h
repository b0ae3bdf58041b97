/*
 * A file without a name in TMPDIR (/tmp where that is unset): memory by
 * another means, gone when it is closed.
 *
 * After a fork(2) it is the parent's.  The child reads what was written before,
 * and gets a copy of that for itself when it first writes.  Until then what the
 * parent writes meanwhile shows where the child's own data has nothing: who
 * does not write at the end alone has to know that.
 *
 * Errors: name the file as it was made, and what the system said.
 */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct scratch;

/* NULL where there is no file to be had; release with scratch_close(). */
struct scratch *scratch_open(struct errbuf *err);

/* NULL does nothing. */
void scratch_close(struct scratch *scratch);

/* Writes all n bytes at `at`, or fails. */
int scratch_write(struct scratch *scratch, uint64_t at, const void *data,
    size_t n, struct errbuf *err);

/* Reads n bytes, all of which have been written. */
int scratch_read(const struct scratch *scratch, uint64_t at, void *data,
    size_t n, struct errbuf *err);

/* The bytes from start to end are not needed any more; they may read as zeros
 * from now on, or not.  Nothing is done while a child may be looking. */
void scratch_give_back(struct scratch *scratch, uint64_t start, uint64_t end);

#endif
