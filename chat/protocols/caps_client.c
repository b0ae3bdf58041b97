/* The client of `caps`; caps.h has the rules. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/crypto/caps_cipher.h"
#include "chat/protocols/caps.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"

enum { TIMER_PAUSE, TIMER_LAST };

enum stage {
	STAGE_START,	/* not connected */
	STAGE_MENU,	/* an option is asked for */
	STAGE_WORD,	/* its word is */
	STAGE_PAUSE,	/* the word is out, the option is not */
	STAGE_ANSWER,	/* both are */
	STAGE_LEFT,
};

struct client {
	struct world *world;
	const struct chat_settings *settings;
	struct peer *server;
	enum stage stage;
	uint8_t option;
	size_t word_len;	/* of the word that is out */
	struct bytes answer;
	struct typed_lines lines;
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
	return c;
}

static void
ask_option(struct client *c)
{
	c->stage = STAGE_MENU;
	typed_show(c->world, SHOW_NOTICE,
	    "Select one of the options.\n"
	    "1.Open mode(to exchange messages as cleartext).\n"
	    "2.Secure mode(to exchange messages as ciphertext).\n"
	    "3.Quit application(to end the connection).");
	world_prompt(c->world, "> ", false);
}

/* The word goes out now, the option after a pause. */
static void
send_word(struct client *c, const void *word, size_t len)
{
	world_prompt(c->world, "", false);
	world_send(c->world, c->server, word, len);
	c->word_len = len;
	c->stage = STAGE_PAUSE;
	world_timer(c->world, c->server, TIMER_PAUSE, CAPS_PAUSE_NS);
}

static void
quit(struct client *c)
{
	static const char nothing[] = "No data";

	typed_show(c->world, SHOW_NOTICE,
	    "You chose quit mode, the connection release...");
	c->option = CAPS_QUIT;
	send_word(c, nothing, strlen(nothing));
}

static void
ask_word(struct client *c, uint8_t option)
{
	bool secure = option == CAPS_SECURE;

	c->option = option;
	c->stage = STAGE_WORD;
	typed_show(c->world, SHOW_NOTICE, secure ? "You chose secure mode." :
	    "You chose open mode.");
	world_prompt(c->world, secure ? "Input secret word:" :
	    "Input lowercase word:", false);
}

static void
take_option(struct client *c, const char *text, size_t len)
{
	static const struct {
		const char *word, *digit;
		uint8_t option;
	} options[] = {
		{ "open mode", "1", CAPS_OPEN },
		{ "secure mode", "2", CAPS_SECURE },
		{ "quit application", "3", CAPS_QUIT },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!typed_is(text, len, options[i].word) &&
		    !typed_is(text, len, options[i].digit))
			continue;
		if (options[i].option == CAPS_QUIT)
			quit(c);
		else
			ask_word(c, options[i].option);
		return;
	}
	typed_show(c->world, SHOW_ERROR,
	    "You write wrong word, try again!");
	ask_option(c);
}

static void
send_open(struct client *c, const char *word, size_t len)
{
	typed_show(c->world, SHOW_NOTICE,
	    "Word will capitalize by the Server.\nSending word to Server...");
	send_word(c, word, len);
}

static void
show_hex(struct client *c, const char *intro, const uint8_t *data, size_t len)
{
	struct bytes hex = { NULL, 0, 0 };

	if (caps_hex(&hex, data, len) == 0)
		typed_show_text(c->world, SHOW_NOTICE, intro, hex.data,
		    hex.len, "");
	else
		typed_show(c->world, SHOW_ERROR, "out of memory: %zu bytes "
		    "are not shown", len);
	bytes_reset(&hex);
}

static void
send_secure(struct client *c, const char *word, size_t len)
{
	uint8_t *sealed = malloc(len);
	struct errbuf err = { "out of memory" };

	if (sealed == NULL || caps_encrypt((const uint8_t *)word, len, sealed,
	    &err) != 0) {
		typed_show(c->world, SHOW_ERROR, "%.300s", err.text);
		ask_option(c);
	} else {
		typed_show(c->world, SHOW_NOTICE,
		    "Word will encrypt with AES.");
		typed_show_text(c->world, SHOW_NOTICE, "The word is ", word,
		    len, "");
		show_hex(c, "After encryption is ", sealed, len);
		typed_show(c->world, SHOW_NOTICE,
		    "Sending encrypted word to Server...");
		send_word(c, sealed, len);
	}
	free(sealed);
}

static void
take_word(struct client *c, const char *word, size_t len)
{
	bool secure = c->option == CAPS_SECURE;

	if (len == 0 || len > c->settings->line_max) {
		typed_show(c->world, SHOW_ERROR, "A word has 1 to %zu bytes, "
		    "this one has %zu", c->settings->line_max, len);
		ask_option(c);
	} else if (secure && len % CAPS_BLOCK_BYTES != 0) {
		typed_show(c->world, SHOW_ERROR, "The length of a secure word "
		    "is a multiple of %d bytes, this one has %zu",
		    CAPS_BLOCK_BYTES, len);
		ask_option(c);
	} else if (secure) {
		send_secure(c, word, len);
	} else {
		send_open(c, word, len);
	}
}

