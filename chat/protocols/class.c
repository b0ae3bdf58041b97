#include "chat/protocols/class.h"

const struct protocol protocol_class = {
	.name = "class",
	.purpose = "chat, private messages, files and quizzes",
	.port = 10000,
	.needs = PROTOCOL_HANDSHAKE | PROTOCOL_CONSOLE | PROTOCOL_USERS |
	    PROTOCOL_FILES,
	.server = &class_server,
	.client = &class_client,
	.banner =
	    "msg:TEXT                     to all others\n"
	    "to:NAME:TEXT                 to one user\n"
	    "file_transfer:file_to_server:FILE\n"
	    "file_transfer:file_to:NAME:FILE\n"
	    "quiz_answer:a b c            one letter a question\n"
	    "exit                         leaves, like cmd:disconnect",
};
