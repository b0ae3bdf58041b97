/*
 * A TCP connection to a server, made before there is an event loop.
 */
#ifndef CHAT_NET_DIAL_H
#define CHAT_NET_DIAL_H

#include <stdint.h>

#include "base/errbuf.h"
#include "chat/net/address.h"

/*
 * Tries the addresses in their order; each has its share of what is left of
 * `within_ns`.  `from` (NULL: the kernel's choice) gives the source address of
 * each version; its ports count (0: any).  The socket, and what was reached;
 * -1 with the reason of the last address that was tried.
 */
int dial(const struct addresses *to, const struct addresses *from,
    int64_t within_ns, struct chat_address *reached, struct errbuf *err);

#endif
