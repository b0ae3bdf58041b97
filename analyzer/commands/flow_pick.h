/*
 * Which packets are those of flow N, as the table `flows` numbers it.
 */
#ifndef ANALYZER_COMMANDS_FLOW_PICK_H
#define ANALYZER_COMMANDS_FLOW_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/settings.h"
#include "analyzer/decode/packet.h"
#include "base/errbuf.h"

struct flow_pick;

/* The timeouts and the bound on memory are those of the settings.  NULL with
 * the reason in *err. */
struct flow_pick *flow_pick_new(uint64_t number,
    const struct settings *settings, struct errbuf *err);

/* NULL does nothing. */
void flow_pick_free(struct flow_pick *pick);

/*
 * The next n packets of the capture: sets picked[i] where packets[i] is of the
 * flow.  `file` outlives the pick.  -1 with the reason in *err where memory or
 * TMPDIR failed.
 */
int flow_pick_add(struct flow_pick *pick, const char *file,
    const struct packet *packets, size_t n, bool *picked,
    struct errbuf *err);

/* Adds where the packets so far went. */
void flow_pick_account(const struct flow_pick *pick,
    struct analysis_account *account);

#endif
