/*
 * What a client says when its server is gone, and how it ends then.
 */
#ifndef CHAT_PROTOCOLS_SERVER_GONE_H
#define CHAT_PROTOCOLS_SERVER_GONE_H

#include "chat/protocols/protocol.h"

/* For side->left() of a client: a clear line and status 1; nothing where we
 * have closed ourselves (LEFT_CLOSED, LEFT_STOP). */
void server_gone(struct world *world, enum left why);

#endif
