/*
 * What the actions are made of: a verb is a row of statement.c's table and a
 * struct in a file of its own.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_VERB_H
#define TRAFFIC_SCENARIO_VERB_H

#include "traffic/scenario/statement.h"

/* Words behind a verb that not all have; `from`, `at`, `ipv6` and `label` all
 * have. */
enum {
	HEAD_TO = 1,
	HEAD_PORT = 2,
	HEAD_BY = 4,
	HEAD_AS = 8,
	HEAD_TYPE = 16,
	HEAD_PORTS = 32,
};

struct verb {
	enum scenario_verb verb;
	unsigned has, needs;	/* HEAD_ bits */
	/* Before the words: what is talked, looked up; NULL: nothing. */
	int (*first)(struct parser *p, struct scenario_action *a);
	void (*set_defaults)(struct scenario_action *a);
	/* Once `from` and `to` are hosts; NULL: there is nothing to check. */
	int (*check)(struct parser *p, struct scenario_action *a,
	    const struct action_draft *draft);
	struct property_table table;
};

extern const struct verb verb_talk, verb_browse, verb_transfer,
    verb_datagrams, verb_ping, verb_lookup, verb_scan, verb_flood,
    verb_tunnel;

/* Its words, properties and checks; never NULL. */
const struct verb *verb_of(enum scenario_verb verb);

/* An action's line, with what stands behind the verb: one more of the
 * scenario. */
int action_begin(struct parser *p);

/* So much more is to happen; -1: too much in all. */
int action_add_count(struct parser *p, const struct scenario_action *a,
    uint64_t count);

/* So many bytes more are transferred; -1: too many in all. */
int action_add_bytes(struct parser *p, const struct scenario_action *a,
    uint64_t bytes);

/* A fault of the action as a whole, at its verb. */
struct place action_place(const struct scenario_action *a);

/* Offsets in a property's target. */
#define IN_ACTION(field) offsetof(struct scenario_action, field)

#endif
