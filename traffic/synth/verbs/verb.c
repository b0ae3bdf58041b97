#include "traffic/synth/verbs/verb.h"

#include <stdlib.h>

#include "traffic/synth/net/draw.h"

/* Bytes that a socket takes before they are acknowledged. */
enum { AHEAD_MAX = 1048576 };

/* What stands before a verb's own state. */
struct kept_state {
	void (*release)(void *state);
	max_align_t state[];
};

static void
free_state(void *kept)
{
	struct kept_state *k = kept;

	if (k->release != NULL)
		k->release(k->state);
	free(k);
}

void *
verb_new(struct play *play, size_t size, void (*release)(void *state),
    struct errbuf *err)
{
	struct kept_state *k = calloc(1, sizeof(*k) + size);

	if (k == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	k->release = release;
	return play_keep(play, k, free_state, err) == -1 ? NULL : k->state;
}

void
verb_fail(struct play *play, const struct errbuf *why)
{
	clock_fail(play->clock, why);
}

void
verb_out_of_memory(struct play *play)
{
	struct errbuf err;

	errbuf_set(&err, "out of memory");
	clock_fail(play->clock, &err);
}

void
verb_noise(struct random *random, uint8_t *out, size_t len)
{
	random_fill(random, out, len);
	if (len > 0)
		out[0] = (uint8_t)('a' + out[0] % 26);
}

bool
verb_has_room(const struct conn *conn)
{
	return conn_unacknowledged(conn) <= AHEAD_MAX;
}

struct host *
verb_host(const struct play *play, const struct scenario_action *action)
{
	return play->hosts[action->from];
}

void
verb_own_address(const struct play *play,
    const struct scenario_action *action, struct scenario_address *out)
{
	*out = play->scenario->hosts[action->from]
	    .address[action->version == 6];
}

void
verb_target(const struct play *play, const struct scenario_action *action,
    struct endpoint *out)
{
	out->address = play->scenario->hosts[action->to]
	    .address[action->version == 6];
	out->port = action->port;
}

enum { TOKEN_STEP, TOKEN_OVER };

static void repeat_event(void *owner, uint64_t token);

static void
repeat_step(struct repeat *r)
{
	if (r->left > 0) {
		r->left--;
		r->step(r->app);
	}
	if (r->left > 0)
		clock_after(r->play->clock,
		    amount_draw(r->every_ns, r->random), repeat_event, r,
		    TOKEN_STEP);
	else
		clock_after(r->play->clock, r->linger_ns, repeat_event, r,
		    TOKEN_OVER);
}

static void
repeat_event(void *owner, uint64_t token)
{
	struct repeat *r = owner;

	if (token == TOKEN_STEP)
		repeat_step(r);
	else
		r->over(r->app);
}

void
repeat_begin(struct repeat *repeat)
{
	repeat_step(repeat);
}
