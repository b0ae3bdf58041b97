/*
 * Putting a new file in an old one's place in one step.
 *
 * The new file is made in the folder of the final one, without a name where the
 * file system has such files, so that nothing stays however the process ends, else
 * under a temporary one (".NAME.PID-N"), with the mode that the umask leaves of 0666.  Where the name
 * is a symbolic link, the file that it points to is replaced, not the link.
 * Errors are one line with the path as the user gave it.
 */
#ifndef BASE_REPLACE_H
#define BASE_REPLACE_H

#include <stdbool.h>

#include "base/errbuf.h"

struct replacement {
	char *path;		/* as the user gave it */
	char *target;		/* without links */
	char *temporary;	/* NULL: it has no name yet */
	int fd;			/* of the temporary file, for writing */
};

/* The file that a name stands for, for the caller to free: where it is a link
 * the one that it points to, else the path itself, whether it is there or not.
 * NULL with errno: a link that points nowhere, or what is no regular file. */
char *replacement_target(const char *path);

/* Makes the temporary file, `named` at once for those who open it by its name.
 * A path that exists and is not a regular file is an error. */
int replacement_begin(struct replacement *r, const char *path, bool named,
    struct errbuf *err);

/* Syncs the file, gives it the final name, syncs the folder and releases.
 * After a failure nothing is left behind, but for the new file in its place
 * where all that failed is the syncing of the folder. */
int replacement_commit(struct replacement *r, struct errbuf *err);

/* Removes the temporary file and releases. */
void replacement_abandon(struct replacement *r);

#endif
