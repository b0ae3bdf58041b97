/*
 * The events of a client (client.h lists them).
 */
#ifndef CHAT_NET_CLIENT_REPORT_H
#define CHAT_NET_CLIENT_REPORT_H

#include <stddef.h>

#include "chat/net/events.h"
#include "chat/protocols/protocol.h"

/* The event "connected". */
void client_tell_connected(struct events *events, const struct peer *server,
    const char *protocol);

/* server: NULL where it has left. */
void client_tell_shown(struct events *events, const struct peer *server,
    enum show kind, const char *text, size_t len);

#endif
