#include "tests/traffic/said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/sink.h"
#include "chat/net/address.h"
#include "chat/script/player.h"
#include "tests/chat/fake_world.h"
#include "traffic/scenario/file_bytes.h"

#define STEP_NS		INT64_C(1000000)
enum { SERVERS_MAX = 4, TALKS_MAX = 16, RANDOM_BYTES = 4096,
    STEPS_MAX = 60000 };

_Noreturn static void
die(const char *why)
{
	fprintf(stderr, "said: %s\n", why);
	abort();
}

void
said_add(struct said_list *said, size_t from, size_t to, const void *data,
    size_t len)
{
	struct said *list = memory_grow(said->list, &said->room,
	    said->count + 1, sizeof(*list));
	uint8_t *copy = malloc(len + 1);

	if (list == NULL || copy == NULL)
		die("out of memory");
	memcpy(copy, data, len);
	said->list = list;
	list[said->count++] = (struct said){ from, to, copy, len };
}

void
said_reset(struct said_list *said)
{
	for (size_t i = 0; i < said->count; i++)
		free(said->list[i].data);
	free(said->list);
	*said = (struct said_list){ NULL, 0, 0 };
}

const struct said *
said_of(const struct said_list *said, size_t from, size_t to, size_t n)
{
	for (size_t i = 0; i < said->count; i++)
		if (said->list[i].from == from && said->list[i].to == to &&
		    n-- == 0)
			return &said->list[i];
	return NULL;
}


/* The stage. */

struct server {
	const struct scenario_service *service;
	size_t host;
	struct fake_world *world;
	struct player_calls calls;
	struct player console;
	size_t shown;
};

struct talk {
	const struct scenario_action *action;
	struct server *server;
	struct fake_world *world;	/* NULL: it has not begun */
	struct peer *there, *here;	/* the server to us, we to it */
	struct player_calls calls;
	struct player player;
	size_t sent, answered, shown, datagrams;
	char address[CHAT_LABEL_BYTES];
	bool is_over;
};

struct stage {
	const struct scenario *scenario;
	struct said_list *out;
	int64_t now_ns;
	struct server servers[SERVERS_MAX];
	size_t server_count;
	struct talk talks[TALKS_MAX];
	size_t talk_count;
};

static void
type_line(void *context, const char *text, size_t len)
{
	(void)len;
	fake_line(*(struct fake_world **)context, text);
}

static void
end_input(void *context)
{
	fake_input_ended(*(struct fake_world **)context);
}

static void
end_nothing(void *context)
{
	(void)context;
}

static void
fail(void *context, const char *why)
{
	(void)context;
	die(why);
}

static void
label(const struct scenario_address *address, uint16_t port,
    char out[CHAT_LABEL_BYTES])
{
	struct chat_address a = { .version = address->version, .port = port };

	memcpy(a.bytes, address->bytes, sizeof(a.bytes));
	address_label(&a, out);
}

static void
open_server(struct stage *s, size_t host,
    const struct scenario_service *service)
{
	struct server *v = &s->servers[s->server_count++];

	if (s->server_count > SERVERS_MAX)
		die("too many servers");
	*v = (struct server){ .service = service, .host = host };
	v->world = fake_world_new(service->protocol->server,
	    &service->settings);
	for (size_t i = 0; i < service->login_count; i++)
		fake_add_user(v->world, service->logins[i].name,
		    service->logins[i].password);
	for (size_t i = 0; i < service->text_count; i++)
		fake_add_file(v->world, service->texts[i].name,
		    service->texts[i].text, strlen(service->texts[i].text));
	v->calls = (struct player_calls){ type_line, end_nothing, fail,
	    &v->world };
	player_init(&v->console, "console", &service->console, &v->calls);
	player_connected(&v->console, 0);
	player_hold(&v->console, false);
}

/* To a buffer on the heap. */
struct memory_sink {
	struct sink sink;
	struct bytes bytes;
};

static int
append(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	(void)err;
	return bytes_append(&((struct memory_sink *)sink)->bytes, data, n);
}

void
said_file(const struct scenario_file *file, uint64_t seed,
    struct said_list *out)
{
	struct memory_sink m = { { append }, { NULL, 0, 0 } };
	struct errbuf err;

