/*
 * How far a mistyped name is from the right one.
 */
#ifndef BASE_DISTANCE_H
#define BASE_DISTANCE_H

/*
 * Insertions, deletions, changes and swaps of neighbouring bytes that lead from
 * a to b (optimal string alignment), each counted once.  Of names longer than
 * 63 bytes the beginning counts.
 */
unsigned edit_distance(const char *a, const char *b);

#endif
