/*
 * What real programs and a real kernel can play of a scenario.
 *
 * Refused are scans, floods and tunnels, and browsing that looks like TLS
 * (their packets would have to be made up); links that lose packets by number,
 * or whose latency is exponential or Pareto's (netem draws neither); a host's
 * own initial sequence number (`tcp isn`).
 *
 * A host's clock is told in the times of its capture.  Reaction times, and the
 * scenario's start and seed (but for the bytes of files and payloads) are those
 * of the machine.
 */
#ifndef TRAFFIC_HOSTS_CAN_RUN_H
#define TRAFFIC_HOSTS_CAN_RUN_H

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

/* -1: "NAME:LINE: what cannot be run". */
int can_run(const struct scenario *scenario, struct errbuf *err);

#endif
