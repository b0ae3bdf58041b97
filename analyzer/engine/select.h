/*
 * Which frames are looked at: filter and time window.
 */
#ifndef ANALYZER_ENGINE_SELECT_H
#define ANALYZER_ENGINE_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/filter.h"
#include "analyzer/capture/frame.h"

/*
 * Keeps the frames with from <= time < to that pass the filter (NULL: all do),
 * in order, and returns how many.  Frames without a time are in no window but
 * the one that is open on both sides.
 */
size_t select_frames(struct frame *frames, size_t n, int64_t from_ns,
    int64_t to_ns, struct filter *filter);

#endif
