#include "analyzer/tracker/application.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/entropy.h"
#include "analyzer/tracker/application_look.h"
#include "analyzer/tracker/clear_text.h"
#include "analyzer/tracker/port_names.h"
#include "base/memory.h"

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum { OVER_TCP = 1, OVER_UDP = 2 };

/*
 * In this order: what has a magic number or framing first; what only its
 * replies tell of last.  The first that finds itself is it.
 */
static const struct {
	looker *look;
	uint8_t over;
} lookers[] = {
	{ look_tls, OVER_TCP },
	{ look_ssh, OVER_TCP },
	{ look_http, OVER_TCP },
	{ look_eim, OVER_TCP },
	{ look_class, OVER_TCP },
	{ look_im, OVER_TCP },
	{ look_quic, OVER_UDP },
	{ look_dns, OVER_TCP | OVER_UDP },
	{ look_p2p, OVER_TCP | OVER_UDP },
	{ look_room, OVER_TCP },
	{ look_caps, OVER_TCP },
	{ look_echo, OVER_TCP },
};

enum { LOOKERS = sizeof(lookers) / sizeof(lookers[0]) };

/* What the bytes of an application are by what it is, whatever they look like:
 * DNS and im are no text, but nobody has encrypted them. */
static const struct {
	const char *name;
	uint8_t clear;
} applications[APPLICATIONS] = {
	[APPLICATION_HTTP] = { "http", CLEAR_YES },
	[APPLICATION_TLS] = { "tls", CLEAR_NO },
	[APPLICATION_DNS] = { "dns", CLEAR_YES },
	[APPLICATION_SSH] = { "ssh", CLEAR_NO },
	[APPLICATION_QUIC] = { "quic", CLEAR_NO },
	[APPLICATION_ECHO] = { "echo", CLEAR_UNKNOWN },
	[APPLICATION_IM] = { "im", CLEAR_YES },
	[APPLICATION_EIM] = { "eim", CLEAR_NO },
	[APPLICATION_P2P] = { "p2p", CLEAR_YES },
	[APPLICATION_CLASS] = { "class", CLEAR_YES },
	[APPLICATION_CAPS_OPEN] = { "caps-open", CLEAR_YES },
	[APPLICATION_CAPS_SECURE] = { "caps-secure", CLEAR_UNKNOWN },
	[APPLICATION_ROOM] = { "room", CLEAR_YES },
};

enum { SIDE_FEW = 24 };

/* The first bytes of a direction: as a rule few. */
struct side {
	uint8_t *bytes;		/* owned, or `few` */
	uint16_t len, room;
	uint16_t packets[LOOK_PACKETS];
	uint8_t packet_count;
	bool packets_end;	/* one was cut, or there were too many */
	bool full;		/* nothing more is taken */
	uint8_t few[SIDE_FEW];
};

struct application_live {
	struct side sides[2];
	uint32_t possible;	/* bits of lookers[] that may still say yes */
	uint8_t first;		/* side of the first byte */
};

void
application_init(struct flow_application *application)
{
	memset(application, 0, sizeof(*application));
}

const char *
application_name(const struct flow_application *a)
{
	if (a->application == APPLICATION_PORT_ONLY)
		return a->port_name;
	return applications[a->application].name;
}

enum application_clear
application_clear(const struct flow_application *a)
{
	enum application_clear whole = CLEAR_UNKNOWN;

	if (applications[a->application].clear != CLEAR_UNKNOWN)
		return (enum application_clear)
		    applications[a->application].clear;
	for (unsigned i = 0; i < 2; i++) {
		enum application_clear side = a->sides[i].clear;

		if (whole == CLEAR_UNKNOWN)
			whole = side;
		else if (side != CLEAR_UNKNOWN && side != whole)
			whole = CLEAR_MIXED;
	}
	return whole;
}

_Static_assert(sizeof(struct application_live) <= APPLICATION_LIVE_BYTES,
    "live is fetched whole");

static struct application_live *
live_new(unsigned first, uint8_t ip_protocol)
{
	unsigned over = ip_protocol == PROTOCOL_TCP ? OVER_TCP :
	    ip_protocol == PROTOCOL_UDP ? OVER_UDP : 0;
	struct application_live *live = memory_array(1, sizeof(*live));

	if (live == NULL)
		return NULL;
	live->first = (uint8_t)first;
	for (size_t i = 0; i < LOOKERS; i++)
		if (lookers[i].over & over)
			live->possible |= 1U << i;
	return live;
}

static void
side_reset(struct side *side)
{
	if (side->room > SIDE_FEW)
		free(side->bytes);
	side->bytes = NULL;
	side->len = side->room = 0;
}

static void
live_free(struct flow_application *a)
{
	if (a->live == NULL)
		return;
	for (unsigned i = 0; i < 2; i++)
		side_reset(&a->live->sides[i]);
	free(a->live);
	a->live = NULL;
}

/* Past the few, exactly what a first packet needs (it may be the only one),
 * then double. */
