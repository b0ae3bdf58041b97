/*
 * What programs said to each other, message by message, as a test looks at it.
 */
#ifndef TESTS_TRAFFIC_SAID_H
#define TESTS_TRAFFIC_SAID_H

#include <stddef.h>
#include <stdint.h>

#include "traffic/scenario/scenario.h"

struct said {
	size_t from, to;	/* hosts */
	uint8_t *data;
	size_t len;
};

struct said_list {
	struct said *list;
	size_t count, room;
};

void said_add(struct said_list *said, size_t from, size_t to,
    const void *data, size_t len);
void said_reset(struct said_list *said);

/* The n-th message from one host to another, counted from 0; NULL: there is
 * none. */
const struct said *said_of(const struct said_list *said, size_t from,
    size_t to, size_t n);

/* The bytes of a file (file_bytes.h), as if they were a message. */
void said_file(const struct scenario_file *file, uint64_t seed,
    struct said_list *out);

/*
 * The talks of a scenario with no network between: each side in a world of
 * plain memory (tests/chat/fake_world.h), what one sends is handed to the other
 * a millisecond later.  Whatever cannot be played aborts.
 */
void said_directly(const struct scenario *scenario, struct said_list *out);

#endif