	if (file_bytes_write(file, seed, &m.sink, &err) == -1)
		die("a file cannot be made");
	said_add(out, 0, 0, m.bytes.data, m.bytes.len);
	bytes_reset(&m.bytes);
}

static void
add_files(struct stage *s, struct talk *t)
{
	const struct scenario_talk *talk = &t->action->talk;
	struct said_list files = { NULL, 0, 0 };

	for (size_t i = 0; i < talk->file_count; i++) {
		said_file(&talk->files[i], s->scenario->seed, &files);
		fake_add_file(t->world, talk->files[i].name,
		    files.list[i].data, files.list[i].len);
	}
	said_reset(&files);
}

/* The same random bytes as in virtual time. */
static void
give_random(struct stage *s, struct talk *t)
{
	struct random random;
	uint8_t bytes[RANDOM_BYTES];

	random_init(&random, s->scenario->seed, "action",
	    (uint64_t)(t->action - s->scenario->actions));
	/* Asked for in pieces of 16, as eim does: each begins a new word. */
	random_fill(&random, bytes, sizeof(bytes));
	fake_give_random(t->world, bytes, sizeof(bytes));
}

static struct server *
server_of(struct stage *s, const struct scenario_action *action)
{
	for (size_t i = 0; i < s->server_count; i++)
		if (s->servers[i].host == action->to &&
		    s->servers[i].service->port == action->port)
			return &s->servers[i];
	die("there is no such server");
}

static void
begin_talk(struct stage *s, struct talk *t)
{
	const struct scenario_action *a = t->action;
	const struct scenario_host *hosts = s->scenario->hosts;
	size_t version = a->version == 6;
	char address[CHAT_LABEL_BYTES];

	t->server = server_of(s, a);
	t->world = fake_world_new(a->talk.protocol->client,
	    &a->talk.settings);
	give_random(s, t);
	add_files(s, t);
	t->calls = (struct player_calls){ type_line, end_input, fail,
	    &t->world };
	player_init(&t->player, "talk", &a->talk.steps, &t->calls);
	player_connected(&t->player, s->now_ns);
	label(&hosts[a->from].address[version],
	    (uint16_t)(40000 + (t - s->talks)), t->address);
	t->here = fake_join(t->server->world, t->address);
	label(&hosts[a->to].address[version], a->port, address);
	t->there = fake_join(t->world, address);
	if (t->here == NULL || t->there == NULL)
		die("a side does not join");
}

/* What is new in a list goes to the player. */
static void
tell_shown(struct fake_world *world, struct player *player, size_t *told,
    int64_t now_ns)
{
	const struct fake_messages *shown = fake_shown(world);

	for (; *told < shown->count; ++*told)
		player_shown(player, (const char *)shown->list[*told].data,
		    shown->list[*told].len, now_ns);
}

/* One message that was sent goes to the other side; false: there is none. */
static bool
carry(struct stage *s, struct fake_world *from, const struct peer *way,
    size_t *done, struct fake_world *to, struct peer *at,
    const size_t hosts[2])
{
	const struct fake_messages *sent = fake_sent(from, way);
	struct said *m;

	if (*done >= sent->count)
		return false;
	said_add(s->out, hosts[0], hosts[1], sent->list[*done].data,
	    sent->list[*done].len);
	++*done;
	m = &s->out->list[s->out->count - 1];
	fake_receive(to, at, m->data, m->len);
	return true;
}

static struct talk *
talk_at(struct stage *s, const struct chat_address *to, size_t *host)
{
	*host = SCENARIO_NONE;
	for (size_t i = 0; i < s->scenario->host_count; i++)
		if (memcmp(s->scenario->hosts[i].address[to->version == 6].
		    bytes, to->bytes, to->version == 6 ? 16 : 4) == 0)
			*host = i;
	for (size_t i = 0; i < s->talk_count; i++)
		if (s->talks[i].world != NULL && !s->talks[i].is_over &&
		    s->talks[i].action->from == *host)
			return &s->talks[i];
	return NULL;
}

