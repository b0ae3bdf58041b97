/*
 * Lines from a descriptor in the event loop: a terminal, a pipe, a regular file
 * or /dev/null (which epoll refuses: those are read in small steps instead).
 *
 * A line is handed over as UTF-8 without controls or newline, terminated: a tab
 * becomes a space, other controls and bad UTF-8 become '?'; "\r\n" ends a line
 * as "\n" does, and so does the end of the input.  A line longer than line_max
 * bytes is not handed over, but told of.  What was handed over is wiped: it may
 * have been a password.
 */
#ifndef CHAT_NET_LINE_INPUT_H
#define CHAT_NET_LINE_INPUT_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"

struct line_input;

struct line_input_calls {
	void (*line)(void *context, const char *text, size_t len);
	void (*too_long)(void *context);	/* may be NULL */
	void (*ended)(void *context);		/* once; may be NULL */
	void *context;
};

/* fd is borrowed, and stays as blocking as it is.  A closed descriptor is an
 * input that has ended. */
struct line_input *line_input_open(struct event_base *base, int fd,
    size_t line_max, const struct line_input_calls *calls,
    struct errbuf *err);

/* Not from within its calls.  NULL does nothing. */
void line_input_close(struct line_input *input);

/* While it is held nothing is read and no line handed over; also from within
 * its calls. */
void line_input_hold(struct line_input *input, bool hold);

#endif
