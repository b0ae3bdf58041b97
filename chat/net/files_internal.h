/*
 * What the parts of files.h share: files that are made or added to (files.c),
 * and files that are read (files_read.c).
 */
#ifndef CHAT_NET_FILES_INTERNAL_H
#define CHAT_NET_FILES_INTERNAL_H

#include <limits.h>
#include <stdint.h>

#include "chat/net/file_name.h"
#include "chat/net/files.h"

struct files {
	char *folder;		/* as the user gave it; NULL: none */
	int fd;			/* of the folder; -1: none */
	char *reserved;		/* files_reserve(); NULL: none */
	uint64_t file_max;
	unsigned numbers;	/* of temporary names so far */
	struct world_file *making;	/* those that are not kept */
};

struct world_file {
	struct files *files;	/* NULL: opened for reading */
	struct world_file *previous, *next;
	int fd;
	int folder_fd;		/* where it lies; -1: reading */
	uint64_t len;		/* written */
	char folder[FILE_NAME_BYTES];	/* "": in the folder itself */
	char name[FILE_NAME_BYTES];
	char temporary[NAME_MAX + 1];
	char *path;		/* reading: as it was given */
};

/* Closes and frees it; what it made stays where it is. */
void files_release(struct world_file *file);

#endif
