/*
 * Chats that have neither framing nor words of their own, so that only what
 * comes back tells of them, once all has come:
 *
 * echo: the same bytes come back, or each packet's reversed.
 * caps: a word and the byte 1 (open mode): the word comes back, ASCII letters
 *	in capitals.  Cipher text and the byte 2 (secure mode): clear text and
 *	the cipher text come back.  "No data" and the byte 3: quit.
 */
#include <string.h>

#include "analyzer/tracker/application_look.h"

enum {
	PORT_CAPS = 12000,
	BLOCK_BYTES = 16,	/* AES */
	OPTION_OPEN = '1',
	OPTION_SECURE = '2',
	OPTION_QUIT = '3',
};

/* What has not been gone through yet. */
struct rest {
	const uint8_t *at;
	size_t len;
};

static void
skip(struct rest *rest, size_t n)
{
	rest->at += n;
	rest->len -= n;
}

/*
 * The server sends each chunk back at once; but the client's may have been put
 * together, so the server's packets say what was reversed.
 */
static bool
comes_back_reversed(const struct look_side *asked,
    const struct look_side *answered)
{
	size_t at = 0;

	for (size_t i = 0; i < answered->packet_count; i++) {
		size_t n = answered->packets[i];

		if (at + n > asked->len)
			return false;
		for (size_t k = 0; k < n; k++)
			if (answered->bytes[at + k] !=
			    asked->bytes[at + n - 1 - k])
				return false;
		at += n;
	}
	return at > 0;
}

/* What was looked at may end between what was sent and its return. */
static bool
comes_back(const struct look_side *asked, const struct look_side *answered)
{
	return answered->len <= asked->len &&
	    memcmp(asked->bytes, answered->bytes, answered->len) == 0;
}

enum look_answer
look_echo(const struct look *look, struct flow_application *out)
{
	const struct look_side *asked = &look->sides[look->first];
	const struct look_side *answered = &look->sides[!look->first];

	if (answered->len == 0 || asked->len == 0)
		return LOOK_MORE;
	if (!look->ended)
		return asked->bytes[0] == answered->bytes[0] ||
		    answered->packet_count > 0 ? LOOK_MORE : LOOK_NO;
	if (comes_back(asked, answered)) {
		look_is(out, APPLICATION_ECHO);
		return LOOK_DONE;
	}
	if (comes_back_reversed(asked, answered)) {
		look_is(out, APPLICATION_ECHO);
		look_say(out, "reversed");
		return LOOK_DONE;
	}
	return LOOK_NO;
}

static uint8_t
capital(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* How long the word is that comes back in capitals and has the option behind
 * it; the longest, for a word may hold digits.  0: none. */
static size_t
open_word(const struct rest *sent, const struct rest *received)
{
	size_t best = 0;

	for (size_t i = 0; i < sent->len && i <= received->len; i++) {
		if (i > 0 && sent->at[i] == OPTION_OPEN)
			best = i;
		if (i == received->len ||
		    capital(sent->at[i]) != received->at[i])
			break;
	}
	return best;
}

/* How long the cipher text is that comes back behind another text. */
static size_t
secure_word(const struct rest *sent, const struct rest *received)
{
	for (size_t n = BLOCK_BYTES; n < sent->len && 2 * n <= received->len;
	    n += BLOCK_BYTES)
		if (sent->at[n] == OPTION_SECURE &&
		    memcmp(sent->at, received->at + n, n) == 0 &&
		    memcmp(sent->at, received->at, n) != 0)
			return n;
	return 0;
}

static bool
is_quit(const struct rest *sent)
{
	static const char quit[] = "No data3";

	return sent->len == sizeof(quit) - 1 &&
	    memcmp(sent->at, quit, sent->len) == 0;
}

struct caps {
	unsigned open, secure;	/* how often */
	bool quit, leak;
};

/* Goes through the actions; false where something is left that is none, unless
 * the look ends before that could be seen. */
static bool
read_caps(struct rest sent, struct rest received, struct caps *caps)
{
	bool cut = sent.len == APPLICATION_LOOK_BYTES ||
	    received.len == APPLICATION_LOOK_BYTES;

	while (sent.len > 0) {
		size_t open = open_word(&sent, &received);
		size_t secure = open > 0 ? 0 : secure_word(&sent, &received);

		if (open + secure == 0)
			break;
		caps->open += open > 0;
		caps->secure += secure > 0;
		caps->leak = caps->leak || (secure > 0 &&
		    look_is_text(received.at, secure));
		skip(&sent, open + secure + 1);
		skip(&received, open + 2 * secure);
	}
	caps->quit = is_quit(&sent);
	if (cut && caps->open + caps->secure > 1)
		return true;
	return received.len == 0 && (sent.len == 0 || caps->quit);
}

/* With no reply at hand, what was sent must look like it, at its port. */
static bool
guess_caps(const struct look_side *sent, struct caps *caps)
{
	size_t n = sent->len < 2 ? 0 : sent->len - 1;
	bool text = look_is_text(sent->bytes, n);

	caps->open = n > 0 && text && sent->bytes[n] == OPTION_OPEN;
	caps->secure = n > 0 && n % BLOCK_BYTES == 0 && !text &&
	    sent->bytes[n] == OPTION_SECURE;
	return caps->open + caps->secure > 0;
}

static void
say_caps(const struct caps *caps, struct flow_application *out)
{
	look_is(out, caps->secure > 0 ? APPLICATION_CAPS_SECURE :
	    APPLICATION_CAPS_OPEN);
	if (caps->open > 0 && caps->secure > 0)
		look_say(out, "open and secure mode; ");
	out->leak = caps->leak;
	if (caps->leak)
		look_say(out,
		    "the server's first reply is the message in clear text");
	else if (caps->open + caps->secure == 0)
		look_say(out, "quit, no message");
}

/* Who sends first is the client. */
enum look_answer
look_caps(const struct look *look, struct flow_application *out)
{
	const struct look_side *client = &look->sides[look->first];
	const struct look_side *server = &look->sides[!look->first];
	struct rest sent = { client->bytes, client->len };
	struct rest received = { server->bytes, server->len };
	struct caps caps = { 0, 0, false, false };

	if (!look->ended)
		return LOOK_MORE;
	if (!read_caps(sent, received, &caps) ||
	    caps.open + caps.secure + caps.quit == 0) {
		caps = (struct caps){ 0, 0, false, false };
		if (look->ports[!look->first] != PORT_CAPS ||
		    server->len > 0 || !guess_caps(client, &caps))
			return LOOK_NO;
	}
	say_caps(&caps, out);
	return LOOK_DONE;
}
