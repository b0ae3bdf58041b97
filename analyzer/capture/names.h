/*
 * Host names of addresses, as the name resolution blocks of pcapng tell them.
 *
 * An address keeps the first name that the capture gives it; of the names in
 * one record the first one counts.  At most NAMES_MAX addresses are kept, the
 * rest is counted.
 *
 * Format: draft-ietf-opsawg-pcapng, "Name Resolution Block Format".
 */
#ifndef ANALYZER_CAPTURE_NAMES_H
#define ANALYZER_CAPTURE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/reader.h"
#include "base/errbuf.h"

enum {
	NAMES_MAX = 1 << 16,
	NAMES_BYTES = 255,	/* of a name; RFC 1035 has no longer ones */
};

struct names;

/* NULL with the reason in *err. */
struct names *names_new(struct errbuf *err);

/* NULL does nothing. */
void names_free(struct names *names);

/* A reader_observer, `context` being the names: takes the records of name
 * resolution blocks and passes the others by. */
void names_observe(void *context, const struct reader_block *block);

/* The name of an address (network order; 4 or 16 bytes by version), or NULL.
 * Bytes that are not printable ASCII have become '?'.  Borrowed. */
const char *names_find(const struct names *names, int version,
    const uint8_t *address);

/* Records that were not taken: wrong, too many, or no memory. */
uint64_t names_refused(const struct names *names);

#endif
