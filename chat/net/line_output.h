/*
 * Lines for people, to a reader who is not waited for: a terminal that stands
 * still and a pipe that nobody empties must not stop a server.  What there is
 * no room for is lost, and the caller told.
 *
 * Of a terminal or pipe a second opening is written to that never blocks, since
 * O_NONBLOCK on the given one would be seen by every program that shares it.
 * Where that is not allowed (a terminal of another user's), poll(2) has to do,
 * which knows of a terminal only that there is some room.
 */
#ifndef CHAT_NET_LINE_OUTPUT_H
#define CHAT_NET_LINE_OUTPUT_H

#include <stdbool.h>

/* With the newline; a pipe takes as much whole (POSIX PIPE_BUF). */
enum { LINE_OUTPUT_BYTES = 4096 };

/* Caller's memory. */
struct line_output {
	int fd;			/* -1: none */
	bool is_ours;		/* the second opening */
	bool is_socket;
	bool torn;		/* the last line is not whole */
	int error;		/* errno of the last line; 0: written, or no room */
};

/* fd: borrowed; -1: nothing is written.  Cannot fail. */
void line_output_init(struct line_output *out, int fd);

/* Closes the second opening; the given one is not ours. */
void line_output_reset(struct line_output *out);

/* One line, with controls and bad UTF-8 made '?', cut between characters where
 * it is too long.  False where it, or its end, is lost. */
bool line_output_write(struct line_output *out, const char *text);

#endif
