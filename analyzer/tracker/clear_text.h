/*
 * Are some bytes text?  Text is clear; so are stretches of it among other
 * bytes, as length fields and tags give: then at least half of the bytes are
 * in runs of four or more printable characters, of which cipher text has few.
 *
 * Printable are the characters that utf8_printable() shows, tabs and line
 * ends.
 *
 * Method: a bit for each byte, eight bytes at a time (bytes of random value
 * would make every branch a guess); only where a longer character may begin is
 * it decoded.
 */
#ifndef ANALYZER_TRACKER_CLEAR_TEXT_H
#define ANALYZER_TRACKER_CLEAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/application.h"

/* Of up to APPLICATION_LOOK_BYTES.  `cut`: there were more, so a character that
 * the end cuts does not count. */
enum application_clear clear_text(const uint8_t *bytes, size_t n, bool cut);

#endif
