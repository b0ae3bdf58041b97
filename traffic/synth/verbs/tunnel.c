/*
 * Bytes that leave in the names of DNS questions (VERB_TUNNEL): noise in base32
 * (RFC 4648, without padding), up to two labels a question, behind a label that
 * counts; types TXT, as there is most room in their answers.  The next question
 * waits for the answer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traffic/synth/net/draw.h"
#include "traffic/synth/packet/dns_message.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/ask.h"
#include "traffic/synth/verbs/base32.h"
#include "traffic/synth/verbs/verb.h"

enum {
	LABEL_BYTES = 35,	/* 56 characters */
	PIECE_BYTES = 2 * LABEL_BYTES,
};

struct tunnel {
	struct play *play;
	const struct scenario_action *action;
	struct random random;
	uint64_t left, sent;	/* bytes, questions */
};

/* Labels are parted by dots, and there is one behind the last.  Returns the
 * characters. */
static size_t
write_labels(char *to, const uint8_t *data, size_t len)
{
	size_t n = 0;

	for (size_t at = 0; at < len; at += LABEL_BYTES) {
		size_t some = len - at < LABEL_BYTES ? len - at : LABEL_BYTES;

		n += base32_write(to + n, data + at, some);
		to[n++] = '.';
	}
	return n;
}

static void next_question(void *owner, uint64_t token);

static void
answered(void *app)
{
	struct tunnel *t = app;

	if (t->left == 0)
		play_done(t->play);
	else
		clock_after(t->play->clock,
		    amount_draw(&t->action->tunnel.every_ns, &t->random),
		    next_question, t, 0);
}

/* A long domain leaves room for one label: the scenario says how long it may
 * be. */
static void
write_name(struct tunnel *t, char name[DNS_NAME_BYTES])
{
	size_t room = DNS_NAME_BYTES - 1 - strlen(t->action->tunnel.domain);
	size_t most = room > 140 ? PIECE_BYTES : LABEL_BYTES;
	size_t len = t->left < most ? (size_t)t->left : most;
	uint8_t piece[PIECE_BYTES];
	int n = snprintf(name, DNS_NAME_BYTES, "%" PRIx64 ".", t->sent);
	size_t at = (size_t)n;

	random_fill(&t->random, piece, len);
	at += write_labels(name + at, piece, len);
	snprintf(name + at, DNS_NAME_BYTES - at, "%s",
	    t->action->tunnel.domain);
	t->left -= len;
	t->sent++;
}

static void
next_question(void *owner, uint64_t token)
{
	struct tunnel *t = owner;
	char name[DNS_NAME_BYTES];
	struct ask question = {
		.host = t->action->from,
		.name = name,
		.type = DNS_TXT,
		.id = (uint16_t)random_below(&t->random, 65536),
		.label = t->action->label,
		.over = answered,
		.app = t,
	};
	struct errbuf err;

	(void)token;
	write_name(t, name);
	if (ask_resolver(t->play, &question, &err) == -1)
		verb_fail(t->play, &err);
}

int
tunnel_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct tunnel *t = verb_new(play, sizeof(*t), NULL, err);

	if (t == NULL)
		return -1;
	t->play = play;
	t->action = action;
	t->left = action->tunnel.bytes;
	play_random(play, action, &t->random);
	if (t->left == 0)
		play_done(play);
	else
		next_question(t, 0);
	return 0;
}
