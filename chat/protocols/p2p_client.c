/* The client of `p2p`; p2p.h has the rules. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/protocols/p2p.h"
#include "chat/protocols/p2p_feed.h"
#include "chat/protocols/p2p_login.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"
#include "chat/wire/python_repr.h"
#include "chat/wire/user_list.h"

enum { TIMER_LIST, TIMER_LAST, TIMER_GAP };

enum stage {
	STAGE_NAME,	/* it is asked for */
	STAGE_PASSWORD,
	STAGE_WAIT,	/* the name is out, no list has come */
	STAGE_ROOM,
	STAGE_LEFT,
};

struct client {
	struct world *world;
	const struct chat_settings *settings;
	struct peer *server;
	enum stage stage;
	struct typed_name name;
	struct p2p_feed feed;
	struct user_list users;
	struct typed_lines lines;
	bool gap;	/* a message went out just now */
};

static void *
open_client(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	c->world = world;
	c->settings = settings;
	if (typed_name_open(&c->name, settings, "!", err) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static void
leave(struct client *c, int status)
{
	c->stage = STAGE_LEFT;
	world_end(c->world, status);
}

static void
send_first(struct client *c, const void *data, size_t len)
{
	c->stage = STAGE_WAIT;
	world_send(c->world, c->server, data, len);
	world_prompt(c->world, ">", false);
}

static void
send_login(struct client *c, const struct secret *password)
{
	struct bytes line = { NULL, 0, 0 };
	struct errbuf err;

	if (p2p_login_append(&line, c->name.text, password,
	    c->settings->make_user ? P2P_REGISTER_YES : P2P_REGISTER_UNKNOWN,
	    &err) == 0) {
		send_first(c, line.data, line.len);
	} else {
		typed_show(c->world, SHOW_ERROR, "%.300s", err.text);
		leave(c, 1);
	}
	p2p_login_forget(&line);
}

/* The name is known: it goes out, or a login does. */
static void
introduce(struct client *c)
{
	if (!c->settings->login) {
		send_first(c, c->name.text, c->name.len);
	} else if (c->settings->password.data != NULL) {
		send_login(c, &c->settings->password);
	} else {
		c->stage = STAGE_PASSWORD;
		world_prompt(c->world, "Password: ", true);
	}
}

static int
joined(void *state, struct peer *p)
{
	struct client *c = state;

	c->server = p;
	if (c->name.len > 0)
		introduce(c);
	else
		world_prompt(c->world, "First enter your name to register it "
		    "in the server: ", false);
	return 0;
}

static void
type_name(struct client *c, const char *text, size_t len)
{
	const char *fault = typed_name_set(&c->name, text, len, "!");

	if (fault == NULL)
		introduce(c);
	else
		typed_show(c->world, SHOW_ERROR, "%s", fault);
}

static void
type_password(struct client *c, const char *text, size_t len)
{
	struct secret password = { NULL, 0 };

	if (secret_set(&password, text, len) == 0)
		send_login(c, &password);
	else
		typed_show(c->world, SHOW_ERROR, "out of memory");
	secret_reset(&password);
}

static void
list_users(struct client *c)
{
	struct bytes line = { NULL, 0, 0 };

	if (python_repr_users(&line, &c->users) == 0)
		world_show(c->world, SHOW_NOTICE, (const char *)line.data,
		    line.len);
	else
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: the list is not shown");
	bytes_reset(&line);
}

static const struct user_entry *
find_user(const struct client *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->users.count; i++)
		if (strlen(c->users.entries[i].name) == len &&
		    memcmp(c->users.entries[i].name, name, len) == 0)
			return &c->users.entries[i];
	return NULL;
}

/* What an address in the list is; its form was checked when it came. */
static int
read_address(const char *text, uint16_t port, struct chat_address *out)
{
	*out = (struct chat_address){ .version = 4, .port = port };
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return 0;
	out->version = 6;
	return inet_pton(AF_INET6, text, out->bytes) == 1 ? 0 : -1;
}

static bool
fits(struct client *c, size_t len)
{
	if (len <= c->settings->line_max)
		return true;
	typed_show(c->world, SHOW_ERROR, "A message has at most %zu bytes; "
	    "this one has %zu.", c->settings->line_max, len);
	return false;
}

/* "@NAME:TEXT": the name without the blanks around it, the text as it is. */
static void
send_private(struct client *c, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len), *text, *name = line + 1;
	const struct user_entry *user;
	struct chat_address to;
	struct errbuf err = { "no address" };
	size_t name_len, text_len;

	if (colon == NULL) {
		typed_show(c->world, SHOW_ERROR, "@NAME:TEXT sends a private "
		    "message; there is no colon in this line.");
		return;
	}
	name_len = (size_t)(colon - name);
	name = typed_trim(name, &name_len);
	text = colon + 1;
	text_len = len - (size_t)(text - line);
	user = find_user(c, name, name_len);
	if (user == NULL)
		typed_show_text(c->world, SHOW_ERROR, "", name, name_len,
		    " is not registered");
	else if (fits(c, text_len) && (read_address(user->address,
	    c->settings->peer_port, &to) != 0 || world_datagram(c->world, &to,
	    text, text_len, &err) != 0))
		typed_show(c->world, SHOW_ERROR, "%.300s", err.text);
}

static void
send_text(struct client *c, const char *text, size_t len)
{
	if (!fits(c, len))
		return;
	world_send(c->world, c->server, text, len);
	c->gap = true;
	world_timer(c->world, c->server, TIMER_GAP, TYPED_GAP_NS);
}

