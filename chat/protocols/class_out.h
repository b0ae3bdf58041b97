/*
 * `class`: what one end writes to a peer.  Frames, and files between them.
 *
 * While a file streams whatever comes behind it waits, up to
 * CLASS_WAITING_MAX bytes (with what each frame costs to keep) and
 * CLASS_FILES_MAX files; files are read only as fast as the peer takes them.
 *
 * Between our own ends a file has its size in front (class_order.h).  To an
 * original it goes in pieces and ends in "EOF", which the original takes for
 * the end only where its recv() gave exactly the bytes up to there: so this end
 * reads the file once beforehand and refuses one with "EOF" at the end of a
 * piece, and it is silent on both sides of the mark.
 */
#ifndef CHAT_PROTOCOLS_CLASS_OUT_H
#define CHAT_PROTOCOLS_CLASS_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/protocols/class_order.h"
#include "chat/protocols/class_progress.h"
#include "chat/protocols/world.h"

enum {
	CLASS_WAITING_MAX = 1 << 20,
	CLASS_FILES_MAX = 64,
	CLASS_FILE_READ = 32768,	/* bytes read, and sent, at once */
	CLASS_TURN_BYTES = 1 << 20,	/* then other peers have their turn */
};

/* Before the mark, and behind it: there for longer than CLASS_QUIET_NS, so that
 * our own readers see the end whatever follows. */
#define CLASS_PAUSE_NS	INT64_C(50000000)
#define CLASS_REST_NS	INT64_C(150000000)

/* A file that is to be sent. */
struct class_file {
	struct class_order order;
	bool by_server;			/* how the order is written */
	bool kept;			/* path is one of world_file_keep() */
	char from[CLASS_NAME_BYTES];	/* who asked; "": operator or user */
	struct class_progress progress;
	uint64_t size, sent;
	char path[];
};

/* A file with its path; the rest is zero.  NULL without memory; free(). */
struct class_file *class_file_new(const char *path, size_t len);

/* What an owner is told. */
struct class_out_told {
	/* fault NULL: all of it is sent; else why not, as a clear text for
	 * anybody.  detail: what the system says of it, for those on this host;
	 * or NULL. */
	void (*ended)(void *owner, const struct class_file *file,
	    const char *fault, const char *detail);
	void (*progress)(void *owner, struct class_file *file); /* or NULL */
};

struct class_out_item;

struct class_out {
	struct world *world;
	struct peer *peer;
	const struct class_out_told *told;
	void *owner;
	unsigned timer;			/* an id of the peer's timers, ours */
	bool sized;			/* the peer takes sizes */
	bool files_wait;		/* until class_out_go_on() */

	struct class_out_item *first, **end;
	size_t waiting;			/* of frames that wait, in memory */
	unsigned files;			/* that wait or stream */
	bool paused;			/* the timer goes on */
	bool between;			/* ended() is called */
	bool broken;			/* nothing is written any more */
};

/* All is borrowed; the timer is asked of the world by that id, and its running
 * out is told to class_out_timer(). */
void class_out_init(struct class_out *out, struct world *world,
    struct peer *peer, const struct class_out_told *told, void *owner,
    unsigned timer);

/* Files that wait or stream are told to have ended: "REASON". */
void class_out_reset(struct class_out *out, const char *reason);

/* A whole frame, as its bytes.  More than may wait, or no memory: the peer is
 * dropped. */
void class_out_bytes(struct class_out *out, const void *data, size_t len);

/* The same of header and payload. */
void class_out_frame(struct class_out *out, const char *header,
    const void *payload, size_t len);

/* Takes the file over in any case; -1: too many wait, ended() is not called. */
int class_out_file(struct class_out *out, struct class_file *file);

/* After side->drained(), or when files_wait was taken back. */
void class_out_go_on(struct class_out *out);

/* Its timer has run out. */
void class_out_timer(struct class_out *out);

#endif
