/*
 * Which entry was silent for longest: a binary heap over when each was last
 * used.
 *
 * The use of an entry touches nothing here, so the heap's times lag behind.
 * They never run ahead, though: where the first one's time is right, it is the
 * oldest of all; where it is not, its owner says the right one with
 * flow_ages_correct() and looks again.
 */
#ifndef ANALYZER_TRACKER_FLOW_AGES_H
#define ANALYZER_TRACKER_FLOW_AGES_H

#include <stddef.h>
#include <stdint.h>

struct flow_age {
	uint64_t used;
	uint32_t number;
};

struct flow_ages {
	struct flow_age *heap;
	size_t count, room;
};

/* Makes sure that one more fits; -1 when memory is short. */
int flow_ages_reserve(struct flow_ages *ages);

/* After flow_ages_reserve(); `used` is past all that were added before. */
void flow_ages_add(struct flow_ages *ages, uint32_t number, uint64_t used);

/* The first one was used later than the heap knows. */
void flow_ages_correct(struct flow_ages *ages, uint64_t used);

/* Takes the first one out. */
void flow_ages_remove_first(struct flow_ages *ages);

/* Frees the heap; empty afterwards. */
void flow_ages_reset(struct flow_ages *ages);

#endif
