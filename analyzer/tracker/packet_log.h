/*
 * Packets kept for later: of a part of a capture that follows one which has
 * not been seen to its end, so that nothing can be said of its connections
 * yet.
 *
 * A packet is kept with its headers and the first PACKET_LOG_PAYLOAD bytes of
 * its payload (of what follows the IP or transport header, where decode knows
 * no payload), and with what only the whole packet can tell: its checksums.
 * frame->cap_len is then what was kept, so nothing that replayed packets are
 * given to may look further than that into a payload, or at cap_len for more
 * than a bound: the tracker, application_add() and exchange keep to it.
 * What is past the memory bound goes to an unlinked file in TMPDIR.
 */
#ifndef ANALYZER_TRACKER_PACKET_LOG_H
#define ANALYZER_TRACKER_PACKET_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "base/errbuf.h"

enum { PACKET_LOG_PAYLOAD = 1024 };

struct packet_log;

/* NULL with the reason in *err. */
struct packet_log *packet_log_new(uint64_t max_memory, struct errbuf *err);

/* NULL does nothing. */
void packet_log_free(struct packet_log *log);

/* Copies n packets, frames included; `file` is kept as a pointer. */
int packet_log_add(struct packet_log *log, const char *file,
    const struct packet *packets, size_t n, struct errbuf *err);

/* Moves all of `right` behind `left`; `right` is empty afterwards. */
int packet_log_append(struct packet_log *left, struct packet_log *right,
    struct errbuf *err);

/* A batch of packets of one file; -1 with the reason in *err ends it. */
typedef int packet_log_take(void *context, const char *file,
    const struct packet *packets, size_t n, struct errbuf *err);

/* Gives all packets in order, in batches of one file each, and empties the
 * log, also where it fails. */
int packet_log_replay(struct packet_log *log, packet_log_take *take,
    void *context, struct errbuf *err);

#endif
