/*
 * The list of users of `p2p`: "!" and a JSON object of names and addresses, as
 * Python's json.dumps() writes it: separators ", " and ": ", in the order of
 * joining, everything outside of ASCII as \uXXXX (above U+FFFF as a pair).
 *
 *	!{"alice": "127.0.0.11", "caf\u00e9": "127.0.0.13"}
 *
 * Nothing frames a list, but it ends with its brace, so several of them, or one
 * and what follows, can be told apart.
 */
#ifndef CHAT_WIRE_USER_LIST_H
#define CHAT_WIRE_USER_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/wire/wire.h"

/* Texts of UTF-8, terminated. */
struct user_entry {
	char *name, *address;
};

struct user_list {
	struct user_entry *entries;	/* owned, with their texts */
	size_t count;
};

enum { USER_LIST_MAX = 10000 };

/* The list as the server sends it, "!" included; bytes that are no UTF-8 become
 * U+FFFD.  -1 without memory; nothing is appended then. */
int user_list_append(struct bytes *out, const struct user_entry *entries,
    size_t count);

/* How much of a list has been looked at; a zeroed struct at its beginning. */
struct user_list_scan {
	size_t seen;
	bool in_text, escaped;
};

/*
 * Where does the list end that begins the len bytes?  To be called again with
 * the same bytes and more: each is looked at once.  Bad: no list ("!{"), one
 * with anything but texts in it, one longer than `max`.  WIRE_WHOLE: *used is
 * its length, and *scan is zeroed; the list may yet be wrong.
 */
enum wire_status user_list_next(struct user_list_scan *scan,
    const uint8_t *data, size_t len, size_t max, size_t *used);

/*
 * Reads the list that is all of the bytes, "!" included; it is the old one
 * after -1 (no JSON object of texts, text that is no Unicode or has a NUL, an
 * address that is neither IPv4 nor IPv6, more than USER_LIST_MAX, no memory).
 * Of a name that comes again the last address counts, in the place of the
 * first, as in a dict of the original client.  Names may be anything.
 */
int user_list_parse(struct user_list *list, const uint8_t *data, size_t len,
    struct errbuf *err);

/* A zeroed struct is an empty one. */
void user_list_reset(struct user_list *list);

#endif
