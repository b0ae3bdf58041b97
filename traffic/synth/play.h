/*
 * The programs of a scenario in virtual time: what a verb does and what a
 * service does are one file (or one row) each, named in play.c's tables.
 */
#ifndef TRAFFIC_SYNTH_PLAY_H
#define TRAFFIC_SYNTH_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/random.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/host/host.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/truth/truth.h"

/* Private to play.c. */
struct kept;
struct running_service;
/* Private to verbs/far_end.c. */
struct far_end;

/* Everything that plays; borrowed by the programs. */
struct play {
	const struct scenario *scenario;
	struct clock *clock;
	struct truth *truth;
	struct host **hosts;	/* by the scenario's numbers */
	uint64_t seed;

	size_t running;		/* actions that are not done */
	bool has_stopped;	/* all are, and the services were told */
	struct kept *kept;	/* the last first */
	struct running_service *services;
	size_t service_count;
	struct far_end *far_ends;	/* ports that verbs have opened */
};

/*
 * A verb: called at the action's time.  What it needs it allocates and hands to
 * play_keep(); it calls play_done() once, when its last word is said (a server
 * or a peer may still answer).  -1: the scenario ends with *err.
 */
typedef int verb_start(struct play *play,
    const struct scenario_action *action, struct errbuf *err);

verb_start talk_start, browse_start, transfer_start, datagrams_start,
    ping_start, lookup_start, scan_start, flood_start, tunnel_start;

/* A service: called before time moves; it listens at once.  stop(): the program
 * is asked to end (SIGTERM), once all actions are done. */
struct service_player {
	int (*start)(struct play *play, size_t host,
	    const struct scenario_service *service, void **state,
	    struct errbuf *err);
	void (*stop)(void *state);	/* may be NULL */
};

extern const struct service_player chat_service, dns_service;

/*
 * Starts the services and asks the clock for the actions; the play has its
 * first five members then.  -1 with the reason; play_reset() in either case,
 * while the hosts are still there.
 */
int play_begin(struct play *play, struct errbuf *err);

/* Releases what was kept, the last first, and the services. */
void play_reset(struct play *play);

/* Freed when everything is over, the last first. -1 (and freed): no memory. */
int play_keep(struct play *play, void *state, void (*release)(void *),
    struct errbuf *err);

/* The action has said its last word.  When all have, a second passes, services
 * are stopped, and the network comes to rest. */
void play_done(struct play *play);

/* A stream of random numbers for this action. */
void play_random(const struct play *play,
    const struct scenario_action *action, struct random *random);

/* Address and port of the action's target, by its version; with by_name the
 * lookup comes before found() is called, else found() is called at once.
 * found(app, NULL): there is no answer. */
typedef void target_found(void *app, const struct endpoint *to);

/* -1: no memory, or there is no resolver; found() is not called then. */
int play_target(struct play *play, const struct scenario_action *action,
    target_found *found, void *app, struct errbuf *err);

#endif
