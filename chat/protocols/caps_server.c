/* The server of `caps`; caps.h has the rules. */
#include "chat/protocols/caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/crypto/caps_cipher.h"
#include "chat/wire/chat_text.h"

enum { TIMER_OPTION, TIMER_SECOND };

struct server {
	struct world *world;
	const struct chat_settings *settings;
};

/* A client: the word that waits for its option, or a second answer that waits
 * to be sent. */
struct talk {
	struct bytes word;
	bool answering;		/* word is that answer; the peer is held */
	bool ended;		/* it sends no more */
};

static void
step(struct server *s, const struct peer *p, const char *name,
    const char *text)
{
	world_event(s->world, p, name, NULL, 0, text);
}

/* Tells the log of a word: as text, or as hex.  Without memory the word is
 * left out. */
static void
step_word(struct server *s, const struct peer *p, const char *name,
    const char *text, const struct bytes *word, bool hex)
{
	const struct event_field bytes = {
		.key = "bytes", .number = (int64_t)word->len,
	};
	struct bytes line = { NULL, 0, 0 };
	int (*write)(struct bytes *, const uint8_t *, size_t) =
	    hex ? caps_hex : chat_text_clean;

	if (bytes_append(&line, text, strlen(text)) == 0 &&
	    write(&line, word->data, word->len) == 0 &&
	    bytes_append(&line, "", 1) == 0)
		text = (const char *)line.data;
	world_event(s->world, p, name, &bytes, 1, text);
	bytes_reset(&line);
}

static void
refuse(struct server *s, struct peer *p, const char *reason, size_t len)
{
	const struct event_field bytes = {
		.key = "bytes", .number = (int64_t)len,
	};
	char line[120];

	snprintf(line, sizeof(line), "The word of %zu bytes %s", len, reason);
	world_event(s->world, p, "refused", &bytes, 1, line);
	world_close(s->world, p, false);
}

static void *
open_server(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct server *s = malloc(sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*s = (struct server){ world, settings };
	step(s, NULL, "ready", "The server is ready to receive");
	return s;
}

static int
joined(void *state, struct peer *p)
{
	struct server *s = state;
	char line[160];

	p->state = calloc(1, sizeof(struct talk));
	if (p->state == NULL)
		return -1;
	snprintf(line, sizeof(line), "Connection Established in Server. Client "
	    "IP address %s Client port number %" PRIu16, p->ip,
	    p->address.port);
	step(s, p, "established", line);
	return 0;
}

/* ASCII letters alone, whatever the locale. */
static void
open_mode(struct server *s, struct peer *p, struct bytes *word)
{
	step_word(s, p, "word", "Received word from client: ", word, false);
	step(s, p, "capitalize", "Word is cleartext, so I will capitalize.");
	for (size_t i = 0; i < word->len; i++)
		if (word->data[i] >= 'a' && word->data[i] <= 'z')
			word->data[i] = (uint8_t)(word->data[i] - 'a' + 'A');
	step(s, p, "send", "Send the word to Client after capitalized it...");
	world_send(s->world, p, word->data, word->len);
}

/* The second answer waits: an original client takes one recv() for each, and
 * would wait for ever behind both in one. */
static void
secure_mode(struct server *s, struct peer *p, struct bytes *word)
{
	struct talk *talk = p->state;
	struct errbuf err;

	step_word(s, p, "word", "Received word from client: ", word, true);
	step(s, p, "decrypt", "The word is encrypted, so I will decrypt.");
	if (caps_decrypt(word->data, word->len, word->data, &err) != 0) {
		refuse(s, p, "cannot be decrypted", word->len);
		return;
	}
	step_word(s, p, "decrypted", "The word after decrypted is: ", word,
	    false);
	step(s, p, "send", "The first send: send the decrypted word to the "
	    "Client as cleartext...");
	world_send(s->world, p, word->data, word->len);
	talk->answering = true;
	world_hold(s->world, p, true);
	world_timer(s->world, p, TIMER_SECOND, CAPS_PAUSE_NS);
}

/* The word encrypted again, as the original makes it: key and IV are fixed, so
 * it is what came. */
static void
answer_again(struct server *s, struct peer *p)
{
	struct talk *talk = p->state;
	struct bytes *word = &talk->word;
	struct errbuf err;

	talk->answering = false;
	world_hold(s->world, p, false);
	if (caps_encrypt(word->data, word->len, word->data, &err) != 0) {
		refuse(s, p, "cannot be encrypted", word->len);
	} else {
		step(s, p, "send", "The second send: send the word after "
		    "encrypted by the Server to the Client as ciphertext...");
		world_send(s->world, p, word->data, word->len);
	}
	bytes_reset(word);
	if (talk->ended)
		world_close(s->world, p, false);
}

static void
quit(struct server *s, struct peer *p, struct bytes *word)
{
	(void)word;
	step(s, p, "quit", "The client ended its connection, I will end the "
	    "connection as well..");
	world_close(s->world, p, false);
}

static bool
is_option(uint8_t byte)
{
	return byte >= CAPS_OPEN && byte <= CAPS_QUIT;
}

static void
act(struct server *s, struct peer *p, uint8_t option)
{
	static void (*const actions[])(struct server *, struct peer *,
	    struct bytes *) = { open_mode, secure_mode, quit };
	struct talk *talk = p->state;

	if (talk->word.len > s->settings->line_max)
		refuse(s, p, "is too long", talk->word.len);
	else
		actions[option - CAPS_OPEN](s, p, &talk->word);
	if (!talk->answering)
		bytes_reset(&talk->word);
}

/* Nothing follows: are word and option joined? */
static void
act_if_joined(struct server *s, struct peer *p)
{
	struct bytes *word = &((struct talk *)p->state)->word;

	if (word->len < 2 || !is_option(word->data[word->len - 1]))
		return;
	word->len--;
	act(s, p, word->data[word->len]);
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct server *s = state;
	struct talk *talk = p->state;

	if (talk->word.len > 0 && len == 1 && is_option(data[0])) {
		world_timer(s->world, p, TIMER_OPTION, -1);
		act(s, p, data[0]);
		return;
	}
	/* The option may stand behind it. */
	if (len > s->settings->line_max + 1 - talk->word.len) {
		refuse(s, p, "is too long", talk->word.len + len);
		return;
	}
	if (bytes_append(&talk->word, data, len) != 0) {
		refuse(s, p, "needs more memory", talk->word.len + len);
		return;
	}
	world_timer(s->world, p, TIMER_OPTION, CAPS_OPTION_WAIT_NS);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	if (id == TIMER_OPTION)
		act_if_joined(state, p);
	else
		answer_again(state, p);
}

static void
finished(void *state, struct peer *p)
{
	struct server *s = state;
	struct talk *talk = p->state;

	world_timer(s->world, p, TIMER_OPTION, -1);
	act_if_joined(s, p);
	talk->ended = true;
	if (!talk->answering)
		world_close(s->world, p, false);
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct talk *talk = p->state;

	(void)why;
	step(state, p, "end", "Connection End.");
	bytes_reset(&talk->word);
	free(talk);
}

static void
close_server(void *state)
{
	free(state);
}

const struct side caps_server = {
	.open = open_server,
	.joined = joined,
	.received = received,
	.finished = finished,
	.left = left,
	.timer = timer,
	.close = close_server,
};
