/*
 * What a world without a user does, a server's: for its struct world_actions.
 */
#ifndef CHAT_PROTOCOLS_USERLESS_H
#define CHAT_PROTOCOLS_USERLESS_H

#include "chat/protocols/world.h"

/* There is no UDP socket: -1 with the reason. */
int userless_datagram(struct world *world, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err);

/* Nobody types anything. */
void userless_prompt(struct world *world, const char *text, bool secret);

/* So there is nothing to hold back. */
void userless_hold_lines(struct world *world, bool hold);

#endif
