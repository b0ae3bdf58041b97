/*
 * What the parts of a talk share: its connection (talk.c), its user and what
 * its protocol can do (talk_user.c).
 */
#ifndef TRAFFIC_SYNTH_CHAT_TALK_INTERNAL_H
#define TRAFFIC_SYNTH_CHAT_TALK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/script/player.h"
#include "traffic/synth/chat/chat_world.h"

struct talk {
	struct chat_world world;	/* first */
	const struct scenario_action *action;
	struct chat_link *server;	/* NULL: not there */
	struct udp_socket *udp;
	struct player_calls calls;
	struct player player;
	uint64_t tick, linger;		/* events */
	int64_t tick_ns;
	bool ends;
	bool lines_held;		/* by the protocol */
	bool held;			/* for any reason */
	bool is_done;
};

static inline struct talk *
talk_of(struct chat_world *world)
{
	return (struct talk *)world;
}

static inline int64_t
talk_now_ns(const struct talk *talk)
{
	return clock_now_ns(talk->world.play->clock);
}

/* The script, held; before the connection. */
void talk_user_init(struct talk *talk);

/* After each call that may have changed what the script waits for. */
void talk_schedule(struct talk *talk);

/* The script's lines wait while the server does not take what it is sent, or
 * the protocol has enough of them. */
void talk_update_hold(struct talk *talk);

/* The scenario ends with "NAME:LINE: why". */
void talk_fail(struct talk *talk, size_t line, const char *why);

/* The connection is over: so does it where there are steps that nobody will
 * take. */
void talk_check_script(struct talk *talk, const char *why);

extern const struct world_actions talk_actions;

#endif
