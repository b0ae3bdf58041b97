/*
 * The files of world_file_...: below one folder, whatever their names.
 *
 * A file that is made lies in its final folder under a temporary name
 * (".NAME.PID-N", as in base/replace.h) until it is kept; the final name is
 * then given without replacing anything.  No symbolic link is followed below
 * the folder.  Files are not synced: the loop must not wait for a disk.
 */
#ifndef CHAT_NET_FILES_H
#define CHAT_NET_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errbuf.h"

struct files;
struct world_file;

/* folder NULL: nothing can be made or added, only read; otherwise it is made
 * where it is missing.  file_max: bytes of one file. */
struct files *files_open(const char *folder, uint64_t file_max,
    struct errbuf *err);

/*
 * No folder is made whose name is the last part of this path, or that and a
 * '-': SQLite keeps files of such names beside its database, and cannot open it
 * where somebody called "users.db-journal" has put a folder there.  -1 without
 * memory.
 */
int files_reserve(struct files *files, const char *path, struct errbuf *err);

/* What was not kept is removed.  NULL does nothing. */
void files_close(struct files *files);

/*
 * These are what world.h says of them.  Names are cleaned (file_name.h); of a
 * file's the last part counts, a folder's is taken whole.
 */

/* world_file_make(): under a temporary name. */
struct world_file *files_make(struct files *files, const char *folder,
    const char *name, struct errbuf *err);

/* world_file_write(): all of it, or -1; file_max bytes in all. */
int files_write(struct world_file *file, const void *data, size_t len,
    struct errbuf *err);

/* world_file_keep(): under its name, or "NAME (2)" and so on. */
int files_keep(struct world_file *file, char *name, size_t room,
    struct errbuf *err);

/* world_file_open(): a regular file, wherever it is. */
struct world_file *files_read_open(struct files *files, const char *path,
    uint64_t *size, struct errbuf *err);

/* world_file_open_kept(): below the folder only. */
struct world_file *files_kept_open(struct files *files, const char *name,
    uint64_t *size, struct errbuf *err);

/* world_file_read(): 0 at the end, -1 with the reason. */
ssize_t files_read(struct world_file *file, void *data, size_t len,
    struct errbuf *err);

/* world_file_drop(): what was not kept is removed. */
void files_drop(struct world_file *file);

/* world_file_add(): the file is made where it is missing. */
int files_add(struct files *files, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err);

#endif
