/*
 * Output files that appear whole or not at all.
 *
 * A file is written under a temporary name beside the final one, flushed to
 * the disk and renamed.  "-" is standard output, where this cannot be had.  A
 * name of the file that is standard output means standard output.  A
 * name that exists and is no regular file (/dev/null, a FIFO) is written
 * directly.  A closed pipe is an error like others, so SIGPIPE has to be
 * ignored.
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include <stdbool.h>

#include "base/errbuf.h"
#include "base/sink.h"

struct outfile;

/* NULL with the reason (naming the path) in *err. */
struct outfile *outfile_open(const char *path, struct errbuf *err);

/* From now on messages call it so.  -1 with the reason in *err. */
int outfile_call(struct outfile *file, const char *name, struct errbuf *err);

/* Where its bytes go; buffered.  Borrowed from the outfile. */
struct sink *outfile_sink(struct outfile *file);

/* What is buffered is written now; -1 with the reason in *err. */
int outfile_flush(struct outfile *file, struct errbuf *err);

/* It will replace a name; else it is written to directly. */
bool outfile_is_new(const struct outfile *file);

/* Writing has failed because nobody reads the pipe any more. */
bool outfile_reader_left(const struct outfile *file);

/*
 * keep: everything is written, synced and renamed, or the reason why not is in
 * *err and nothing is left behind (see replacement_commit() for an exception).
 * Otherwise nothing is left behind.  Frees the outfile in every case; NULL does
 * nothing.
 */
int outfile_close(struct outfile *file, bool keep, struct errbuf *err);

/* Makes the folder and those above it, as mkdir -p does. */
int outfile_mkdirs(const char *folder, struct errbuf *err);

#endif
