#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/scenario/address.h"
#include "traffic/scenario/check.h"
#include "traffic/scenario/verb.h"

/* Which host the packets go to first; SCENARIO_NONE: there is none. */
static size_t
peer_of(const struct scenario *s, const struct scenario_action *a)
{
	return a->to != SCENARIO_NONE ? a->to : s->hosts[a->from].resolver;
}

static bool
both_have(const struct scenario *s, const struct scenario_action *a,
    int family)
{
	return s->hosts[a->from].address[family].version != 0 &&
	    s->hosts[peer_of(s, a)].address[family].version != 0;
}

/* IPv4 unless it is asked otherwise, or one has none. */
static int
settle_version(const struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario *s = p->scenario;
	const struct place place = draft->to.place.line != 0 ?
	    draft->to.place : draft->from.place;

	if (a->version == 6 && !both_have(s, a, 1))
		return parser_fault_at(p, draft->ipv6, "`%s` or `%s` has no "
		    "IPv6 address", s->hosts[a->from].name,
		    s->hosts[peer_of(s, a)].name);
	if (a->version == 0)
		a->version = both_have(s, a, 0) ? 4 : 6;
	if (both_have(s, a, family_of(a->version)))
		return 0;
	return parser_fault_at(p, place, "`%s` cannot be reached: one has "
	    "only IPv4, the other only IPv6", s->hosts[peer_of(s, a)].name);
}

static int
resolve(const struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario *s = p->scenario;

	if (check_reference(p, &draft->from, &a->from) == -1 ||
	    (draft->to.name != NULL &&
	    check_reference(p, &draft->to, &a->to) == -1))
		return -1;
	if (a->to == a->from)
		return parser_fault_at(p, draft->to.place,
		    "a host says nothing to itself");
	if (a->to != SCENARIO_NONE)
		return 0;
	if (s->hosts[a->from].resolver == SCENARIO_NONE)
		return parser_fault_at(p, draft->from.place,
		    "`%s` has no resolver", s->hosts[a->from].name);
	if (s->hosts[a->from].resolver == a->from)
		return parser_fault_at(p, draft->from.place,
		    "`%s` is its own resolver", s->hosts[a->from].name);
	return 0;
}

static int
check_by_name(const struct parser *p, const struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct scenario_host *from = &p->scenario->hosts[a->from];
	const struct scenario_host *to;

	if (!a->by_name)
		return 0;
	to = &p->scenario->hosts[a->to];
	if (from->resolver == SCENARIO_NONE)
		return parser_fault_at(p, draft->by_name,
		    "`%s` has no resolver", from->name);
	if (to->dns_name == NULL)
		return parser_fault_at(p, draft->by_name,
		    "`%s` has no `name`", to->name);
	if (from->resolver == a->from)
		return parser_fault_at(p, draft->by_name,
		    "`%s` is its own resolver", from->name);
	return 0;
}

static int
check_action(struct parser *p, struct scenario_action *a,
    const struct action_draft *draft)
{
	const struct verb *verb = verb_of(a->verb);

	if (resolve(p, a, draft) == -1 ||
	    settle_version(p, a, draft) == -1 ||
	    check_by_name(p, a, draft) == -1)
		return -1;
	if (a->at_ns >= p->scenario->limit_ns)
		return parser_fault_at(p, draft->at,
		    "not before the `limit` of the scenario");
	return verb->check == NULL ? 0 : verb->check(p, a, draft);
}

int
check_actions(struct parser *p)
{
	for (size_t i = 0; i < p->scenario->action_count; i++)
		if (check_action(p, &p->scenario->actions[i],
		    &p->actions[i]) == -1)
			return -1;
	return 0;
}
