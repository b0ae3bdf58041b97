/*
 * `serve dns` with a real socket: answers for the names of the scenario's
 * hosts, with the same messages as in virtual time.
 */
#ifndef TRAFFIC_HOSTS_DNS_RESPONDER_H
#define TRAFFIC_HOSTS_DNS_RESPONDER_H

#include "traffic/scenario/scenario.h"

struct dns_responder {
	const struct scenario *scenario;
	uint16_t port;
};

/* In a process of the host, until it is ended by a signal.  Writes "listening"
 * to standard output when it does; its status where it cannot. */
int dns_responder_run(void *responder);

#endif
