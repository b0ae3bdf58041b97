/*
 * Names and texts of chats: what may be one.
 */
#ifndef CHAT_WIRE_CHAT_TEXT_H
#define CHAT_WIRE_CHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { CHAT_NAME_MAX = 64 };	/* bytes */

/* All of it UTF-8 (RFC 3629), without NUL? */
bool chat_text_is_utf8(const uint8_t *data, size_t len);

/*
 * Why it cannot be a user's name, as a clear text for the user, or NULL: it has
 * to be 1 to CHAT_NAME_MAX bytes of UTF-8 that can be shown, without a blank at
 * either end and without characters that nobody sees (joiners and variation
 * selectors, too: so an emoji that is made of several is none for a name), and
 * must not begin with one of `reserved`.
 *
 * Names are compared byte by byte wherever they have to be unique: what only
 * looks the same (a letter and its accent as one character or as two, a Latin a
 * and a Cyrillic one, another case) is another name.
 */
const char *chat_name_fault(const uint8_t *data, size_t len,
    const char *reserved);

/* Appends the text as it may be shown to people: what is no UTF-8 or is a
 * control (but newline and tab) becomes U+FFFD.  -1 without memory. */
int chat_text_clean(struct bytes *out, const uint8_t *data, size_t len);

/* How many bytes at the end of the data are the beginning of a character that
 * is not whole (0 to 3). */
size_t chat_text_cut(const uint8_t *data, size_t len);

#endif
