/*
 * protocols: a row a protocol path, and below it one for each application that
 * its flows were found to carry.
 */
#ifndef ANALYZER_ANALYSES_PROTOCOLS_H
#define ANALYZER_ANALYSES_PROTOCOLS_H

#include <stdint.h>

#include "base/table.h"

/* The row; its columns, with units and meanings, are in protocols.c. */
struct protocols_row {
	const char *file;
	const char *path;
	const char *application;	/* NULL: the row is the path's */
	uint64_t packets, frame_bytes;
	int128 share_packets, mean_frame_len;
	const char *clear_text;
	int128 share_frame_bytes;
	const char *found_by;
	uint64_t flows, leaks;
	const char *leak;
	int128 a_entropy, b_entropy;
};

extern const struct table protocols_table;

#endif
