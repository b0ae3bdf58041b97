/*
 * The list of users of `p2p`: "!" and a JSON object of names and addresses, as
 * Python's json.dumps() writes it: separators ", " and ": ", in the order of
 * joining, everything outside of ASCII as \uXXXX (above U+FFFF as a pair).
 *
 *	!{"alice": "127.0.0.11", "caf\u00e9": "127.0.0.13"}
 */
#ifndef CHAT_WIRE_USER_LIST_H
#define CHAT_WIRE_USER_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"

/* Texts of UTF-8, terminated. */
struct user_entry {
	char *name, *address;
};

struct user_list {
	struct user_entry *entries;	/* owned, with their texts */
	size_t count;
};

enum { USER_LIST_MAX = 10000 };

/* The list as the server sends it, "!" included; -1 without memory. */
int user_list_append(struct bytes *out, const struct user_entry *entries,
    size_t count);

/* Reads one, "!" included; the list is the old one after -1 (no JSON object of
 * texts, an address that is none, more than USER_LIST_MAX, no memory). */
int user_list_parse(struct user_list *list, const uint8_t *data, size_t len,
    struct errbuf *err);

/* A zeroed struct is an empty one. */
void user_list_reset(struct user_list *list);

#endif
