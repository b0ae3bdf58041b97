/*
 * The verbs one by one; private to actor.c and the files of verbs.
 */
#ifndef TRAFFIC_HOSTS_ACTOR_INTERNAL_H
#define TRAFFIC_HOSTS_ACTOR_INTERNAL_H

#include <stdbool.h>

#include "base/random.h"
#include "traffic/hosts/sockets.h"
#include "traffic/hosts/actor.h"

/* An answer that is not there by then does not come. */
#define ACTOR_PATIENCE_NS INT64_C(1000000000)

/* An action, from its host; -1: why it could not. */
int actor_ping(const struct actor *actor, struct errbuf *err);

/* `count` datagrams of noise; then it waits a while for what comes back. */
int actor_datagrams(const struct actor *actor, struct errbuf *err);

/* Questions to the host's resolver, each from a port of its own. */
int actor_lookup(const struct actor *actor, struct errbuf *err);

/* One connection after the other, with gap_ns between them. */
int actor_transfer(const struct actor *actor, struct errbuf *err);

/* Page after page, with think_ns between them. */
int actor_browse(const struct actor *actor, struct errbuf *err);

/* The far end of a connection that was accepted, in a process of its own; `fd`
 * is closed with it. */
int actor_transfer_far(const struct actor *actor, int fd,
    struct errbuf *err);

/* The web server's: answers until the client asks for nothing more. */
int actor_browse_far(const struct actor *actor, int fd,
    struct errbuf *err);

/* The stream of random numbers of the action, or of its far end. */
void actor_random(const struct actor *actor, bool is_far,
    struct random *random);

/* What the action goes to. */
const struct scenario_address *
actor_target_address(const struct actor *actor);

/* A socket of the action's kind and family, bound to the host's address and
 * from_port (0: any). */
int actor_socket(const struct actor *actor, int type,
    uint16_t from_port, struct errbuf *err);

/* Connected to the target, by name where the action says so. */
int actor_connect(const struct actor *actor, uint16_t from_port,
    struct errbuf *err);

/* So much noise into a connection. */
int actor_write_noise(int fd, uint64_t len, struct random *random,
    struct errbuf *err);

/* Waits, and throws away what a datagram socket has got meanwhile. */
void actor_pause(int fd, int64_t ns);

/* A pause of a drawn time between one step and the next. */
void actor_every(int fd, const struct amount *every_ns, struct random *random);

#endif
