/*
 * What a resolver answers, in virtual time and with real sockets.
 */
#ifndef TRAFFIC_SYNTH_VERBS_DNS_ANSWER_H
#define TRAFFIC_SYNTH_VERBS_DNS_ANSWER_H

#include "traffic/scenario/scenario.h"
#include "traffic/synth/packet/dns_message.h"

enum { DNS_ANSWER_TTL_S = 300 };

/* An answer of the question's name and type; its data is borrowed. */
void dns_answer_record(struct dns_message *message, const uint8_t *data,
    size_t len);

/*
 * The question becomes its answer: A or AAAA of the host that has the name
 * (nothing for other types, or where it has no such address), or "no such
 * name".  The data is the scenario's.
 */
void dns_answer(const struct scenario *scenario, struct dns_message *message);

#endif
