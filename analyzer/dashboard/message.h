/*
 * What a worker tells the server through a pipe: messages, one behind the
 * other, by processes of one program on one machine.
 *
 * A reader takes bytes as they come.  Whatever comes is bounded: what is longer
 * or no message makes the worker a failed one.
 */
#ifndef ANALYZER_DASHBOARD_MESSAGE_H
#define ANALYZER_DASHBOARD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/live.h"
#include "analyzer/engine/engine.h"
#include "base/bytes.h"
#include "base/errbuf.h"

enum message_kind {
	MESSAGE_PANEL,		/* a panel in all its forms */
	MESSAGE_FAULT,		/* a panel that could not be made: the line */
	MESSAGE_LINE,		/* what is wrong with an input, or all */
	MESSAGE_STATUS,		/* struct message_status: what the panels and
				   lines before it make together */
};

/* Forms of a panel. */
enum { FORM_CSV, FORM_JSON, FORM_SVG, FORM_FINDING, FORM_COUNT };

enum {
	MESSAGE_FORM_MAX = 8 * 1024 * 1024,
	MESSAGE_LINE_MAX = 8192,
	MESSAGE_LINES_MAX = 100,	/* before a status */
};

struct message_status {
	bool final;		/* the reading has ended */
	bool failed;		/* nothing could be read */
	struct account account;
	int64_t since_ns;	/* first record read; INT64_MIN: none */
	bool has_drops;
	struct live_drops drops;
};

struct message_part {
	const uint8_t *data;
	size_t len;
};

struct message {
	enum message_kind kind;
	unsigned panel;		/* its place in panels[] */
	struct message_part parts[FORM_COUNT];	/* one unless MESSAGE_PANEL */
};

/* Waits for the pipe to take all of it; -1 with the reason in *err. */
int message_write(int fd, const struct message *message, struct errbuf *err);

/* A zeroed one is at its beginning. */
struct message_reader {
	struct bytes bytes;
};

/* Reads what is there (once): 1 for more to come, 0 at the end, -1 with the
 * reason in *err. */
int message_read(struct message_reader *reader, int fd, struct errbuf *err);

/* The next whole message, borrowed until the next message_read(): 1, or 0 for
 * none yet, or -1 with the reason in *err: the bytes are no message. */
int message_next(struct message_reader *reader, size_t *at,
    struct message *out, struct errbuf *err);

/* Forgets the first `at` bytes, which message_next() has passed. */
void message_forget(struct message_reader *reader, size_t at);

/* Frees what was read. */
void message_reset(struct message_reader *reader);

#endif
