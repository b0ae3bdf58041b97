/*
 * NAME_out.csv: the rows of `packets` whose outermost IP is IPv4, as the
 * original program wrote them beside each capture.
 */
#ifndef ANALYZER_COMMANDS_IPV4_PACKETS_H
#define ANALYZER_COMMANDS_IPV4_PACKETS_H

#include "base/errbuf.h"
#include "base/table.h"

/* The file name in a path: what follows the last slash. */
const char *ipv4_packets_base_name(const char *path);

/* FOLDER/NAME_out.csv.  NULL with the reason in *err; release with free(). */
char *ipv4_packets_path(const char *folder, const char *name,
    struct errbuf *err);

/* A CSV file of its own that appears whole when the writer is closed with ok.
 * NULL with the reason in *err. */
struct table_writer *ipv4_packets_open(const char *path, struct errbuf *err);

#endif
