/*
 * Bytes that several readers hold at a time: a panel that is stored, and on its
 * way to fifty clients.  Never changed once they are there.
 */
#ifndef ANALYZER_DASHBOARD_BLOB_H
#define ANALYZER_DASHBOARD_BLOB_H

#include <stddef.h>
#include <stdint.h>

struct blob {
	size_t holders;
	size_t len;
	uint8_t data[];
};

/* A copy of n bytes, held once; NULL when memory is short. */
struct blob *blob_new(const void *data, size_t n);

/* One holder more; returns the blob. */
struct blob *blob_hold(struct blob *blob);

/* One less: the last frees it.  NULL does nothing. */
void blob_drop(struct blob *blob);

#endif
