/*
 * The peers that take part, in the order in which they came.
 *
 * An entry lies in the peer's state of a protocol (first in it, so that an
 * entry found is that state), and comes and goes in O(1); finding a name is
 * O(n).
 */
#ifndef CHAT_PROTOCOLS_ROSTER_H
#define CHAT_PROTOCOLS_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "chat/protocols/world.h"

/*
 * Messages that go out to all before it is the turn of other peers: what one
 * read brings may be thousands of short messages to thousands, which is many
 * seconds.  The rest waits for a timer, its sender is held.
 */
enum { ROSTER_TURN_SENDS = 16384 };

struct roster_entry {
	struct peer *peer;	/* NULL: not in a roster */
	char *name;		/* owned; NULL: none */
	size_t name_len;
	struct roster_entry *prev, *next;
};

/* A zeroed struct is an empty one. */
struct roster {
	struct roster_entry *first, *last;
	size_t count;
};

/* At the end.  The entry is zeroed, or was removed, or has but a name. */
void roster_add(struct roster *roster, struct roster_entry *entry,
    struct peer *peer);

/* Gives the entry a name (a copy, terminated) instead of what it had; -1
 * without memory (it keeps that then).  In a roster or not. */
int roster_name(struct roster_entry *entry, const void *name, size_t len);

/* Takes it out, where it is in, and frees its name. */
void roster_remove(struct roster *roster, struct roster_entry *entry);

/* The first of that name (byte by byte), or NULL. */
struct roster_entry *roster_find(const struct roster *roster,
    const void *name, size_t len);

/* One message to all but one (NULL: to all). */
void roster_send(const struct roster *roster, struct world *world,
    const struct roster_entry *but, const void *data, size_t len);

#endif
