#include "chat/net/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/net/files_internal.h"

enum { NAMES_TRIED = 1000 };

struct files *
files_open(const char *folder, uint64_t file_max, struct errbuf *err)
{
	struct files *files = memory_array(1, sizeof(*files));

	if (files == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	files->fd = -1;
	files->file_max = file_max;
	if (folder == NULL)
		return files;
	files->folder = strdup(folder);
	if (files->folder != NULL &&
	    (mkdir(folder, 0777) == 0 || errno == EEXIST))
		files->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (files->fd < 0) {
		errbuf_set(err, "%s: %s", folder, strerror(errno));
		files_close(files);
		return NULL;
	}
	return files;
}

void
files_close(struct files *files)
{
	if (files == NULL)
		return;
	while (files->making != NULL)
		files_drop(files->making);
	if (files->fd >= 0)
		close(files->fd);
	free(files->reserved);
	free(files->folder);
	free(files);
}


/* Names. */

int
files_reserve(struct files *files, const char *path, struct errbuf *err)
{
	free(files->reserved);
	files->reserved = strdup(file_name_last(path));
	if (files->reserved != NULL)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

static bool
is_reserved(const struct files *files, const char *name)
{
	size_t len;

	if (files->reserved == NULL)
		return false;
	len = strlen(files->reserved);
	return strncmp(name, files->reserved, len) == 0 &&
	    (name[len] == '\0' || name[len] == '-');
}

/* For people, and for files_read_open(). */
static void
shown_name(const char *folder, const char *name, char *out, size_t room)
{
	snprintf(out, room, "%s%s%s", folder, folder[0] == '\0' ? "" : "/",
	    name);
}

static int
fail(const struct world_file *file, const char *why, struct errbuf *err)
{
	char name[2 * FILE_NAME_BYTES];

	shown_name(file->folder, file->name, name, sizeof(name));
	errbuf_set(err, "%s: %s", name, why);
	return -1;
}

static int
too_large(const struct world_file *file, uint64_t file_max,
    struct errbuf *err)
{
	char why[80];

	snprintf(why, sizeof(why), "larger than --max-file (%" PRIu64
	    " bytes)", file_max);
	return fail(file, why, err);
}

/* A folder below --files, which is made where it is missing. */
static int
open_folder(const struct files *files, const char *name, struct errbuf *err)
{
	int fd;

	if (files->fd < 0) {
		errbuf_set(err, "no folder to keep files in (--files DIR)");
		return -1;
	}
	if (is_reserved(files, name)) {
		errbuf_set(err, "%s: this name is reserved", name);
		return -1;
	}
	if (name[0] == '\0')
		fd = fcntl(files->fd, F_DUPFD_CLOEXEC, 0);
	else if (mkdirat(files->fd, name, 0777) != 0 && errno != EEXIST)
		fd = -1;
	else
		fd = openat(files->fd, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		errbuf_set(err, "%s%s%s: %s", files->folder,
		    name[0] == '\0' ? "" : "/", name, strerror(errno));
	return fd;
}


/* Files that are made. */

static int
open_temporary(struct world_file *file)
{
	struct files *files = file->files;

	for (int tries = 0; tries < NAMES_TRIED; tries++) {
		snprintf(file->temporary, sizeof(file->temporary),
		    ".%s.%ld-%u", file->name, (long)getpid(),
		    files->numbers++);
		file->fd = openat(file->folder_fd, file->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0666);
		if (file->fd >= 0 || errno != EEXIST)
			break;
	}
	return file->fd < 0 ? -1 : 0;
}

static void
set_names(struct world_file *file, const char *folder, const char *name)
{
	file_name_clean(file_name_last(name), file->name);
	if (folder[0] != '\0')
		file_name_clean(folder, file->folder);
}

struct world_file *
files_make(struct files *files, const char *folder, const char *name,
    struct errbuf *err)
{
	struct world_file *file = memory_array(1, sizeof(*file));

	if (file == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	file->files = files;
	set_names(file, folder, name);
	file->folder_fd = open_folder(files, file->folder, err);
	if (file->folder_fd < 0)
		goto fail_file;
	if (open_temporary(file) != 0) {
		fail(file, strerror(errno), err);
		goto fail_folder;
	}
	file->next = files->making;
	if (file->next != NULL)
		file->next->previous = file;
	files->making = file;
	return file;

fail_folder:
	close(file->folder_fd);
fail_file:
	free(file);
	return NULL;
}

static int
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
files_write(struct world_file *file, const void *data, size_t len,
    struct errbuf *err)
{
	const struct files *files = file->files;

	if (len > files->file_max - file->len)
		return too_large(file, files->file_max, err);
	if (write_all(file->fd, data, len) != 0)
		return fail(file, strerror(errno), err);
	file->len += len;
	return 0;
}

/* Without replacing: some file systems know only one of the two. */
static int
rename_new(int folder_fd, const char *from, const char *to)
{
	if (renameat2(folder_fd, from, folder_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(folder_fd, from, folder_fd, to, 0) != 0)
		return -1;
	unlinkat(folder_fd, from, 0);
	return 0;
}

/* NAME, "NAME (2)", "NAME (3)": the first that is free, into file->name. */
static int
give_name(struct world_file *file)
{
	char wanted[NAME_MAX + 1];

	for (int n = 1; n <= NAMES_TRIED; n++) {
		if (n == 1)
			snprintf(wanted, sizeof(wanted), "%s", file->name);
		else
			snprintf(wanted, sizeof(wanted), "%s (%d)",
			    file->name, n);
		if (rename_new(file->folder_fd, file->temporary, wanted) == 0) {
			snprintf(file->temporary, sizeof(file->temporary),
			    "%s", wanted);
			return 0;
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

void
files_release(struct world_file *file)
{
	if (file->files != NULL) {
		if (file->previous != NULL)
			file->previous->next = file->next;
		else
			file->files->making = file->next;
		if (file->next != NULL)
			file->next->previous = file->previous;
	}
	if (file->fd >= 0)
		close(file->fd);
	if (file->folder_fd >= 0)
		close(file->folder_fd);
	free(file->path);
	free(file);
}

int
files_keep(struct world_file *file, char *name, size_t room,
    struct errbuf *err)
{
	int status = close(file->fd);

	/* Some file systems tell of a full disk only here. */
	file->fd = -1;
	if (status == 0)
		status = give_name(file);
	if (status != 0) {
		fail(file, strerror(errno), err);
		files_drop(file);
		return -1;
	}
	if (name != NULL)
		shown_name(file->folder, file->temporary, name, room);
	files_release(file);
	return 0;
}

void
files_drop(struct world_file *file)
{
	if (file == NULL)
		return;
	if (file->files != NULL)
		unlinkat(file->folder_fd, file->temporary, 0);
	files_release(file);
}


/* Files that are added to. */

static int
add_whole(const struct files *files, struct world_file *file,
    const void *data, size_t len, struct errbuf *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(file->fd, &st) != 0)
		return fail(file, strerror(errno), err);
	if (!S_ISREG(st.st_mode))
		return fail(file, "not a regular file", err);
	if ((uint64_t)st.st_size > files->file_max ||
	    len > files->file_max - (uint64_t)st.st_size)
		return too_large(file, files->file_max, err);
	n = write(file->fd, data, len);
	if (n == (ssize_t)len)
		return 0;
	/* What was written of it goes again. */
	fail(file, n < 0 ? strerror(errno) : strerror(ENOSPC), err);
	if (n > 0 && ftruncate(file->fd, st.st_size) != 0)
		fail(file, strerror(errno), err);
	return -1;
}

int
files_add(struct files *files, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err)
{
	struct world_file file = { .fd = -1 };
	int status = -1;

	set_names(&file, folder, name);
	file.folder_fd = open_folder(files, file.folder, err);
	if (file.folder_fd < 0)
		return -1;
	file.fd = openat(file.folder_fd, file.name, O_WRONLY | O_APPEND |
	    O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0666);
	if (file.fd < 0)
		fail(&file, strerror(errno), err);
	else
		status = add_whole(files, &file, data, len, err);
	if (file.fd >= 0 && close(file.fd) != 0 && status == 0)
		status = fail(&file, strerror(errno), err);
	close(file.folder_fd);
	return status;
}
