/*
 * UDP (VERB_DATAGRAMS): noise, and where asked an answer of noise to each.
 */
#include "base/bytes.h"
#include "traffic/synth/net/draw.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/far_end.h"
#include "traffic/synth/verbs/verb.h"

enum { DATAGRAM_MAX = 65507 };	/* of UDP over IPv4 */

struct datagrams {
	struct play *play;
	const struct scenario_action *action;
	struct udp_socket *socket;	/* NULL: closed */
	struct endpoint to;
	struct random random, answer_random;
	struct repeat repeat;
	struct bytes noise;
};

static void
send_noise(struct datagrams *d, struct udp_socket *socket,
    const struct endpoint *to, const struct amount *size,
    struct random *random)
{
	int64_t drawn = amount_draw(size, random);
	size_t len = drawn > DATAGRAM_MAX ? DATAGRAM_MAX : (size_t)drawn;
	uint8_t *at;

	d->noise.len = 0;
	at = bytes_reserve(&d->noise, len + 1);
	if (at == NULL) {
		verb_out_of_memory(d->play);
		return;
	}
	verb_noise(random, at, len);
	host_udp_send(socket, to, at, len);
}

static void
step(void *app)
{
	struct datagrams *d = app;

	send_noise(d, d->socket, &d->to, &d->action->datagrams.size_bytes,
	    &d->random);
}

/* A port may be used again by the next action. */
static void
over(void *app)
{
	struct datagrams *d = app;

	host_udp_close(d->socket);
	d->socket = NULL;
	play_done(d->play);
}

static void
asked(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct datagrams *d = app;

	(void)data;
	(void)len;
	if (d->action->datagrams.answers)
		send_noise(d, socket, from,
		    &d->action->datagrams.answer_bytes, &d->answer_random);
}

static void
reset_datagrams(void *state)
{
	struct datagrams *d = state;

	host_udp_close(d->socket);
	bytes_reset(&d->noise);
}

static int
open_socket(struct datagrams *d, struct errbuf *err)
{
	struct endpoint own;

	d->socket = host_udp_open(verb_host(d->play, d->action),
	    d->action->datagrams.from_port, d->action->label, NULL, NULL,
	    err);
	if (d->socket == NULL)
		return -1;
	verb_own_address(d->play, d->action, &own.address);
	own.port = host_udp_port(d->socket);
	return far_end_expect_udp(d->play, d->action->to, d->action->port,
	    &own, asked, d, err);
}

int
datagrams_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct datagrams *d = verb_new(play, sizeof(*d), reset_datagrams,
	    err);

	if (d == NULL || far_end_open_udp(play, action->to, action->port,
	    err) == -1)
		return -1;
	d->play = play;
	d->action = action;
	verb_target(play, action, &d->to);
	play_random(play, action, &d->random);
	random_init(&d->answer_random, random_next(&d->random), "answers",
	    0);
	d->repeat = (struct repeat){
		.play = play,
		.every_ns = &action->datagrams.every_ns,
		.random = &d->random,
		.left = action->datagrams.count,
		.linger_ns = VERB_PATIENCE_NS,
		.step = step,
		.over = over,
		.app = d,
	};
	if (open_socket(d, err) == -1)
		return -1;
	repeat_begin(&d->repeat);
	return 0;
}
