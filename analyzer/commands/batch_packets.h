/*
 * batch --packets: DIR/NAME_out.csv for each capture NAME, below the walked
 * folder as there, else by the file name.
 */
#ifndef ANALYZER_COMMANDS_BATCH_PACKETS_H
#define ANALYZER_COMMANDS_BATCH_PACKETS_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/guard.h"
#include "base/errbuf.h"
#include "base/table.h"

/* Where the packets of an input go.  NULL with the reason in *err; release with
 * free(). */
char *batch_packets_path(const char *folder, const struct input *input,
    struct errbuf *err);

/*
 * clashes[i]: another input's packets would be written to the same file as
 * those of input i.  NULL with the reason in *err; release with free().
 */
bool *batch_packets_clashes(const char *folder, const struct inputs *inputs,
    struct errbuf *err);

/* The writer of an input's packets; the folders on the way are made.  NULL with
 * the reason in *err, also where it would replace a capture. */
struct table_writer *batch_packets_open(const char *folder,
    const struct input *input, bool clashes, const struct guard *guard,
    struct errbuf *err);

#endif
