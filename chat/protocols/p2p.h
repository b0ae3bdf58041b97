/*
 * `p2p`, the lab chat: a room over TCP, datagrams between the clients.
 *
 *	client -> server	the name; then texts, bare UTF-8
 *	server -> all		'!' and the list of users (user_list.h), on
 *				each join and leave, to the new one, too
 *	server -> others	"NAME: TEXT " with that blank at its end
 *	client -> client	UDP to the address in the list and --peer-port:
 *				the bare text
 *
 * No framing and no terminator: one read is one message.  What both our ends
 * make of it:
 *
 * - Where a read ends within a character of UTF-8, these bytes wait for the
 *   next read; of a name, all of it does.
 * - More than an original reads at once (P2P_READ_BYTES, "NAME: " and the blank
 *   included) or than settings->line_max is several messages, as the original
 *   server makes it; cut between characters.
 * - Our client knows the end of a list from its JSON object: lists that come
 *   joined, in pieces, or with a text behind them are told apart.  In a text
 *   that someone typed there is the server's blank behind a list: such a one is
 *   not taken for a list, and behind a text one is only when it ends the read.
 * - Our client sends nothing before the first list has come, and then leaves
 *   TYPED_GAP_NS between its messages, so that lines which come at once are
 *   read apart.
 * - A list that has begun and is not whole after P2P_LIST_WAIT_NS without a
 *   byte is shown as a text.
 *
 * Intended differences from the original server:
 *
 * - A client that connects and says nothing blocks nobody; it has to give its
 *   name within the world's deadline.
 * - Names are checked (chat_name_fault(); neither beginning with '!', which
 *   would be taken for a list, nor with a ':', which ends a name) and unique,
 *   compared byte by byte; the answer to another one is a clear text, which
 *   never begins with '!', and the end of the connection.  So is that to a text
 *   that is no UTF-8, which ends the original's receivers.
 * - Messages are cut so that the original client reads each at once, and are
 *   cut between characters.
 * - A list to all costs the square of the users, so with more than
 *   P2P_FEW_USERS the next one waits for P2P_LIST_GAP_NS times that square
 *   (0.1 s for 1000), and tells of all joins and leaves since; a new client
 *   gets its own at once.
 * - A reset or a slow client is that client's end alone.
 *
 * With settings->users the first line has to be a login (p2p_login.h).
 */
#ifndef CHAT_PROTOCOLS_P2P_H
#define CHAT_PROTOCOLS_P2P_H

#include "chat/protocols/protocol.h"

enum { P2P_READ_BYTES = 1024, P2P_FEW_USERS = 64 };

#define P2P_LIST_GAP_NS		INT64_C(100)

#define P2P_LIST_WAIT_NS	INT64_C(2000000000)

extern const struct side p2p_server, p2p_client;

#endif
