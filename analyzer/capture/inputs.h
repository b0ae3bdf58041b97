/*
 * The list of inputs: files as named, and what a walk over a folder finds.
 *
 * A walk goes in byte order of the path, enters no hidden folder, follows no
 * link and opens nothing but regular files.  Whether a walked file is a capture
 * shows when it is opened: the reader says `foreign`, and it is passed over.
 */
#ifndef ANALYZER_CAPTURE_INPUTS_H
#define ANALYZER_CAPTURE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct live;			/* analyzer/capture/live.h */
struct ring;			/* analyzer/capture/ring.h */

struct input {
	char *path;		/* to open; "-" is standard input */
	const char *name;	/* in tables: as given, or below the walked
				   folder; points into path */
	bool walked;		/* not named by the user: may be no capture */
	uint64_t size_bytes;	/* 0 where not known */
	struct live *live;	/* an interface, borrowed; NULL: a file */
};

struct inputs {
	struct input *list;
	size_t count, room;
	uint64_t size_bytes;	/* sum; 0 where some is not known */
	bool size_unknown;	/* some is not */
	size_t missing;		/* folders that could not be read to their end;
				   already reported by `complain` */
	/* Of a list that is one interface, else NULL: */
	struct live *live;	/* what it reads, or was recorded from */
	struct ring *ring;	/* where all that it sees goes, too */
	bool recorded;		/* in the file behind the descriptor: */
	int recording;
};

typedef void inputs_complain(void *context, const char *line);

/* Caller's memory, whatever was in it; cannot fail. */
void inputs_init(struct inputs *inputs);

/* Frees the list with its paths (and so the names) and closes the interface;
 * empty afterwards. */
void inputs_reset(struct inputs *inputs);

/*
 * Adds a file, or all that a folder holds; a link is followed where the user
 * names it.  A file that cannot be looked at is added all the same (opening it
 * will say why); a folder that cannot be read is told to `complain` and
 * counted.  -1 only where memory is short.
 */
int inputs_add(struct inputs *inputs, const char *path,
    inputs_complain *complain, void *context, struct errbuf *err);

/* Adds the interface, borrowed; its name is path and name. */
int inputs_add_live(struct inputs *inputs, struct live *live,
    struct errbuf *err);

#endif
