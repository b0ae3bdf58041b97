/*
 * A UDP socket in the event loop.
 */
#ifndef CHAT_NET_DATAGRAMS_H
#define CHAT_NET_DATAGRAMS_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/world.h"

struct datagrams;

typedef void datagrams_received(void *context, const struct chat_address *from,
    const uint8_t *data, size_t len);

/* So many are received before others have their turn. */
enum { DATAGRAMS_A_TURN = 64 };

/* Bound to the address; received() is called from the loop.  NULL with the
 * reason in *err; release with datagrams_close(). */
struct datagrams *datagrams_open(struct event_base *base,
    const struct chat_address *address, datagrams_received *received,
    void *context, struct errbuf *err);

/* Never waits: what the kernel does not take is an error. */
int datagrams_send(struct datagrams *d, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err);

/* NULL does nothing. */
void datagrams_close(struct datagrams *d);

#endif
