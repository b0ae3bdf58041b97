/*
 * What the servers of `im` and `eim` have in common: the stream of each client
 * is cut into messages, and each goes to everyone else.
 */
#ifndef CHAT_PROTOCOLS_RELAY_H
#define CHAT_PROTOCOLS_RELAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/protocol.h"
#include "chat/protocols/roster.h"
#include "chat/wire/stream.h"
#include "chat/wire/wire.h"

struct relay;

struct relay_talker {
	struct roster_entry entry;	/* first */
	struct stream stream;
};

/* Why a client is dropped. */
enum relay_fault { RELAY_NO_MESSAGE, RELAY_NO_MEMORY };

/* What a protocol does by itself; joined and left may be NULL. */
struct relay_rules {
	/* Looks at the first message of the talker's stream; where it is
	 * whole, passes it on or tells why not. */
	enum wire_status (*take)(struct relay *relay,
	    struct relay_talker *talker, size_t *used);
	/* Tells why the talker, with what waits in its stream, is dropped. */
	void (*refused)(struct relay *relay, struct relay_talker *talker,
	    enum relay_fault fault);
	void (*joined)(struct relay *relay, struct peer *peer);
	void (*left)(struct relay *relay, struct peer *peer);
};

struct relay {
	struct world *world;
	const struct chat_settings *settings;
	const struct relay_rules *rules;
	struct roster roster;
};

/* The state of a server; NULL with the reason.  The rules outlive it. */
struct relay *relay_open(struct world *world,
    const struct chat_settings *settings, const struct relay_rules *rules,
    struct errbuf *err);

/* The bytes that came, to everyone but the talker. */
void relay_send(struct relay *relay, const struct relay_talker *talker,
    const void *data, size_t len);

/* For a struct side whose state is a struct relay. */
int relay_joined(void *state, struct peer *peer);

/* Likewise. */
void relay_received(void *state, struct peer *peer, const uint8_t *data,
    size_t len);

/* Likewise. */
void relay_timer(void *state, struct peer *peer, unsigned id);

/* Likewise. */
void relay_left(void *state, struct peer *peer, enum left why);

/* Likewise. */
void relay_close(void *state);

#endif
