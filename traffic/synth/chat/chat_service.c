/*
 * labchatd in virtual time: what chat/net/server.c does with sockets, a console
 * and a user store, done with host.h, a script and the scenario's logins.
 */
#include <stdlib.h>
#include <string.h>

#include "chat/net/server.h"
#include "chat/protocols/userless.h"
#include "chat/script/player.h"
#include "traffic/synth/chat/chat_world.h"
#include "traffic/synth/chat/logins.h"

struct service {
	struct chat_world world;	/* first */
	const struct scenario_service *service;
	struct logins logins;
	struct random delays;		/* of the logins */
	struct player_calls calls;
	struct player console;
	uint64_t tick;			/* an event */
	bool is_ending;
};

static struct service *
service_of(struct world *world)
{
	return (struct service *)world;
}

static struct clock *
clock_of(const struct service *s)
{
	return s->world.play->clock;
}


/* The end. */

static void
begin_end(struct service *s)
{
	struct chat_world *w = &s->world;

	s->is_ending = true;
	host_unlisten(w->play->hosts[w->rules.host], s->service->port);
	clock_cancel(clock_of(s), s->tick);
	chat_world_stop_timers(w);
	for (struct chat_link *l = w->links; l != NULL; l = l->next)
		chat_link_close(l, LEFT_STOP);
}

/* By the protocol, which has said its last words. */
static void
on_end_now(void *owner, uint64_t token)
{
	struct service *s = owner;

	(void)token;
	if (!s->is_ending)
		begin_end(s);
}

/* Nobody types what is left. */
static void
check_console_is_over(struct service *s)
{
	const struct script_step *step = player_next(&s->console);
	struct errbuf err;

	if (step == NULL)
		return;
	errbuf_set(&err, "%s:%zu: everybody had left before this",
	    s->world.play->scenario->given, step->line);
	clock_fail(clock_of(s), &err);
}

static void
stop(void *state)
{
	struct service *s = state;
	const struct side *side = s->world.rules.side;

	check_console_is_over(s);
	if (s->is_ending)
		return;
	if (side->stop != NULL)
		side->stop(s->world.state);
	begin_end(s);
}


/* The operator's console. */

static void on_tick(void *owner, uint64_t token);

static void
schedule(struct service *s)
{
	int64_t due_ns = player_due_ns(&s->console);

	clock_cancel(clock_of(s), s->tick);
	s->tick = s->is_ending || due_ns == INT64_MAX ? 0 :
	    clock_at(clock_of(s), due_ns, on_tick, s, 0);
}

static void
on_tick(void *owner, uint64_t token)
{
	struct service *s = owner;

	(void)token;
	s->tick = 0;
	player_tick(&s->console, clock_now_ns(clock_of(s)));
	schedule(s);
}

static void
on_line(void *context, const char *text, size_t len)
{
	struct service *s = context;
	const struct side *side = s->world.rules.side;

	if (!s->is_ending && side->line != NULL)
		side->line(s->world.state, text, len);
}

/* The server goes on without its operator. */
static void
on_lines_ended(void *context)
{
	(void)context;
}

static void
on_console_failed(void *context, const char *why)
{
	struct service *s = context;
	struct errbuf err;

	errbuf_set(&err, "%s", why);
	clock_fail(clock_of(s), &err);
}


/* What a server's world has beyond that of both sides. */

static void
on_answer(void *owner, uint64_t token)
{
	struct chat_link *l = owner;
	const struct chat_world *w = l->world;

	(void)token;
	l->login = 0;
	chat_link_wait(l, false);
	if (w->rules.side->answered != NULL)
		w->rules.side->answered(w->state, &l->peer, l->answer);
}

/* No store, or a second question at a time: the peer is lost. */
static bool
may_ask(const struct service *s, struct chat_link *l)
{
	if (!l->is_open)
		return false;
	if (s->service->settings.users && l->login == 0)
		return true;
	chat_link_close(l, LEFT_LOST);
	return false;
}

static void
answer_after(struct service *s, struct chat_link *l, enum login_answer answer,
    int64_t after_ns)
{
	l->answer = answer;
	l->login = clock_after(clock_of(s), after_ns, on_answer, l, 0);
	chat_link_wait(l, true);
}

static void
act_login(struct world *world, struct peer *peer, const struct login *login)
{
	struct service *s = service_of(world);
	struct chat_link *l = chat_link_of(peer);

	if (may_ask(s, l))
		answer_after(s, l, logins_ask(&s->logins, login),
		    logins_hash_ns(&s->delays));
}

static void
act_name_known(struct world *world, struct peer *peer, const char *name)
{
	struct service *s = service_of(world);
	struct chat_link *l = chat_link_of(peer);

	if (may_ask(s, l))
		answer_after(s, l, logins_ask_name(&s->logins, name),
		    logins_look_ns(&s->delays));
}