static bool
takes_lines(const struct client *c)
{
	return c->stage == STAGE_MENU || c->stage == STAGE_WORD;
}

static void
take_line(struct client *c, const char *text, size_t len)
{
	if (typed_exit(text, len))
		quit(c);
	else if (c->stage == STAGE_MENU)
		take_option(c, text, len);
	else
		take_word(c, text, len);
}

/* What was typed too early, and then the end of the input. */
static void
take_waiting(struct client *c)
{
	const char *text;

	while (takes_lines(c) && (text = typed_next(&c->lines)) != NULL) {
		take_line(c, text, strlen(text));
		typed_drop(&c->lines, c->world);
	}
	if (takes_lines(c) && c->lines.ended)
		quit(c);
	else
		world_timer(c->world, c->server, TIMER_LAST,
		    typed_pressing(&c->lines) && c->stage != STAGE_LEFT ?
		    TYPED_LAST_NS : -1);
}

/* Until the answer has come; more input cannot be taken. */
static void
keep(struct client *c, const char *text, size_t len)
{
	bool pressed = typed_pressing(&c->lines);

	typed_keep(&c->lines, c->world, text, len);
	if (!pressed && typed_pressing(&c->lines))
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
}

static void
input_ended(void *state)
{
	struct client *c = state;

	c->lines.ended = true;
	if (c->stage == STAGE_START)
		world_end(c->world, 0);
	else
		take_waiting(c);
}

static int
joined(void *state, struct peer *p)
{
	struct client *c = state;

	c->server = p;
	typed_show(c->world, SHOW_NOTICE,
	    "Connection Established in Client.");
	ask_option(c);
	return 0;
}

static void
line(void *state, const char *text, size_t len)
{
	struct client *c = state;

	if (c->stage == STAGE_LEFT || c->lines.ended)
		return;
	if (takes_lines(c))
		take_line(c, text, len);
	else if (typed_exit(text, len))
		input_ended(c);
	else
		keep(c, text, len);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	struct client *c = state;

	if (id == TIMER_LAST) {
		typed_show(c->world, SHOW_ERROR, "The server does not answer.");
		world_end(c->world, 1);
		return;
	}
	world_send(c->world, p, &c->option, 1);
	c->stage = STAGE_ANSWER;
	if (c->option == CAPS_QUIT) {
		c->stage = STAGE_LEFT;
		typed_show(c->world, SHOW_NOTICE, "Connection End.");
		world_end(c->world, 0);
	}
}

static size_t
answer_bytes(const struct client *c)
{
	if (c->stage != STAGE_ANSWER)
		return 0;
	return c->option == CAPS_SECURE ? 2 * c->word_len : c->word_len;
}

static void
show_answer(struct client *c)
{
	const uint8_t *data = c->answer.data;

	if (c->option == CAPS_OPEN) {
		typed_show_text(c->world, SHOW_MESSAGE, "Received the word "
		    "from Server after capitalized it: ", data, c->word_len,
		    "");
		return;
	}
	typed_show_text(c->world, SHOW_MESSAGE, "The first receive: Received "
	    "the word as cleartext from the Server after decrypted it: ", data,
	    c->word_len, "");
	show_hex(c, "The second receive: Received the word as ciphertext from "
	    "the Server after encrypted it: ", data + c->word_len,
	    c->word_len);
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;
	size_t missing = answer_bytes(c) - c->answer.len;
	size_t n = len < missing ? len : missing;

	(void)p;
	if (bytes_append(&c->answer, data, n) != 0) {
		typed_show(c->world, SHOW_ERROR, "out of memory");
		world_end(c->world, 1);
		return;
	}
	if (n < len)
		typed_show_text(c->world, SHOW_ERROR, "The server sent more "
		    "than it was asked for: ", data + n, len - n, "");
	if (n == 0 || n < missing)
		return;
	show_answer(c);
	bytes_reset(&c->answer);
	ask_option(c);
	take_waiting(c);
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;

	(void)p;
	c->server = NULL;
	if (c->stage != STAGE_LEFT)
		server_gone(c->world, why);
	c->stage = STAGE_LEFT;
}

static void
close_client(void *state)
{
	struct client *c = state;

	bytes_reset(&c->answer);
	typed_reset(&c->lines);
	free(c);
}

const struct side caps_client = {
	.open = open_client,
	.joined = joined,
	.received = received,
	.left = left,
	.timer = timer,
	.line = line,
	.input_ended = input_ended,
	.close = close_client,
};
