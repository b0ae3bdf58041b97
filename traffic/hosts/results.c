#include "traffic/hosts/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/outfile.h"

struct result {
	char *name, *temporary;
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

/* Nothing may have the name, or it may be replaced. */
static int
check_free(const struct results *r, const char *name, struct errbuf *err)
{
	if (r->force || faccessat(r->folder_fd, name, F_OK,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	errbuf_set(err, "%s/%s: is there already (-f replaces it)", r->folder,
	    name);
	return -1;
}

static int
open_file(const struct results *r, struct result *file, struct errbuf *err)
{
	file->fd = openat(r->folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
	    0666);
	if (file->fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR ||
	    errno == EINVAL)) {
		file->fd = openat(r->folder_fd, file->temporary,
		    O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
		file->is_linked = file->fd != -1;
	}
	return file->fd == -1 ? name_failed(r, file->name, err) : 0;
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
	*file = (struct result){ .fd = -1 };
	if (check_free(r, name, err) == -1)
		return -1;
	file->name = strdup(name);
	if (asprintf(&file->temporary, ".%s.%ld", name, (long)getpid()) == -1)
		file->temporary = NULL;
	r->count++;
	if (file->name == NULL || file->temporary == NULL) {
		no_memory(r, err);
		return -1;
	}
	return open_file(r, file, err) == -1 ? -1 : file->fd;
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
	if (linkat(AT_FDCWD, path, r->folder_fd, file->temporary,
	    AT_SYMLINK_FOLLOW) == -1)
		return name_failed(r, file->name, err);
	file->is_linked = true;
	return 0;
}

static int
name_file(const struct results *r, struct result *file, struct errbuf *err)
{
	unsigned flags = r->force ? 0 : RENAME_NOREPLACE;

	if (renameat2(r->folder_fd, file->temporary, r->folder_fd, file->name,
	    flags) == -1 && (flags == 0 || errno != EINVAL ||
	    renameat(r->folder_fd, file->temporary, r->folder_fd,
	    file->name) == -1))
		return name_failed(r, file->name, err);
	file->is_linked = false;
	return 0;
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
	if (fsync(r->folder_fd) == -1 && errno != EINVAL) {
		errbuf_set(err, "%s: %s", r->folder, strerror(errno));
		return -1;
	}
	return 0;
}

void
results_free(struct results *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++) {
		struct result *file = &r->list[i];

		if (file->is_linked)
			unlinkat(r->folder_fd, file->temporary, 0);
		if (file->fd != -1)
			close(file->fd);
		free(file->name);
		free(file->temporary);
	}
	for (size_t i = 0; i < r->stale_count; i++)
		free(r->stale[i]);
	free(r->stale);
	free(r->list);
	if (r->folder_fd != -1)
		close(r->folder_fd);
	free(r->folder);
	free(r);
}
