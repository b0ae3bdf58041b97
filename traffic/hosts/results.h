/*
 * The captures of a run: files without a name in their folder, until all are
 * whole.  So nothing is left of a run that ends in any other way.
 *
 * Where the file system has no files without a name they have temporary ones,
 * which results_free() removes.  Where a name is a symbolic link, the file that
 * it points to is replaced, not the link, as base/replace.h does it.
 */
#ifndef TRAFFIC_HOSTS_RESULTS_H
#define TRAFFIC_HOSTS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"

struct results;

/* The folder is made where it is missing.  Unless `force`, a name that is there
 * already is an error. */
struct results *results_new(const char *folder, bool force,
    struct errbuf *err);

/* A file of that name; its descriptor for writing, owned by results, or -1. */
int results_add(struct results *results, const char *name,
    struct errbuf *err);

/* A file of another kind of run, which must not stand beside the new ones: an
 * error, or with `force` removed by results_keep(). */
int results_replace(struct results *results, const char *name,
    struct errbuf *err);

/* Syncs the files and gives them their names, all or (as far as the system
 * lets it) none. */
int results_keep(struct results *results, struct errbuf *err);

/* What has no name is gone.  NULL does nothing. */
void results_free(struct results *results);

#endif
