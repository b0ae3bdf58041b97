/*
 * One frame, decoded both ways from a block of just its size.
 */
#ifndef TESTS_FUZZ_FRAME_CHECK_H
#define TESTS_FUZZ_FRAME_CHECK_H

#include "analyzer/capture/frame.h"

/* Fails where decode_frame() and decode_batch() differ or what they give is not
 * sound; where they read too far, a sanitizer says so. */
void frame_check(const struct frame *frame);

#endif
