/*
 * What the journal of a batch is opened with, and by which name it knows a
 * capture.
 */
#ifndef ANALYZER_COMMANDS_BATCH_JOURNAL_H
#define ANALYZER_COMMANDS_BATCH_JOURNAL_H

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/journal.h"
#include "analyzer/commands/options.h"
#include "base/errbuf.h"

/* That of the folder: its records count where the options on which values
 * depend are the same.  NULL with the reason; release with journal_close(). */
struct journal *batch_journal_open(const struct options *options,
    struct errbuf *err);

/*
 * Two captures may have one name below two folders, and a row says by which
 * name its capture was given: both are in the key.  NULL: no memory; release
 * with free().
 */
char *batch_journal_key(const struct input *input);

#endif
