/*
 * What happened, told twice: a line for people, and a line of JSON.
 *
 * NDJSON (--events): {"time":"2021-11-28T18:17:19.726486123Z",
 * "event":"joined","peer":"127.0.0.1:41246", ...fields...}, in UTC; "peer" only
 * where there is one.  Each line is one write to the end of the file, and valid
 * JSON whatever bytes a peer sent: what is no UTF-8 becomes U+FFFD, and what a
 * terminal must not be shown is escaped.  On a full disk a line is taken back of
 * which only a part was written; in a pipe it stands alone.
 *
 * The log has the text alone, as line_output.h writes it: a reader that does not
 * read is not waited for; lines are dropped then, and counted.
 */
#ifndef CHAT_NET_EVENTS_H
#define CHAT_NET_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/world.h"

struct events;

struct events_setup {
	const char *path;	/* NULL: no NDJSON; appended to */
	int log_fd;		/* -1: no log; borrowed */
	/* Called with one line when the file, or the log, which is standard
	 * output, can no longer be written; may be NULL. */
	void (*complain)(void *context, const char *line);
	void *context;
};

/* NULL where the file cannot be opened, or without memory. */
struct events *events_open(const struct events_setup *setup,
    struct errbuf *err);

/* NULL does nothing. */
void events_close(struct events *events);

/* Keys are the program's own; peer and text may be NULL. */
void events_write(struct events *events, const struct peer *peer,
    const char *name, const struct event_field *fields, size_t n,
    const char *text);

/* A line of the log alone. */
void events_log(struct events *events, const char *text);

/* Could the last line of the log not be written, for another reason than a
 * reader who does not read? */
bool events_log_is_lost(const struct events *events);

/* A field; the text is terminated, and borrowed. */
struct event_field events_text(const char *key, const char *text);

/* A field; a number past INT64_MAX is that. */
struct event_field events_number(const char *key, uint64_t number);

/* Lines of the log, or of the file, that were not written. */
uint64_t events_lost(const struct events *events);

#endif
