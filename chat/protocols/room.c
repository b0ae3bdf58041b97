#include "chat/protocols/room.h"

const struct protocol protocol_room = {
	.name = "room",
	.purpose = "NICK chatroom: everybody reads everything",
	.port = 55555,
	.needs = PROTOCOL_NAME | PROTOCOL_HANDSHAKE,
	.server = &room_server,
	.client = &room_client,
	.banner = "Type a line, and all get it, you too; exit leaves.",
};
