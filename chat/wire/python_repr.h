/*
 * Texts as Python's repr() writes them, which the original programs print:
 * 'alice', "it's", 'caf\xe9' only where the character cannot be shown.
 *
 * What can be shown is what base/utf8.h says, which is more than Python does
 * (it escapes blanks other than ' ' and characters that are not assigned).
 */
#ifndef CHAT_WIRE_PYTHON_REPR_H
#define CHAT_WIRE_PYTHON_REPR_H

#include "base/bytes.h"
#include "chat/wire/user_list.h"

/* Appends it; the text is UTF-8.  -1 without memory. */
int python_repr(struct bytes *out, const char *text);

/* The list as a dict: {'alice': '127.0.0.11', 'bob': '127.0.0.12'} */
int python_repr_users(struct bytes *out, const struct user_list *list);

#endif
