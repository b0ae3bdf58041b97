#include "traffic/synth/play.h"

#include <stdlib.h>

#include "base/memory.h"

/* Between the last word of the last action and the end of the services. */
#define QUIET_NS INT64_C(1000000000)

static verb_start *const verbs[VERBS] = {
	[VERB_TALK] = talk_start,
	[VERB_BROWSE] = browse_start,
	[VERB_TRANSFER] = transfer_start,
	[VERB_DATAGRAMS] = datagrams_start,
	[VERB_PING] = ping_start,
	[VERB_LOOKUP] = lookup_start,
	[VERB_SCAN] = scan_start,
	[VERB_FLOOD] = flood_start,
	[VERB_TUNNEL] = tunnel_start,
};

static const struct service_player *const players[] = {
	[SERVICE_CHAT] = &chat_service,
	[SERVICE_DNS] = &dns_service,
};

struct kept {
	struct kept *before;
	void *state;
	void (*release)(void *);
};

struct running_service {
	const struct service_player *player;
	void *state;
};

int
play_keep(struct play *play, void *state, void (*release)(void *),
    struct errbuf *err)
{
	struct kept *kept = malloc(sizeof(*kept));

	if (kept == NULL) {
		release(state);
		errbuf_set(err, "out of memory");
		return -1;
	}
	*kept = (struct kept){ play->kept, state, release };
	play->kept = kept;
	return 0;
}

static void
stop_services(void *owner, uint64_t token)
{
	struct play *play = owner;

	(void)token;
	play->has_stopped = true;
	for (size_t i = 0; i < play->service_count; i++) {
		struct running_service *s = &play->services[i];

		if (s->player->stop != NULL)
			s->player->stop(s->state);
	}
}

void
play_done(struct play *play)
{
	if (--play->running == 0)
		clock_after(play->clock, QUIET_NS, stop_services, play, 0);
}

/* token: of the scenario's actions. */
static void
start_action(void *owner, uint64_t token)
{
	struct play *play = owner;
	const struct scenario_action *action =
	    &play->scenario->actions[token];
	struct errbuf err;

	if (verbs[action->verb](play, action, &err) == -1)
		clock_fail(play->clock, &err);
}

static int
start_services(struct play *play, size_t host, struct errbuf *err)
{
	const struct scenario_host *h = &play->scenario->hosts[host];

	for (size_t i = 0; i < h->service_count; i++) {
		struct running_service *s =
		    &play->services[play->service_count];

		s->player = players[h->services[i].kind];
		if (s->player->start(play, host, &h->services[i], &s->state,
		    err) == -1)
			return -1;
		play->service_count++;
	}
	return 0;
}

static size_t
count_services(const struct scenario *scenario)
{
	size_t count = 0;

	for (size_t i = 0; i < scenario->host_count; i++)
		count += scenario->hosts[i].service_count;
	return count;
}

int
play_begin(struct play *play, struct errbuf *err)
{
	const struct scenario *scenario = play->scenario;

	play->services = memory_array(count_services(scenario) + 1,
	    sizeof(*play->services));
	if (play->services == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < scenario->host_count; i++)
		if (start_services(play, i, err) == -1)
			return -1;
	play->running = scenario->action_count + 1;
	for (size_t i = 0; i < scenario->action_count; i++)
		clock_at(play->clock, scenario->actions[i].at_ns,
		    start_action, play, i);
	play_done(play);	/* a scenario may have no action */
	return 0;
}

void
play_reset(struct play *play)
{
	while (play->kept != NULL) {
		struct kept *kept = play->kept;

		play->kept = kept->before;
		kept->release(kept->state);
		free(kept);
	}
	free(play->services);
	play->services = NULL;
	play->service_count = 0;
}

/* By the action's place in the scenario, so that one more action does not
 * change what those before it draw. */
void
play_random(const struct play *play, const struct scenario_action *action,
    struct random *random)
{
	random_init(random, play->seed, "action",
	    (uint64_t)(action - play->scenario->actions));
}

/* A lookup that is under way. */
struct target {
	const struct scenario_action *action;
	target_found *found;
	void *app;
};

static void
take_answer(void *app, const struct scenario_address *list, size_t count)
{
	struct target *t = app;
	struct endpoint to = { .port = t->action->port };

	for (size_t i = 0; i < count; i++) {
		if (list[i].version != t->action->version)
			continue;
		to.address = list[i];
		t->found(t->app, &to);
		return;
	}
	t->found(t->app, NULL);
}

int
play_target(struct play *play, const struct scenario_action *action,
    target_found *found, void *app, struct errbuf *err)
{
	const struct scenario_host *to = &play->scenario->hosts[action->to];
	struct endpoint target = { to->address[action->version == 6],
	    action->port };
	struct target *t;

	if (!action->by_name) {
		found(app, &target);
		return 0;
	}
	t = malloc(sizeof(*t));
	if (t == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	*t = (struct target){ action, found, app };
	if (play_keep(play, t, free, err) == -1)
		return -1;
	return host_lookup(play->hosts[action->from], to->dns_name,
	    action->label, take_answer, t, err);
}
