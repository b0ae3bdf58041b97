#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the final name; the temporary one has to stay within NAME_MAX too. */
enum { NAME_KEPT_BYTES = 200, NAMES_TRIED = 1000, FD_PATH_BYTES = 32 };

static int
fail(const struct replacement *r, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", r->path, strerror(errno));
	return -1;
}

static void
release(struct replacement *r)
{
	free(r->temporary);
	free(r->target);
	free(r->path);
	*r = (struct replacement){ .fd = -1 };
}

char *
replacement_target(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? strdup(path) : NULL;
	if (stat(path, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	return realpath(path, NULL);
}

/* Bytes of the folder's part with its slash; 0 for the current one. */
static size_t
folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Where a descriptor is among the files: the way to name what has no name. */
static void
descriptor_path(char path[FD_PATH_BYTES], int fd)
{
	snprintf(path, FD_PATH_BYTES, "/proc/self/fd/%d", fd);
}

/*
 * A file without a name goes with the process, however that ends.  -1 where the
 * file system has none, or none could be named afterwards: without /proc, and
 * after rights were given up.
 */
static int
open_unnamed(const struct replacement *r)
{
	size_t len = folder_len(r->target);
	char *folder = len == 0 ? strdup(".") : strndup(r->target, len);
	char path[FD_PATH_BYTES];
	int fd;

	if (folder == NULL)
		return -1;
	fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
	free(folder);
	if (fd < 0)
		return -1;
	descriptor_path(path, fd);
	if (access(path, W_OK) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The temporary name for the file that is there or, where there is none, for a
 * new one. */
static int
take_name(struct replacement *r)
{
	char path[FD_PATH_BYTES];

	if (r->fd >= 0) {
		descriptor_path(path, r->fd);
		return linkat(AT_FDCWD, path, AT_FDCWD, r->temporary,
		    AT_SYMLINK_FOLLOW);
	}
	r->fd = open(r->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0666);
	return r->fd >= 0 ? 0 : -1;
}

/*
 * open() applies the umask (and a folder's default ACL) by itself, which
 * mkstemp() does not, and reading the umask means setting it for a moment, for
 * all threads.  The number goes on where somebody has the name already.
 */
static int
name_temporary(struct replacement *r)
{
	size_t folder = folder_len(r->target);
	const char *name = r->target + folder;

	for (int n = 0; n < NAMES_TRIED; n++) {
		if (asprintf(&r->temporary, "%.*s.%.*s.%ld-%d", (int)folder,
		    r->target, NAME_KEPT_BYTES, name, (long)getpid(), n) < 0) {
			r->temporary = NULL;
			return -1;
		}
		if (take_name(r) == 0)
			return 0;
		free(r->temporary);
		r->temporary = NULL;
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

static int
open_temporary(struct replacement *r, bool named)
{
	size_t folder = folder_len(r->target);

	if (r->target[folder] == '\0') {
		errno = folder == 0 ? ENOENT : EISDIR;
		return -1;
	}
	r->fd = named ? -1 : open_unnamed(r);
	return r->fd >= 0 ? 0 : name_temporary(r);
}

int
replacement_begin(struct replacement *r, const char *path, bool named,
    struct errbuf *err)
{
	*r = (struct replacement){ .fd = -1 };
	r->path = strdup(path);
	if (r->path == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return -1;
	}
	r->target = replacement_target(path);
	if (r->target == NULL || open_temporary(r, named) != 0) {
		fail(r, err);
		release(r);
		return -1;
	}
	return 0;
}

/* The new name has to survive a power cut too.  A folder that may be written
 * but not read cannot be synced, and some file systems know no such thing. */
static int
sync_folder(const struct replacement *r)
{
	size_t len = folder_len(r->target);
	char *folder = len == 0 ? strdup(".") : strndup(r->target, len);
	int fd, status;

	if (folder == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return errno == EACCES ? 0 : -1;
	status = fsync(fd);
	if (status != 0 && errno == EINVAL)
		status = 0;
	close(fd);
	return status;
}

int
replacement_commit(struct replacement *r, struct errbuf *err)
{
	int status = fsync(r->fd);

	if (status == 0 && r->temporary == NULL)
		status = name_temporary(r);
	if (status == 0) {
		/* Some file systems tell of a full disk only here. */
		status = close(r->fd);
		r->fd = -1;
	}
	if (status == 0)
		status = rename(r->temporary, r->target);
	if (status != 0) {
		fail(r, err);
		replacement_abandon(r);
		return -1;
	}
	status = sync_folder(r);
	if (status != 0)
		fail(r, err);
	release(r);
	return status;
}

void
replacement_abandon(struct replacement *r)
{
	if (r->fd >= 0)
		close(r->fd);
	if (r->temporary != NULL)
		unlink(r->temporary);
	release(r);
}
