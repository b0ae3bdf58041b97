/*
 * What waits to be written to a socket: messages, in order.
 *
 * A message is sent by a send(2) of its own, and what the kernel did not take
 * of it by further ones, never together with another message; unless the
 * caller says that they may be joined.  Only what the kernel does not take at
 * once is copied, so an output where nothing waits holds no memory.
 */
#ifndef CHAT_NET_OUTPUT_H
#define CHAT_NET_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct output_message;

/* Caller's memory; zeroed it is an empty one. */
struct output {
	struct output_message *first, *last;
	size_t bytes;		/* that wait */
	size_t cost;		/* of keeping them */
};

enum output_status {
	OUTPUT_DONE,		/* nothing waits */
	OUTPUT_WAITS,		/* the rest when the socket is writable */
	OUTPUT_FAILED,		/* errno says why; ENOMEM: not sent in full */
};

/* One message, to a socket that does not block.  *taken: bytes that the kernel
 * took. */
enum output_status output_send(struct output *output, int fd,
    const void *data, size_t len, size_t *taken);

/* Goes on with what waits: a bounded number of messages, so that others have
 * their turn.  joined: as many in one write as there are. */
enum output_status output_go_on(struct output *output, int fd, bool joined,
    size_t *taken);

/* Drops what waits. */
void output_reset(struct output *output);

#endif