static bool
make_room(struct side *side, size_t n)
{
	bool few = side->room <= SIDE_FEW;
	size_t need = side->len + n;
	size_t room = few ? need : side->room;
	uint8_t *grown;

	if (need <= SIDE_FEW) {
		side->bytes = side->few;
		side->room = SIDE_FEW;
		return true;
	}
	if (need <= side->room)
		return true;
	while (room < need)
		room *= 2;
	if (room > APPLICATION_LOOK_BYTES)
		room = APPLICATION_LOOK_BYTES;
	grown = memory_resize(few ? NULL : side->bytes, room, 1);
	if (grown == NULL)
		return false;
	if (few)
		memcpy(grown, side->few, side->len);
	side->bytes = grown;
	side->room = (uint16_t)room;
	return true;
}

/*
 * A packet that is longer than a look is not known to have been seen whole:
 * those that were kept for later (packet_log.h) come without the rest.  A
 * direction of datagrams is full as soon as its entropy can be told, so that
 * a million of lone big ones take little room.
 */
static void
side_append(struct side *side, uint8_t ip_protocol, const uint8_t *payload,
    size_t n)
{
	size_t take = (size_t)APPLICATION_LOOK_BYTES - side->len;
	bool whole = n < APPLICATION_LOOK_BYTES && n <= take;

	if (take > n)
		take = n;
	if (!make_room(side, take))
		return;		/* as if the packet had not come */
	memcpy(side->bytes + side->len, payload, take);
	side->len += (uint16_t)take;
	if (whole && !side->packets_end && side->packet_count < LOOK_PACKETS)
		side->packets[side->packet_count++] = (uint16_t)n;
	else
		side->packets_end = true;
	if (side->len == APPLICATION_LOOK_BYTES ||
	    (ip_protocol == PROTOCOL_UDP &&
	    side->len >= APPLICATION_ENTROPY_BYTES))
		side->full = true;
}

static void
settle_side(struct flow_application *a, unsigned i)
{
	const struct side *side = &a->live->sides[i];
	struct application_side *out = &a->sides[i];

	/* Settled before, and its bytes given back. */
	if (side->len == 0)
		return;
	out->looked = side->len;
	out->clear = (uint8_t)clear_text(side->bytes, side->len,
	    side->full);
	out->has_entropy = side->len >= APPLICATION_ENTROPY_BYTES;
	if (out->has_entropy)
		out->entropy_microbits = entropy_microbits(side->bytes,
		    side->len);
}

/* Asks those who may still say yes; after FOUND, only that one. */
static void
ask(struct flow_application *a, uint8_t ip_protocol, const uint16_t ports[2],
    bool ended)
{
	struct application_live *live = a->live;
	struct look look = { .ports = { ports[0], ports[1] },
	    .ip_protocol = ip_protocol, .first = live->first, .ended = ended };

	for (unsigned i = 0; i < 2; i++) {
		const struct side *side = &live->sides[i];

		look.sides[i].bytes = side->bytes;
		look.sides[i].len = side->len;
		look.sides[i].packet_count = side->packet_count;
		look.sides[i].full = side->full || ended;
		memcpy(look.sides[i].packets, side->packets,
		    sizeof(side->packets));
	}
	for (size_t i = 0; i < LOOKERS; i++) {
		uint32_t bit = 1U << i;

		if ((live->possible & bit) == 0)
			continue;
		switch (lookers[i].look(&look, a)) {
		case LOOK_NO:
			live->possible &= ~bit;
			break;
		case LOOK_MORE:
			break;
		case LOOK_FOUND:
			live->possible = bit;
			return;
		case LOOK_DONE:
			live->possible = 0;
			return;
		}
	}
}

static void
finish(struct flow_application *a, uint8_t ip_protocol,
    const uint16_t ports[2])
{
	if (a->live != NULL) {
		if (a->live->possible != 0)
			ask(a, ip_protocol, ports, true);
		settle_side(a, 0);
		settle_side(a, 1);
		live_free(a);
	}
	if (a->application != APPLICATION_UNKNOWN)
		return;
	a->port_name = port_pair_name(ip_protocol, ports);
	if (a->port_name == NULL)
		return;
	a->application = APPLICATION_PORT_ONLY;
	a->by_port = true;
}

void
application_add(struct flow_application *a, unsigned side, uint8_t ip_protocol,
    const uint16_t ports[2], const uint8_t *payload, size_t n)
{
	struct application_live *live = a->live;

	if (n == 0 || !application_is_open(a))
		return;
	if (live == NULL)
		live = a->live = live_new(side, ip_protocol);
	if (live == NULL || live->sides[side].full)
		return;
	side_append(&live->sides[side], ip_protocol, payload, n);
	if (live->possible != 0)
		ask(a, ip_protocol, ports, false);
	if (live->sides[0].full && live->sides[1].full) {
		finish(a, ip_protocol, ports);
		return;
	}
	if (live->possible != 0)
		return;
	for (unsigned i = 0; i < 2; i++)
		if (live->sides[i].full) {
			settle_side(a, i);
			side_reset(&live->sides[i]);
		}
}

void
application_close(struct flow_application *a, uint8_t ip_protocol,
    const uint16_t ports[2])
{
	if (application_is_open(a))
		finish(a, ip_protocol, ports);
}

static size_t
side_memory(const struct side *side)
{
	return side->room <= SIDE_FEW ? 0 : side->room;
}

size_t
application_memory(const struct flow_application *a)
{
	const struct application_live *live = a->live;

	return live == NULL ? 0 : sizeof(*live) +
	    side_memory(&live->sides[0]) + side_memory(&live->sides[1]);
}
