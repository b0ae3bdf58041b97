/*
 * A browser and its web server (VERB_BROWSE): browse.c is the client, which
 * decides what is asked for, browse_server.c what comes back.
 *
 * Both ends of a connection share a struct: it says how many bytes each of them
 * still waits for, so that nobody has to read what is noise.
 */
#ifndef TRAFFIC_SYNTH_VERBS_BROWSE_H
#define TRAFFIC_SYNTH_VERBS_BROWSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/random.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/host/host.h"
#include "traffic/synth/play.h"

enum { BROWSE_CERTIFICATE_BYTES = 2400 };

struct browse;

enum browse_stage {
	BROWSE_OPENING,		/* TCP's handshake, or TLS's */
	BROWSE_IDLE,		/* nothing is asked for */
	BROWSE_FETCHING,
	BROWSE_PAUSING,		/* the object is there */
};

struct browse_link {
	struct browse_link *next;
	struct browse *browse;
	struct random random;
	enum browse_stage stage;
	bool is_busy;		/* an object was given to it */

	struct conn *client, *server;	/* NULL: not there, or gone */
	bool server_greeted;		/* of TLS */
	uint64_t object;		/* that is asked for, of its page */
	uint64_t server_awaits, client_awaits;	/* bytes */
	uint64_t body_left;		/* that the server has yet to write ... */
	uint64_t burst_left;		/* and before it waits again */
};

struct browse {
	struct play *play;
	const struct scenario_action *action;
	const struct scenario_browse *how;
	struct endpoint server;
	const char *server_name;
	struct random random;
	struct bytes scratch;

	uint64_t page, page_objects;
	uint64_t objects_left;		/* of the page, not yet given away */
	size_t busy;			/* links that have one */
	bool has_first;			/* the page's first object is there:
					   the others may be asked for */
	struct browse_link *links;	/* all there ever were */
	size_t open_links;
};

/* The calls of the server's end, and what accept tells it. */
extern const struct conn_calls browse_server_calls;

/* far_caller.accepted(): `app` is the browse_link that the connection is the
 * far end of. */
void browse_server_accepted(void *app, struct conn *conn);

/* Writes what stands in browse->scratch, and empties it. */
void browse_write(struct browse_link *link, struct conn *conn);

#endif