static void
carry_datagrams(struct stage *s, struct talk *t)
{
	char from[CHAT_LABEL_BYTES];

	label(&s->scenario->hosts[t->action->from].address[
	    t->action->version == 6], t->action->talk.settings.peer_port,
	    from);
	for (; t->datagrams < fake_datagrams(t->world)->count;
	    t->datagrams++) {
		const struct fake_message *m =
		    &fake_datagrams(t->world)->list[t->datagrams];
		size_t host;
		struct talk *to = talk_at(s, &m->to, &host);

		said_add(s->out, t->action->from, host, m->data, m->len);
		if (to != NULL)
			fake_datagram_data(to->world, from, m->data, m->len);
	}
}

static void
check_ends(struct talk *t)
{
	struct server *v = t->server;

	if (fake_status(t->world) != -1 ||
	    fake_is_closed(t->world, t->there)) {
		if (player_next(&t->player) != NULL)
			die("a talk ends before its script");
		fake_finish(v->world, t->here);
		t->is_over = true;
	} else if (fake_is_closed(v->world, t->here)) {
		fake_finish(t->world, t->there);
		fake_leave(t->world, t->there, LEFT_ENDED);
		t->is_over = true;
	}
}

static void
step_talk(struct stage *s, struct talk *t)
{
	const size_t up[2] = { t->action->from, t->action->to };
	const size_t down[2] = { t->action->to, t->action->from };
	struct server *v = t->server;

	tell_shown(t->world, &t->player, &t->shown, s->now_ns);
	player_hold(&t->player, fake_lines_are_held(t->world));
	player_tick(&t->player, s->now_ns);
	while (carry(s, t->world, t->there, &t->sent, v->world, t->here, up))
		;
	carry_datagrams(s, t);
	while (carry(s, v->world, t->here, &t->answered, t->world, t->there,
	    down))
		;
	check_ends(t);
	fake_pass(t->world, STEP_NS);
}

static void
step_server(struct stage *s, struct server *v)
{
	tell_shown(v->world, &v->console, &v->shown, s->now_ns);
	player_tick(&v->console, s->now_ns);
	fake_pass(v->world, STEP_NS);
}

/* True: somebody has yet to talk. */
static bool
step(struct stage *s)
{
	bool goes_on = false;

	for (size_t i = 0; i < s->talk_count; i++) {
		struct talk *t = &s->talks[i];

		if (t->world == NULL && s->now_ns >= t->action->at_ns)
			begin_talk(s, t);
		if (t->world != NULL && !t->is_over)
			step_talk(s, t);
		goes_on |= !t->is_over;
	}
	for (size_t i = 0; i < s->server_count; i++)
		step_server(s, &s->servers[i]);
	s->now_ns += STEP_NS;
	return goes_on;
}

static void
open_stage(struct stage *s)
{
	const struct scenario *scenario = s->scenario;

	for (size_t i = 0; i < scenario->host_count; i++)
		for (size_t k = 0; k < scenario->hosts[i].service_count; k++)
			if (scenario->hosts[i].services[k].kind ==
			    SERVICE_CHAT)
				open_server(s, i,
				    &scenario->hosts[i].services[k]);
	for (size_t i = 0; i < scenario->action_count; i++) {
		if (scenario->actions[i].verb != VERB_TALK)
			die("an action is no talk");
		if (s->talk_count == TALKS_MAX)
			die("too many talks");
		s->talks[s->talk_count++].action = &scenario->actions[i];
	}
}

void
said_directly(const struct scenario *scenario, struct said_list *out)
{
	struct stage *s = calloc(1, sizeof(*s));
	size_t steps = 0;

	if (s == NULL)
		die("out of memory");
	s->scenario = scenario;
	s->out = out;
	open_stage(s);
	while (step(s))
		if (++steps > STEPS_MAX)
			die("the scenario has no end");
	for (size_t i = 0; i < s->talk_count; i++) {
		fake_world_free(s->talks[i].world);
		player_reset(&s->talks[i].player);
	}
	for (size_t i = 0; i < s->server_count; i++) {
		fake_world_free(s->servers[i].world);
		player_reset(&s->servers[i].console);
	}
	free(s);
}
