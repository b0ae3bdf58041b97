/*
 * A listening TCP socket in the event loop.
 *
 * SO_REUSEADDR, so that a port can be used again at once.  Without descriptors
 * or memory for a connection it pauses for a moment instead of being woken
 * again and again.
 */
#ifndef CHAT_NET_LISTENER_H
#define CHAT_NET_LISTENER_H

#include <event2/event.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/world.h"

enum { LISTENER_PAUSE_MS = 100 };

struct listener;

struct listener_calls {
	/* The descriptor is the callee's. */
	void (*accepted)(void *context, int fd,
	    const struct chat_address *address);
	/* It pauses; once until a connection is accepted again. */
	void (*paused)(void *context, const char *why);
	void *context;
};

/*
 * host: a literal or a name, of which the first address that can be bound
 * counts; "::" takes IPv4, too.  Port 0: any, see listener_address().
 */
struct listener *listener_open(struct event_base *base, const char *host,
    uint16_t port, const struct listener_calls *calls, struct errbuf *err);

/* Not from within its calls.  NULL does nothing. */
void listener_close(struct listener *listener);

/* What it is bound to. */
const struct chat_address *listener_address(const struct listener *listener);

#endif
