/*
 * What a `p2p` client reads from its server: lists and texts, which nothing
 * tells apart but the '!' and the braces of a list (p2p.h has the rules).
 */
#ifndef CHAT_PROTOCOLS_P2P_FEED_H
#define CHAT_PROTOCOLS_P2P_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/wire/stream.h"
#include "chat/wire/user_list.h"
#include "chat/wire/wire.h"

/* A zeroed struct is an empty one. */
struct p2p_feed {
	struct stream in;
	size_t given;		/* bytes of the item that was given last */
	struct user_list_scan scan;	/* of the list that begins `in` */
};

enum p2p_item { P2P_ITEM_NONE, P2P_ITEM_LIST, P2P_ITEM_TEXT };

/* A longer list is a text: USER_LIST_MAX users, all their characters
 * escaped. */
enum { P2P_LIST_BYTES_MAX = 8 << 20 };

/* What a read gave; -1 without memory. */
int p2p_feed_add(struct p2p_feed *feed, const uint8_t *data, size_t len);

/*
 * The next item: a list, which takes the place of what *users holds, or a text,
 * in *span (empty otherwise), borrowed until the next call.  late: nothing more
 * will follow soon, so what is not whole is a text.
 */
enum p2p_item p2p_feed_next(struct p2p_feed *feed, bool late,
    struct user_list *users, struct wire_span *span);

/* Is a list begun and not whole? */
bool p2p_feed_waits(const struct p2p_feed *feed);

/* Frees what is kept; an empty one again. */
void p2p_feed_reset(struct p2p_feed *feed);

#endif
