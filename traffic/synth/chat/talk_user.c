/*
 * The user of a talk: a script that is played in virtual time; and what the
 * client's world has to offer.
 */
#include <string.h>

#include "traffic/synth/chat/talk_internal.h"

/* As of chat/net/client.c. */
enum { HOLD_BYTES = WORLD_LOW_WATER };

/* What one datagram can carry over IPv4. */
enum { DATAGRAM_MAX = 65507 };

void
talk_fail(struct talk *t, size_t line, const char *why)
{
	struct errbuf err;

	errbuf_set(&err, "%s:%zu: %s", t->world.play->scenario->given, line,
	    why);
	clock_fail(t->world.play->clock, &err);
}

static void on_tick(void *owner, uint64_t token);

void
talk_schedule(struct talk *t)
{
	int64_t due_ns = t->ends ? INT64_MAX : player_due_ns(&t->player);

	if (t->tick != 0 && due_ns == t->tick_ns)
		return;
	clock_cancel(t->world.play->clock, t->tick);
	t->tick = 0;
	t->tick_ns = due_ns;
	if (due_ns != INT64_MAX)
		t->tick = clock_at(t->world.play->clock, due_ns, on_tick, t,
		    0);
}

static void
on_tick(void *owner, uint64_t token)
{
	struct talk *t = owner;

	(void)token;
	t->tick = 0;
	player_tick(&t->player, talk_now_ns(t));
	talk_schedule(t);
}

void
talk_update_hold(struct talk *t)
{
	size_t queued = t->server == NULL ? 0 :
	    chat_act_queued(&t->world.world, &t->server->peer);
	bool hold = t->ends || t->server == NULL || t->lines_held ||
	    (t->held ? queued > HOLD_BYTES / 2 : queued > HOLD_BYTES);

	if (hold == t->held)
		return;
	t->held = hold;
	player_hold(&t->player, hold);
	talk_schedule(t);
}

static void
end(struct talk *t)
{
	if (t->ends)
		return;
	t->ends = true;
	talk_update_hold(t);
	talk_schedule(t);
	if (t->server != NULL)
		chat_link_close(t->server, LEFT_CLOSED);
}

static void
on_line(void *context, const char *text, size_t len)
{
	struct talk *t = context;
	const struct side *side = t->world.rules.side;

	if (!t->ends && side->line != NULL)
		side->line(t->world.state, text, len);
	talk_update_hold(t);
}

static void
on_input_ended(void *context)
{
	struct talk *t = context;
	const struct side *side = t->world.rules.side;

	if (t->ends)
		return;
	if (side->input_ended != NULL)
		side->input_ended(t->world.state);
	else
		end(t);
}

static void
on_script_failed(void *context, const char *why)
{
	struct talk *t = context;
	struct errbuf err;

	errbuf_set(&err, "%s", why);
	clock_fail(t->world.play->clock, &err);
}

void
talk_check_script(struct talk *t, const char *why)
{
	const struct script_step *step = player_next(&t->player);

	if (step != NULL)
		talk_fail(t, step->line, why);
}

void
talk_user_init(struct talk *t)
{
	t->held = true;
	t->calls = (struct player_calls){ on_line, on_input_ended,
	    on_script_failed, t };
	player_init(&t->player, t->world.play->scenario->given,
	    &t->action->talk.steps, &t->calls);
}


/* What a client's world has beyond that of both sides. */

static void
act_send(struct world *world, struct peer *peer, const void *data, size_t len)
{
	chat_act_send(world, peer, data, len);
	talk_update_hold(talk_of(chat_world_of(world)));
}

static int
act_datagram(struct world *world, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	struct chat_world *w = chat_world_of(world);
	struct talk *t = talk_of(w);
	struct endpoint target = { .port = to->port };

	if (t->udp == NULL || len > DATAGRAM_MAX) {
		errbuf_set(err, t->udp == NULL ? "there is no UDP socket" :
		    "Message too long");
		return -1;
	}
	target.address.version = to->version;
	memcpy(target.address.bytes, to->bytes,
	    sizeof(target.address.bytes));
	truth_message(w->play->truth, w->rules.host,
	    scenario_host_with(w->play->scenario, &target.address),
	    w->rules.protocol->name, data, len, talk_now_ns(t));
	host_udp_send(t->udp, &target, data, len);
	return 0;
}

static void
act_show(struct world *world, enum show kind, const char *text, size_t len)
{
	struct talk *t = talk_of(chat_world_of(world));

	(void)kind;
	player_shown(&t->player, text, len, talk_now_ns(t));
	talk_schedule(t);
}

static void
act_prompt(struct world *world, const char *text, bool secret)
{
	(void)world;
	(void)text;
	(void)secret;
}

static void
act_hold_lines(struct world *world, bool hold)
{
	struct talk *t = talk_of(chat_world_of(world));

	t->lines_held = hold;
	talk_update_hold(t);
}

static void
act_end(struct world *world, int status)
{
	(void)status;
	end(talk_of(chat_world_of(world)));
}

/* A client keeps no users and serves no files: no side of one asks for
 * them. */
const struct world_actions talk_actions = {
	.send = act_send,
	.queued = chat_act_queued,
	.hold = chat_act_hold,
	.close = chat_act_close,
	.admit = chat_act_admit,
	.timer = chat_act_timer,
	.now_ns = chat_act_now_ns,
	.random = chat_act_random,
	.event = chat_act_event,
	.datagram = act_datagram,
	.show = act_show,
	.prompt = act_prompt,
	.hold_lines = act_hold_lines,
	.end = act_end,
	.file_make = chat_act_file_make,
	.file_write = memory_files_write,
	.file_keep = memory_files_keep,
	.file_open = chat_act_file_open,
	.file_read = memory_files_read,
	.file_drop = memory_files_drop,
	.file_add = chat_act_file_add,
};
