/*
 * DNS alone (VERB_LOOKUP): the same question, as often as asked.
 */
#include "traffic/synth/net/draw.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/ask.h"
#include "traffic/synth/verbs/verb.h"

struct lookups {
	struct play *play;
	const struct scenario_action *action;
	struct random random;
	struct repeat repeat;
	uint64_t under_way;
	bool all_asked;
};

static void
end_if_over(struct lookups *l)
{
	if (l->all_asked && l->under_way == 0)
		play_done(l->play);
}

static void
answered(void *app)
{
	struct lookups *l = app;

	l->under_way--;
	end_if_over(l);
}

static void
step(void *app)
{
	struct lookups *l = app;
	const struct ask question = {
		.host = l->action->from,
		.name = l->action->lookup.name,
		.type = l->action->lookup.type,
		.id = (uint16_t)random_below(&l->random, 65536),
		.label = l->action->label,
		.over = answered,
		.app = l,
	};
	struct errbuf err;

	l->under_way++;
	if (ask_resolver(l->play, &question, &err) == -1)
		verb_fail(l->play, &err);
}

static void
over(void *app)
{
	struct lookups *l = app;

	l->all_asked = true;
	end_if_over(l);
}

int
lookup_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct lookups *l = verb_new(play, sizeof(*l), NULL, err);

	if (l == NULL)
		return -1;
	l->play = play;
	l->action = action;
	play_random(play, action, &l->random);
	l->repeat = (struct repeat){
		.play = play,
		.every_ns = &action->lookup.every_ns,
		.random = &l->random,
		.left = action->lookup.count,
		.step = step,
		.over = over,
		.app = l,
	};
	repeat_begin(&l->repeat);
	return 0;
}
