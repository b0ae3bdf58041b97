/*
 * NAME_out.csv: the rows of `packets` whose outermost IP is IPv4, as the
 * original program wrote them beside each capture.
 */
#ifndef ANALYZER_COMMANDS_IPV4_PACKETS_H
#define ANALYZER_COMMANDS_IPV4_PACKETS_H

#include "base/errbuf.h"
#include "base/table.h"

/* A CSV file of its own that appears whole when the writer is closed with ok.
 * NULL with the reason in *err. */
struct table_writer *ipv4_packets_open(const char *path, struct errbuf *err);

#endif
