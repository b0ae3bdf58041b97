#include "chat/protocols/relay.h"

#include <stdlib.h>

enum { TIMER_TURN };

struct relay *
relay_open(struct world *world, const struct chat_settings *settings,
    const struct relay_rules *rules, struct errbuf *err)
{
	struct relay *relay = calloc(1, sizeof(*relay));

	if (relay == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	relay->world = world;
	relay->settings = settings;
	relay->rules = rules;
	return relay;
}

void
relay_send(struct relay *relay, const struct relay_talker *talker,
    const void *data, size_t len)
{
	roster_send(&relay->roster, relay->world, &talker->entry, data, len);
}

int
relay_joined(void *state, struct peer *peer)
{
	struct relay *relay = state;
	struct relay_talker *talker = calloc(1, sizeof(*talker));

	if (talker == NULL)
		return -1;
	roster_add(&relay->roster, &talker->entry, peer);
	peer->state = talker;
	if (relay->rules->joined != NULL)
		relay->rules->joined(relay, peer);
	return 0;
}

static void
drop(struct relay *relay, struct relay_talker *talker, enum relay_fault fault)
{
	relay->rules->refused(relay, talker, fault);
	stream_reset(&talker->stream);
	world_close(relay->world, talker->entry.peer, true);
}

/* As far as what has come goes, or for a turn. */
static void
go_on(struct relay *relay, struct relay_talker *talker)
{
	struct peer *peer = talker->entry.peer;
	enum wire_status status = WIRE_WHOLE;
	size_t used;

	for (size_t sends = 0; sends < ROSTER_TURN_SENDS &&
	    (status = relay->rules->take(relay, talker, &used)) == WIRE_WHOLE;
	    sends += relay->roster.count)
		stream_use(&talker->stream, used);
	world_hold(relay->world, peer, status == WIRE_WHOLE);
	if (status == WIRE_WHOLE)
		world_timer(relay->world, peer, TIMER_TURN, 0);
	else if (status == WIRE_BAD)
		drop(relay, talker, RELAY_NO_MESSAGE);
}

void
relay_received(void *state, struct peer *peer, const uint8_t *data,
    size_t len)
{
	struct relay *relay = state;
	struct relay_talker *talker = peer->state;

	if (stream_add(&talker->stream, data, len) == 0)
		go_on(relay, talker);
	else
		drop(relay, talker, RELAY_NO_MEMORY);
}

void
relay_timer(void *state, struct peer *peer, unsigned id)
{
	if (id == TIMER_TURN)
		go_on(state, peer->state);
}

void
relay_left(void *state, struct peer *peer, enum left why)
{
	struct relay *relay = state;
	struct relay_talker *talker = peer->state;

	(void)why;
	if (relay->rules->left != NULL)
		relay->rules->left(relay, peer);
	roster_remove(&relay->roster, &talker->entry);
	stream_reset(&talker->stream);
	free(talker);
}

void
relay_close(void *state)
{
	free(state);
}
