/*
 * What a batch has finished: DIR/.pcapstat-batch, one record a capture with
 * its row, so that --resume need not read the capture again.
 *
 * A record counts for the same file of the same size and modification time, and
 * only where the run's options that decide values are the same.
 */
#ifndef ANALYZER_COMMANDS_JOURNAL_H
#define ANALYZER_COMMANDS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/engine/engine.h"
#include "base/errbuf.h"

struct journal;

/* By which a file is known to be as it was. */
struct journal_stamp {
	uint64_t size_bytes;
	int64_t mtime_ns;	/* 0: no regular file */
};

/* What is known of a finished capture. */
struct journal_record {
	struct journal_stamp capture, packets;
	enum input_status status;
	struct account account;
	const char *key;	/* which capture, by which name */
	const char *row;	/* its line of out.csv; row_len bytes */
	size_t row_len;
};

/*
 * Opens the journal of a folder.  `settings` is a line that names all options
 * on which the values depend.  Where `resume` is false, or the settings
 * differ from those of the journal there, it begins anew.  NULL with the
 * reason in *err.
 */
struct journal *journal_open(const char *folder, const char *settings,
    bool resume, struct errbuf *err);

/* The record of an earlier run for that key; NULL where there is none.
 * Borrowed from the journal. */
const struct journal_record *journal_find(const struct journal *journal,
    const char *key);

/* The stamp of the file (links followed) as it is now; all zeros where it is no
 * regular file or cannot be looked at. */
struct journal_stamp journal_stamp(const char *path);

/* Are size and modification time the same? */
bool journal_same(struct journal_stamp a, struct journal_stamp b);

/* Appends a record. */
int journal_add(struct journal *journal, const struct journal_record *record,
    struct errbuf *err);

/* NULL does nothing. */
void journal_close(struct journal *journal);

#endif
