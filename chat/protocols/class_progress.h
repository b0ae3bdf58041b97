/*
 * `class`: how far a file has come, for the user of a client.
 */
#ifndef CHAT_PROTOCOLS_CLASS_PROGRESS_H
#define CHAT_PROTOCOLS_CLASS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct class_progress {
	uint64_t size;		/* UINT64_MAX: not known */
	unsigned told;		/* quarters, or steps of an unknown size */
};

enum {
	CLASS_PROGRESS_BYTES = 80,
	CLASS_PROGRESS_QUIET = 1 << 20,	/* a file up to here needs none */
	CLASS_PROGRESS_STEP = 4 << 20,	/* where the size is not known */
};

/* Nothing has been told; size: UINT64_MAX where it is not known. */
void class_progress_init(struct class_progress *progress, uint64_t size);

/* Is there news at so many bytes?  "25 % of 5000000 bytes", once each quarter
 * (the end is none); "4194304 bytes". */
bool class_progress_news(struct class_progress *progress, uint64_t bytes,
    char out[CLASS_PROGRESS_BYTES]);

#endif
