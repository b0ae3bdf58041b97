/*
 * Which networks count as local, in words, and a hint where they seem to be
 * the wrong ones: one rule for the dashboard, the report and the pictures.
 */
#ifndef ANALYZER_REPORT_LOCAL_NOTE_H
#define ANALYZER_REPORT_LOCAL_NOTE_H

#include <stdbool.h>
#include <stdint.h>

/* Enough for eight prefixes as long as they get; longer lists are cut. */
enum { LOCAL_NOTE_BYTES = 640 };

/*
 * "Local: 192.168.0.0/16." and, where packets have one direction only or none,
 * a sentence that says so and names --local.  `networks` as the option has
 * them.  Returns whether there is such a hint.
 */
bool local_note(char text[LOCAL_NOTE_BYTES], const char *networks,
    uint64_t in, uint64_t out, uint64_t other);

#endif
