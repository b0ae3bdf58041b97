/*
 * The login dialogue of `class`, the client's part; class.h has the words.
 *
 * The settings answer first, then lines that were typed before it was their
 * turn, then the user.
 */
#include <string.h>

#include "chat/protocols/class_client.h"

static void
say(struct class_client *c, const void *text, size_t len)
{
	class_out_frame(&c->out, "info", text, len);
}

static void
ask(struct class_client *c, enum class_turn turn)
{
	static const char *const prompts[] = {
		[TURN_SERVER] = "",
		[TURN_REGISTERED] = "yes/no: ",
		[TURN_NAME] = "name: ",
		[TURN_PASSWORD] = "password: ",
		[TURN_HERE] = "> ",
	};

	c->turn = turn;
	world_prompt(c->world, prompts[turn], turn == TURN_PASSWORD);
}

/* Files wait until it is known whether the server takes sizes. */
static void
enter(struct class_client *c)
{
	c->failed = false;
	ask(c, TURN_HERE);
	say(c, CLASS_EXTENSION, strlen(CLASS_EXTENSION));
	c->out.files_wait = true;
	world_timer(c->world, c->server, CLASS_TIMER_ANSWER, CLASS_ANSWER_NS);
}

/* What the server says instead of the welcome closes the connection, or asks
 * for another name. */
static void
ask_again(struct class_client *c)
{
	c->failed = true;
	if (!c->name_checked)
		return;
	if (c->settings->name != NULL)
		world_end(c->world, 1);
	else
		ask(c, TURN_NAME);
}

bool
class_dialogue_refuses(const struct class_client *c,
    const struct wire_span *text)
{
	return c->turn == TURN_SERVER && !wire_span_is(text, CLASS_ASK) &&
	    !wire_span_is(text, CLASS_WELCOME) &&
	    !wire_span_is(text, CLASS_REGISTERED);
}

void
class_dialogue_info(struct class_client *c, const struct wire_span *text)
{
	if (wire_span_is(text, CLASS_ASK))
		ask(c, TURN_REGISTERED);
	else if (wire_span_is(text, CLASS_WELCOME))
		enter(c);
	else if (c->turn == TURN_SERVER && wire_span_is(text, CLASS_REGISTERED))
		ask(c, TURN_PASSWORD);
	else if (c->turn == TURN_SERVER)
		ask_again(c);
	class_dialogue_go_on(c);
}

static void
answer_registered(struct class_client *c, const char *text, size_t len)
{
	c->registered = typed_is(text, len, "yes");
	say(c, text, len);
	ask(c, c->registered || typed_is(text, len, "no") ? TURN_NAME :
	    TURN_SERVER);
}

/* Of a new name the server says first whether it can be had. */
static void
answer_name(struct class_client *c, const char *text, size_t len)
{
	c->name_checked = !c->registered;
	say(c, text, len);
	ask(c, c->registered ? TURN_PASSWORD : TURN_SERVER);
}

static void
answer_password(struct class_client *c, const void *text, size_t len)
{
	c->name_checked = false;
	say(c, text, len);
	ask(c, TURN_SERVER);
}

void
class_dialogue_line(struct class_client *c, const char *text, size_t len)
{
	switch (c->turn) {
	case TURN_REGISTERED:
		answer_registered(c, text, len);
		break;
	case TURN_NAME:
		answer_name(c, text, len);
		break;
	case TURN_PASSWORD:
		answer_password(c, text, len);
		break;
	default:
		typed_keep(&c->lines, c->world, text, len);
	}
}

/* Is it the settings' to answer?  They do. */
static bool
settings_answer(struct class_client *c)
{
	const struct chat_settings *s = c->settings;
	const char *word = s->make_user ? "no" : "yes";

	if (c->turn == TURN_REGISTERED && s->name != NULL) {
		answer_registered(c, word, strlen(word));
		return true;
	}
	if (c->turn == TURN_NAME && s->name != NULL && !c->gave_name) {
		c->gave_name = true;
		answer_name(c, s->name, strlen(s->name));
		return true;
	}
	if (c->turn == TURN_PASSWORD && s->password.data != NULL &&
	    !c->gave_password) {
		c->gave_password = true;
		answer_password(c, s->password.data, s->password.len);
		return true;
	}
	return false;
}

void
class_dialogue_go_on(struct class_client *c)
{
	const char *line;

	while (settings_answer(c))
		;
	while (c->turn != TURN_SERVER && c->turn != TURN_LEAVES &&
	    (line = typed_next(&c->lines)) != NULL) {
		size_t len = strlen(line);

		if (typed_exit(line, len))
			class_leave(c);
		else if (c->turn == TURN_HERE)
			class_typed_line(c, line, len);
		else
			class_dialogue_line(c, line, len);
		typed_drop(&c->lines, c->world);
		while (settings_answer(c))
			;
	}
	if (c->turn == TURN_LEAVES)
		return;
	if (c->lines.ended && c->turn != TURN_SERVER)
		class_leave(c);
	else
		world_timer(c->world, c->server, CLASS_TIMER_LEAVE,
		    typed_pressing(&c->lines) ? TYPED_LAST_NS : -1);
}