static void
take_line(struct client *c, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (strcmp(text, "#ls") == 0)
		list_users(c);
	else if (text[0] == '@')
		send_private(c, text, len);
	else
		send_text(c, text, len);
}

/* In the room: what was typed too early, and then the end of the input. */
static void
take_waiting(struct client *c)
{
	const char *text;

	while (!c->gap && (text = typed_next(&c->lines)) != NULL) {
		take_line(c, text, strlen(text));
		typed_drop(&c->lines, c->world);
	}
	if (c->lines.ended && typed_next(&c->lines) == NULL)
		leave(c, 0);
}

/* Until the first list has come; more input cannot be taken. */
static void
keep(struct client *c, const char *text, size_t len)
{
	bool pressed = typed_pressing(&c->lines);

	typed_keep(&c->lines, c->world, text, len);
	if (c->stage == STAGE_WAIT && !pressed && typed_pressing(&c->lines))
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
}

/* The name may yet be refused, which the status tells: only "exit" does not
 * wait for that. */
static void
end_input(struct client *c, bool by_exit)
{
	c->lines.ended = true;
	if (c->stage == STAGE_ROOM)
		take_waiting(c);
	else if (c->stage == STAGE_WAIT &&
	    (!by_exit || typed_next(&c->lines) != NULL))
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
	else if (c->stage != STAGE_LEFT)
		leave(c, 0);
}

static void
input_ended(void *state)
{
	end_input(state, false);
}

static void
line(void *state, const char *text, size_t len)
{
	struct client *c = state;

	if (c->stage == STAGE_LEFT || c->lines.ended)
		return;
	if (c->stage == STAGE_PASSWORD)
		type_password(c, text, len);
	else if (typed_exit(text, len))
		end_input(c, true);
	else if (c->stage == STAGE_NAME)
		type_name(c, text, len);
	else if (c->stage == STAGE_WAIT || c->gap)
		keep(c, text, len);
	else
		take_line(c, text, len);
}

/* The first list: the server has taken the name. */
static void
enter(struct client *c)
{
	c->stage = STAGE_ROOM;
	world_timer(c->world, c->server, TIMER_LAST, -1);
	take_waiting(c);
}

/* Before the first list a text is a refusal. */
static void
show_text(struct client *c, const uint8_t *text, size_t len)
{
	if (c->stage == STAGE_WAIT)
		typed_show_text(c->world, SHOW_ERROR, "", text, len, "");
	else
		typed_show_text(c->world, SHOW_MESSAGE,
		    "incoming msg from chatserver (", text, len, ")");
}

static void
take_feed(struct client *c, bool late)
{
	struct wire_span span;
	enum p2p_item item;

	while ((item = p2p_feed_next(&c->feed, late, &c->users, &span)) !=
	    P2P_ITEM_NONE) {
		if (item == P2P_ITEM_TEXT)
			show_text(c, span.data, span.len);
		else if (c->stage == STAGE_WAIT)
			enter(c);
	}
	world_timer(c->world, c->server, TIMER_LIST,
	    p2p_feed_waits(&c->feed) ? P2P_LIST_WAIT_NS : -1);
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;

	(void)p;
	if (p2p_feed_add(&c->feed, data, len) != 0)
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: %zu bytes are not shown", len);
	else
		take_feed(c, false);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	struct client *c = state;

	(void)p;
	if (id == TIMER_LIST) {
		take_feed(c, true);
	} else if (id == TIMER_GAP) {
		c->gap = false;
		if (c->stage == STAGE_ROOM)
			take_waiting(c);
	} else {
		typed_show(c->world, SHOW_ERROR, "The server does not answer.");
		leave(c, 1);
	}
}

/* By its address alone, as the original does: the first of the list. */
static const char *
sender_name(const struct client *c, const struct chat_address *from)
{
	size_t len = from->version == 4 ? 4 : 16;
	struct chat_address address;

	for (size_t i = 0; i < c->users.count; i++)
		if (read_address(c->users.entries[i].address, 0,
		    &address) == 0 && address.version == from->version &&
		    memcmp(address.bytes, from->bytes, len) == 0)
			return c->users.entries[i].name;
	return "Non-registered";
}

static void
datagram(void *state, const struct chat_address *from, const uint8_t *data,
    size_t len)
{
	struct client *c = state;
	struct bytes intro = { NULL, 0, 0 };
	const char *name = sender_name(c, from);
	static const char before[] = "Incoming msg (P2P) from ";

	if (bytes_append(&intro, before, strlen(before)) == 0 &&
	    typed_append(&intro, name, strlen(name)) == 0 &&
	    bytes_append(&intro, ":", 2) == 0)
		typed_show_text(c->world, SHOW_MESSAGE,
		    (const char *)intro.data, data, len, "");
	else
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: a private message is not shown");
	bytes_reset(&intro);
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;
	struct wire_span span;

	(void)p;
	while (p2p_feed_next(&c->feed, true, &c->users, &span) !=
	    P2P_ITEM_NONE)
		if (span.len > 0)
			show_text(c, span.data, span.len);
	if (c->stage != STAGE_LEFT)
		server_gone(c->world, why);
	c->stage = STAGE_LEFT;
}

static void
close_client(void *state)
{
	struct client *c = state;

	p2p_feed_reset(&c->feed);
	user_list_reset(&c->users);
	typed_reset(&c->lines);
	free(c);
}

const struct side p2p_client = {
	.open = open_client,
	.joined = joined,
	.received = received,
	.left = left,
	.timer = timer,
	.datagram = datagram,
	.line = line,
	.input_ended = input_ended,
	.close = close_client,
};
