/*
 * `room`, the NICK chatroom.  ASCII by its originals, no framing.
 *
 *	server -> client	"NICK", at once
 *	client -> server	the nickname
 *	server -> all		"NAME joined!", the new one included
 *	server -> the new one	"Connected to server!"
 *	client -> server	"NAME: TEXT": the client makes the prefix
 *	server -> all		the same bytes, the sender included
 *	server -> the rest	"NAME left!"
 *
 * One read is one message, relayed unchanged.  Two things are made of it: more
 * than an original reads at once (ROOM_READ_BYTES) or than settings->line_max
 * is several messages, as the original server makes it; and where a message
 * would end within a character of UTF-8, those bytes wait for the next read.
 *
 * Intended differences from the original server:
 *
 * - A client that does not answer NICK blocks nobody; it has to within the
 *   world's deadline.
 * - Nicknames are checked (chat_name_fault()) and unique, compared byte by
 *   byte; the answer to another one is a clear text and the end of the
 *   connection.
 * - "left!" is told on a plain close, too, and a client that goes disturbs no
 *   other.
 * - A message that is exactly "NICK" is not relayed: each client would answer
 *   it with its nickname.
 *
 * Our client answers "NICK" at the beginning only, also when it comes in pieces
 * or joined with what follows; afterwards it is a text like others.  It sends
 * its first message behind "Connected to server!" (or a second after its name,
 * since not every server of this kind says that), and leaves TYPED_GAP_NS
 * between its messages, so that lines which come at once are read apart.  At the
 * end of the input, or at "exit", it leaves once its own messages have come
 * back, or after TYPED_LAST_NS, which it says (status 1).  It sends UTF-8, which the original client cannot read: with originals in the
 * room, stay in ASCII.
 */
#ifndef CHAT_PROTOCOLS_ROOM_H
#define CHAT_PROTOCOLS_ROOM_H

#include "chat/protocols/protocol.h"

enum { ROOM_READ_BYTES = 1024, ROOM_ASK_BYTES = 4 };

#define ROOM_ASK	"NICK"
#define ROOM_JOINED	" joined!"
#define ROOM_LEFT	" left!"
#define ROOM_WELCOME	"Connected to server!"

extern const struct side room_server, room_client;

#endif