/* For the operator. */
static void
act_show(struct world *world, enum show kind, const char *text, size_t len)
{
	struct service *s = service_of(world);

	(void)kind;
	player_shown(&s->console, text, len, clock_now_ns(clock_of(s)));
	schedule(s);
}

static void
act_end(struct world *world, int status)
{
	struct service *s = service_of(world);

	(void)status;
	clock_after(clock_of(s), 0, on_end_now, s, 0);
}

static const struct world_actions actions = {
	.send = chat_act_send,
	.queued = chat_act_queued,
	.hold = chat_act_hold,
	.close = chat_act_close,
	.admit = chat_act_admit,
	.timer = chat_act_timer,
	.now_ns = chat_act_now_ns,
	.random = chat_act_random,
	.event = chat_act_event,
	.login = act_login,
	.name_known = act_name_known,
	.datagram = userless_datagram,
	.show = act_show,
	.prompt = userless_prompt,
	.hold_lines = userless_hold_lines,
	.end = act_end,
	.file_make = chat_act_file_make,
	.file_write = memory_files_write,
	.file_keep = memory_files_keep,
	.file_open = chat_act_file_open,
	.file_read = memory_files_read,
	.file_drop = memory_files_drop,
	.file_add = chat_act_file_add,
	.file_open_kept = chat_act_file_open,
};


/* The beginning. */

static int
make_texts(struct service *s, struct errbuf *err)
{
	for (size_t i = 0; i < s->service->text_count; i++) {
		const struct scenario_text *text = &s->service->texts[i];
		struct memory_file *file = memory_files_put(&s->world.files,
		    text->name, err);

		if (file == NULL)
			return -1;
		if (bytes_append(&file->content, text->text,
		    strlen(text->text)) == 0)
			continue;
		errbuf_set(err, "%s: out of memory", text->name);
		return -1;
	}
	return 0;
}

static size_t
count_open(const struct chat_world *w)
{
	size_t count = 0;

	for (const struct chat_link *l = w->links; l != NULL; l = l->next)
		count += l->is_open;
	return count;
}

static int
on_accepted(void *owner, struct conn *conn, void **app,
    const struct conn_calls **calls)
{
	struct service *s = owner;
	struct endpoint peer;
	struct chat_link *l;

	if (count_open(&s->world) >= SERVER_CLIENTS)
		return -1;
	conn_peer(conn, &peer);
	l = chat_link_new(&s->world, &peer);
	if (l == NULL)
		return -1;
	*app = l;
	*calls = &chat_link_calls;
	chat_link_join(l, conn);
	return 0;
}

static void
release(void *state)
{
	struct service *s = state;

	chat_world_reset(&s->world);
	player_reset(&s->console);
	logins_reset(&s->logins);
	free(s);
}

static void
set_up(struct service *s, struct play *play, size_t host)
{
	const struct protocol *protocol = s->service->protocol;
	const struct chat_rules rules = {
		.protocol = protocol,
		.side = protocol->server,
		.host = host,
		.send_buffer = SERVER_SEND_BUFFER,
		.handshake = (protocol->needs & PROTOCOL_HANDSHAKE) != 0,
		.idle_ns = SERVER_IDLE_NS,
		.handshake_ns = SERVER_HANDSHAKE_NS,
	};
	uint64_t number = (uint64_t)host << 16 | s->service->port;

	chat_world_init(&s->world, &actions, play, &rules);
	s->world.files.file_max = SERVER_FILE_MAX;
	random_init(&s->world.random, play->seed, "chat server", number);
	random_init(&s->delays, play->seed, "chat logins", number);
	s->calls = (struct player_calls){ on_line, on_lines_ended,
	    on_console_failed, s };
	player_init(&s->console, play->scenario->given, &s->service->console,
	    &s->calls);
}

static int
open_all(struct service *s, struct errbuf *err)
{
	static const struct listener_calls listener = {
		.accepted = on_accepted,
	};
	struct chat_world *w = &s->world;

	if (make_texts(s, err) == -1 ||
	    logins_init(&s->logins, s->service, err) == -1 ||
	    host_listen(w->play->hosts[w->rules.host], s->service->port,
	    &listener, s, err) == -1)
		return -1;
	w->state = w->rules.side->open(&w->world, &s->service->settings, err);
	return w->state == NULL ? -1 : 0;
}

static int
start(struct play *play, size_t host, const struct scenario_service *service,
    void **state, struct errbuf *err)
{
	struct service *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	s->service = service;
	set_up(s, play, host);
	if (play_keep(play, s, release, err) == -1 || open_all(s, err) == -1)
		return -1;
	player_connected(&s->console, clock_now_ns(play->clock));
	player_hold(&s->console, false);
	schedule(s);
	*state = s;
	return 0;
}

const struct service_player chat_service = {
	.start = start, .stop = stop,
};
