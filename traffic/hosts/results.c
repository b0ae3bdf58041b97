#include "traffic/hosts/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/outfile.h"
#include "base/replace.h"

struct result {
	char *name;		/* as the user knows it */
	char *target, *temporary;	/* in its folder */
	int folder_fd;		/* that of results, unless the name was a link */
	int fd;
	bool is_linked;		/* the temporary name is in use */
};

struct results {
	char *folder;
	int folder_fd;
	bool force;
	struct result *list;
	size_t count, room;
	char **stale;		/* names that are removed */
	size_t stale_count, stale_room;
};

static void
no_memory(const struct results *r, struct errbuf *err)
{
	errbuf_set(err, "%s: out of memory", r->folder);
}

static int
name_failed(const struct results *r, const char *name, struct errbuf *err)
{
	errbuf_set(err, "%s/%s: %s", r->folder, name, strerror(errno));
	return -1;
}

struct results *
results_new(const char *folder, bool force, struct errbuf *err)
{
	struct results *r;

	if (outfile_mkdirs(folder, err) == -1)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r == NULL || (r->folder = strdup(folder)) == NULL) {
		errbuf_set(err, "%s: out of memory", folder);
		free(r);
		return NULL;
	}
	r->force = force;
	r->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->folder_fd == -1) {
		errbuf_set(err, "%s: %s", folder, strerror(errno));
		results_free(r);
		return NULL;
	}
	return r;
}

static int
is_there(const struct results *r, const char *name, struct errbuf *err)
{
	errbuf_set(err, "%s/%s: is there already (-f replaces it)", r->folder,
	    name);
	return -1;
}

