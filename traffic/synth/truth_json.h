/*
 * The parts of truth.json; private to truth_json*.c.
 *
 * A member a line; a line for each host, connection, packet, message, for
 * grep as for jq.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_JSON_H
#define TRAFFIC_SYNTH_TRUTH_JSON_H

#include <stddef.h>

#include "traffic/synth/json_out.h"
#include "traffic/synth/truth_record.h"

/* A member that is a list, and an object in it, on lines of their own. */
void truth_json_list(struct json_out *out, const char *key);
void truth_json_item(struct json_out *out);

/* "router" for SCENARIO_NONE. */
const char *truth_json_host(const struct truth *truth, size_t host);

/* Version 0: null. */
void truth_json_address(struct json_out *out,
    const struct scenario_address *address);

/* The members `connections`, `packets`, `messages` and `labels`.  -1: no
 * memory. */
void truth_json_connections(const struct truth *truth, struct json_out *out);
void truth_json_packets(const struct truth *truth, const uint64_t *repeats,
    struct json_out *out);
void truth_json_messages(const struct truth *truth, struct json_out *out);
int truth_json_labels(const struct truth *truth, struct json_out *out);

#endif
