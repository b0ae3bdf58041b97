/*
 * The small programs that play the verbs for which there is no other program,
 * with sockets of the host that they run in.
 */
#ifndef TRAFFIC_HOSTS_ACTOR_H
#define TRAFFIC_HOSTS_ACTOR_H

#include "traffic/scenario/scenario.h"

struct actor {
	const struct scenario *scenario;
	const struct scenario_action *action;
};

/* As a scenario writes it; a constant text. */
const char *actor_name(enum scenario_verb verb);

/* SOCK_STREAM or SOCK_DGRAM where the verb needs somebody at its target who
 * listens; 0: it does not, or that is a service. */
int actor_socket_type(const struct scenario_action *action);

/* An action, to its end; the status of its process, and why on standard error
 * where that is not 0. */
int actor_run(void *actor);

/*
 * Whoever listens at the target, for all actions to that port of this host,
 * until a signal ends it.  Says "listening" when it does.
 */
int actor_far_end_run(void *actor);

#endif