/* Nothing may have the name, or it may be replaced. */
static int
check_free(const struct results *r, const char *name, struct errbuf *err)
{
	if (r->force || faccessat(r->folder_fd, name, F_OK,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	return is_there(r, name, err);
}

/* The file that the path stands for: its name, in a folder that is opened. */
static int
split(struct result *file, const char *path)
{
	char *folder = replacement_target(path), *slash;

	if (folder == NULL)
		return -1;
	slash = strrchr(folder, '/');
	file->target = strdup(slash + 1);
	slash[1] = '\0';
	if (file->target != NULL)
		file->folder_fd = open(folder, O_RDONLY | O_DIRECTORY |
		    O_CLOEXEC);
	free(folder);
	return file->folder_fd == -1 ? -1 : 0;
}

/* A link stays, and the file that it points to is replaced: as base/replace.h
 * has it. */
static int
find_target(const struct results *r, struct result *file)
{
	struct stat st;
	char *path;
	int status;

	if (fstatat(r->folder_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) ==
	    -1 || !S_ISLNK(st.st_mode)) {
		file->folder_fd = r->folder_fd;
		file->target = strdup(file->name);
		return file->target == NULL ? -1 : 0;
	}
	if (asprintf(&path, "%s/%s", r->folder, file->name) == -1)
		return -1;
	status = split(file, path);
	free(path);
	return status;
}

static int
open_file(struct result *file)
{
	file->fd = openat(file->folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
	    0666);
	if (file->fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR ||
	    errno == EINVAL)) {
		file->fd = openat(file->folder_fd, file->temporary,
		    O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
		file->is_linked = file->fd != -1;
	}
	return file->fd == -1 ? -1 : 0;
}

/* -1 with errno. */
static int
make_file(const struct results *r, struct result *file, const char *name)
{
	file->name = strdup(name);
	if (file->name == NULL || find_target(r, file) == -1)
		return -1;
	if (asprintf(&file->temporary, ".%s.%ld", file->target,
	    (long)getpid()) == -1) {
		file->temporary = NULL;
		return -1;
	}
	return open_file(file);
}

int
results_add(struct results *r, const char *name, struct errbuf *err)
{
	struct result *list = memory_grow(r->list, &r->room, r->count + 1,
	    sizeof(*list));
	struct result *file;

	if (list == NULL) {
		no_memory(r, err);
		return -1;
	}
	r->list = list;
	file = &list[r->count];
	*file = (struct result){ .folder_fd = -1, .fd = -1 };
	if (check_free(r, name, err) == -1)
		return -1;
	r->count++;
	if (make_file(r, file, name) == -1)
		return name_failed(r, name, err);
	return file->fd;
}

int
results_replace(struct results *r, const char *name, struct errbuf *err)
{
	char **stale;

	if (check_free(r, name, err) == -1)
		return -1;
	stale = memory_grow(r->stale, &r->stale_room, r->stale_count + 1,
	    sizeof(*stale));
	if (stale == NULL) {
		no_memory(r, err);
		return -1;
	}
	r->stale = stale;
	stale[r->stale_count] = strdup(name);
	if (stale[r->stale_count] == NULL) {
		no_memory(r, err);
		return -1;
	}
	r->stale_count++;
	return 0;
}

/* A temporary name for the file. */
static int
link_file(const struct results *r, struct result *file, struct errbuf *err)
{
	char path[64];

	if (fsync(file->fd) == -1)
		return name_failed(r, file->name, err);
	if (file->is_linked)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	if (linkat(AT_FDCWD, path, file->folder_fd, file->temporary,
	    AT_SYMLINK_FOLLOW) == -1)
		return name_failed(r, file->name, err);
	file->is_linked = true;
	return 0;
}

static int
name_file(const struct results *r, struct result *file, struct errbuf *err)
{
	unsigned flags = r->force ? 0 : RENAME_NOREPLACE;

	if (renameat2(file->folder_fd, file->temporary, file->folder_fd,
	    file->target, flags) == -1 && (flags == 0 || errno != EINVAL ||
	    renameat(file->folder_fd, file->temporary, file->folder_fd,
	    file->target) == -1))
		/* Two runs may have begun in the same empty folder. */
		return errno == EEXIST ? is_there(r, file->name, err) :
		    name_failed(r, file->name, err);
	file->is_linked = false;
	return 0;
}

static int
sync_folder(int folder_fd)
{
	return fsync(folder_fd) == -1 && errno != EINVAL ? -1 : 0;
}

/* That of all, and those of names that were links. */
static int
sync_folders(const struct results *r, struct errbuf *err)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].folder_fd != r->folder_fd &&
		    sync_folder(r->list[i].folder_fd) == -1)
			return name_failed(r, r->list[i].name, err);
	if (sync_folder(r->folder_fd) == 0)
		return 0;
	errbuf_set(err, "%s: %s", r->folder, strerror(errno));
	return -1;
}

int
results_keep(struct results *r, struct errbuf *err)
{
	for (size_t i = 0; i < r->count; i++)
		if (link_file(r, &r->list[i], err) == -1)
			return -1;
	for (size_t i = 0; i < r->stale_count; i++)
		if (unlinkat(r->folder_fd, r->stale[i], 0) == -1 &&
		    errno != ENOENT)
			return name_failed(r, r->stale[i], err);
	for (size_t i = 0; i < r->count; i++)
		if (name_file(r, &r->list[i], err) == -1)
			return -1;
	return sync_folders(r, err);
}

static void
free_result(const struct results *r, struct result *file)
{
	if (file->is_linked)
		unlinkat(file->folder_fd, file->temporary, 0);
	if (file->fd != -1)
		close(file->fd);
	if (file->folder_fd != -1 && file->folder_fd != r->folder_fd)
		close(file->folder_fd);
	free(file->name);
	free(file->target);
	free(file->temporary);
}

void
results_free(struct results *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		free_result(r, &r->list[i]);
	for (size_t i = 0; i < r->stale_count; i++)
		free(r->stale[i]);
	free(r->stale);
	free(r->list);
	if (r->folder_fd != -1)
		close(r->folder_fd);
	free(r->folder);
	free(r);
}
