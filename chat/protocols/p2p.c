#include "chat/protocols/p2p.h"

const struct protocol protocol_p2p = {
	.name = "p2p",
	.purpose = "lab chat: a room over TCP, private messages over UDP",
	.port = 5000,
	.needs = PROTOCOL_NAME | PROTOCOL_UDP | PROTOCOL_HANDSHAKE |
	    PROTOCOL_USERS,
	.server = &p2p_server,
	.client = &p2p_client,
	.banner =
	    "#ls lists the users, @NAME:TEXT is private, other text is for "
	    "the room, exit leaves",
};
