/*
 * Files of plain memory, for worlds without a disk: what world.h says of files,
 * as files.h does it in a folder.  Names are cleaned likewise (file_name.h).
 */
#ifndef CHAT_NET_MEMORY_FILES_H
#define CHAT_NET_MEMORY_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/errbuf.h"

/* One that exists; they stay in the order in which they came. */
struct memory_file {
	char *path;		/* "notes.txt", "alice/notes.txt" */
	struct bytes content;
	unsigned copies;	/* names "PATH (2)" and on that were tried */
};

/* Caller's memory. */
struct memory_files {
	struct memory_file *list;
	size_t count, room;
	size_t making, reading;	/* that are open */
	uint64_t file_max;	/* bytes of one */
	uint64_t disk_bytes;	/* of all that is yet to be written */
};

struct world_file;

/* No file, no limit. */
void memory_files_init(struct memory_files *files);

/* All that were open are closed before. */
void memory_files_reset(struct memory_files *files);

/* NULL: there is none. */
struct memory_file *memory_files_find(struct memory_files *files,
    const char *path);

/* The file of this path, empty, whether or not there was one; to be filled by
 * the caller.  NULL: no memory. */
struct memory_file *memory_files_put(struct memory_files *files,
    const char *path, struct errbuf *err);

/* world_file_make(), and so on.  A path that is opened may begin with "./". */
struct world_file *memory_files_make(struct memory_files *files,
    const char *folder, const char *name, struct errbuf *err);

/* -1: past file_max or disk_bytes, or no memory; nothing was written then. */
int memory_files_write(struct world_file *file, const void *data, size_t len,
    struct errbuf *err);

/* Frees the file in either case; -1: no memory. */
int memory_files_keep(struct world_file *file, char *name, size_t room,
    struct errbuf *err);

/* NULL: there is none, or no memory.  *size is in bytes. */
struct world_file *memory_files_open(struct memory_files *files,
    const char *path, uint64_t *size, struct errbuf *err);

/* How many bytes: 0 at the end, never -1. */
ssize_t memory_files_read(struct world_file *file, void *data, size_t len,
    struct errbuf *err);

/* Frees it; of one that was being made nothing is left.  Not NULL. */
void memory_files_drop(struct world_file *file);

/* To the end of the file, which is made where it is missing; -1 as of a
 * write. */
int memory_files_add(struct memory_files *files, const char *folder,
    const char *name, const void *data, size_t len, struct errbuf *err);

#endif
