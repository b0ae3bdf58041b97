/* Files that are read. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/net/files_internal.h"

/* A FIFO must not be waited for. */
enum { READ_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

static int
open_typed(const struct files *files, const char *path)
{
	int fd = open(path, READ_FLAGS);

	if (fd < 0 && errno == ENOENT && path[0] != '/' && files->fd >= 0)
		fd = openat(files->fd, path, READ_FLAGS);
	return fd;
}

/* As shown_name() wrote it: nothing but a cleaned name, with that of a folder
 * before it or without. */
static int
open_kept(const struct files *files, const char *name)
{
	const char *slash = strchr(name, '/');
	const char *last = slash == NULL ? name : slash + 1;
	char folder[FILE_NAME_BYTES] = "";
	int folder_fd, fd;

	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name),
		    name);
	if (files->fd < 0 || name[0] == '.' || name[0] == '/' ||
	    last[0] == '.' || strchr(last, '/') != NULL) {
		errno = ENOENT;
		return -1;
	}
	if (folder[0] == '\0')
		return openat(files->fd, name, READ_FLAGS | O_NOFOLLOW);
	folder_fd = openat(files->fd, folder,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder_fd < 0)
		return -1;
	fd = openat(folder_fd, last, READ_FLAGS | O_NOFOLLOW);
	close(folder_fd);
	return fd;
}

static struct world_file *
reading_new(const char *path)
{
	struct world_file *file = memory_array(1, sizeof(*file));

	if (file == NULL)
		return NULL;
	file->fd = file->folder_fd = -1;
	file->path = strdup(path);
	if (file->path == NULL) {
		files_release(file);
		return NULL;
	}
	return file;
}

static struct world_file *
read_open(const struct files *files, const char *path,
    int (*open_one)(const struct files *files, const char *path),
    uint64_t *size, struct errbuf *err)
{
	struct world_file *file = reading_new(path);
	struct stat st;

	if (file == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	file->fd = open_one(files, path);
	if (file->fd < 0 || fstat(file->fd, &st) != 0) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		files_release(file);
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		errbuf_set(err, "%s: not a regular file", path);
		files_release(file);
		return NULL;
	}
	*size = (uint64_t)st.st_size;
	return file;
}

struct world_file *
files_read_open(struct files *files, const char *path, uint64_t *size,
    struct errbuf *err)
{
	return read_open(files, path, open_typed, size, err);
}

struct world_file *
files_kept_open(struct files *files, const char *name, uint64_t *size,
    struct errbuf *err)
{
	return read_open(files, name, open_kept, size, err);
}

ssize_t
files_read(struct world_file *file, void *data, size_t len,
    struct errbuf *err)
{
	ssize_t n;

	do {
		n = read(file->fd, data, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		errbuf_set(err, "%s: %s", file->path, strerror(errno));
	return n;
}
