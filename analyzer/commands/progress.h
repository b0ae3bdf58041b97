/*
 * A line on the terminal's stderr that says how far a run is.
 */
#ifndef ANALYZER_COMMANDS_PROGRESS_H
#define ANALYZER_COMMANDS_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "analyzer/capture/frame.h"
#include "analyzer/commands/options.h"

struct progress {
	pthread_mutex_t mutex;
	bool on;
	uint64_t bytes, size_bytes;	/* size 0: not known */
	int64_t start_ns, drawn_ns;	/* monotonic clock */
	bool visible;
	bool live;			/* packets are told, too */
	uint64_t packets;
};

/* auto: when stderr is a terminal that can move its cursor. */
void progress_init(struct progress *p, const struct options *options,
    uint64_t size_bytes);

/* So many bytes more were read; may be called by any thread. */
void progress_add(struct progress *p, uint64_t bytes);

/* These were captured, none perhaps: of an interface the line has packets and
 * both rates.  progress_add() counts nothing from then on. */
void progress_frames(struct progress *p, const struct frame *frames,
    size_t n);

/* Takes the line away and keeps it away, other threads waiting, until
 * progress_resume(). */
void progress_pause(struct progress *p);

/* After progress_pause(), by the same thread; the line is drawn again by the
 * next progress_add() that is due. */
void progress_resume(struct progress *p);

/* Takes the line away for good. */
void progress_end(struct progress *p);

#endif
