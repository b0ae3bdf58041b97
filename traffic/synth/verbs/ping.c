/*
 * Echo requests (VERB_PING).
 */
#include "traffic/synth/net/draw.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/verb.h"

enum { PING_MAX = 65507 };

struct ping {
	struct play *play;
	const struct scenario_action *action;
	struct scenario_address to;
	struct random random;
	struct repeat repeat;
	uint16_t id, sequence;
};

static void
step(void *app)
{
	struct ping *p = app;
	int64_t len = amount_draw(&p->action->ping.size_bytes, &p->random);

	host_ping(verb_host(p->play, p->action), &p->to, p->id,
	    ++p->sequence, len > PING_MAX ? PING_MAX : (size_t)len,
	    p->action->label, NULL, NULL);
}

static void
over(void *app)
{
	struct ping *p = app;

	play_done(p->play);
}

int
ping_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct ping *p = verb_new(play, sizeof(*p), NULL, err);
	struct endpoint to;

	if (p == NULL)
		return -1;
	p->play = play;
	p->action = action;
	verb_target(play, action, &to);
	p->to = to.address;
	play_random(play, action, &p->random);
	p->id = (uint16_t)random_below(&p->random, 65536);
	p->repeat = (struct repeat){
		.play = play,
		.every_ns = &action->ping.every_ns,
		.random = &p->random,
		.left = action->ping.count,
		.linger_ns = VERB_PATIENCE_NS,
		.step = step,
		.over = over,
		.app = p,
	};
	repeat_begin(&p->repeat);
	return 0;
}
