/*
 * What reading and playing share.
 */
#ifndef TESTS_CHAT_REPLAY_INTERNAL_H
#define TESTS_CHAT_REPLAY_INTERNAL_H

#include "base/bytes.h"
#include "tests/chat/replay.h"

struct replay {
	struct replay_event *events;	/* their data owned */
	size_t count, room;
	unsigned connections;
	struct bytes (*streams)[2];	/* of each: server's, client's */

	/* Of what was played last. */
	struct fake_world *world;
	bool to_client;
	struct peer **peers;		/* of each connection */
	char difference[512];
};

/* The recording of the capture; its streams are not made yet. */
void replay_read_capture(struct replay *replay, const char *path);

#endif
