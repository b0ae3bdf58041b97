#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/replace.h"

enum { BUFFER_BYTES = 64 * 1024 };

struct outfile {
	struct sink sink;	/* first: the sink is the outfile */
	char *path;		/* for messages */
	int fd;
	bool replaces;		/* fd is the replacement's, else our own */
	struct replacement replacement;
	int error;		/* errno of the first failure, or 0 */
	size_t used;
	char buffer[BUFFER_BYTES];
};

static int
fail(const struct outfile *file, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", file->path, strerror(file->error));
	return -1;
}

/* Sets file->error on failure. */
static int
write_all(struct outfile *file, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t written = write(file->fd, data, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			file->error = errno;
			return -1;
		}
		data += written;
		n -= (size_t)written;
	}
	return 0;
}

static int
flush(struct outfile *file)
{
	size_t used = file->used;

	if (file->error != 0)
		return -1;
	file->used = 0;
	return write_all(file, file->buffer, used);
}

static int
outfile_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct outfile *file = (struct outfile *)sink;

	if (n > BUFFER_BYTES - file->used && flush(file) != 0)
		return fail(file, err);
	if (file->error != 0)
		return fail(file, err);
	if (n >= BUFFER_BYTES)
		return write_all(file, data, n) == 0 ? 0 : fail(file, err);
	if (n > 0)
		memcpy(file->buffer + file->used, data, n);
	file->used += n;
	return 0;
}

/* Also under another name, as /dev/stdout: a file that standard output is
 * appended to must not be replaced. */
static bool
is_standard_output(const char *path)
{
	struct stat named, open;

	return strcmp(path, "-") == 0 ||
	    (stat(path, &named) == 0 && fstat(STDOUT_FILENO, &open) == 0 &&
	    named.st_dev == open.st_dev && named.st_ino == open.st_ino);
}

static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Opens what cannot be replaced.  Standard output is duplicated, so that
 * closing tells of errors without taking it from others. */
static int
open_direct(struct outfile *file, bool is_stdout, struct errbuf *err)
{
	file->fd = is_stdout ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) :
	    open(file->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (file->fd >= 0)
		return 0;
	file->error = errno;
	return fail(file, err);
}

static int
open_replacing(struct outfile *file, struct errbuf *err)
{
	if (replacement_begin(&file->replacement, file->path, false,
	    err) != 0)
		return -1;
	file->replaces = true;
	file->fd = file->replacement.fd;
	return 0;
}

struct outfile *
outfile_open(const char *path, struct errbuf *err)
{
	bool is_stdout = is_standard_output(path);
	struct outfile *file = malloc(sizeof(*file));
	int status;

	if (file == NULL)
		goto fail_memory;
	file->sink.write = outfile_write;
	file->replaces = false;
	file->error = 0;
	file->used = 0;
	file->path = strdup(strcmp(path, "-") == 0 ? "standard output" : path);
	if (file->path == NULL)
		goto fail_file;
	if (is_stdout || is_special(path))
		status = open_direct(file, is_stdout, err);
	else
		status = open_replacing(file, err);
	if (status == 0)
		return file;

	free(file->path);
	free(file);
	return NULL;

fail_file:
	free(file);
fail_memory:
	errbuf_set(err, "%s: out of memory", path);
	return NULL;
}

int
outfile_call(struct outfile *file, const char *name, struct errbuf *err)
{
	char *path = strdup(name);

	if (path == NULL) {
		errbuf_set(err, "%s: out of memory", name);
		return -1;
	}
	free(file->path);
	file->path = path;
	return 0;
}

struct sink *
outfile_sink(struct outfile *file)
{
	return &file->sink;
}

int
outfile_flush(struct outfile *file, struct errbuf *err)
{
	return flush(file) == 0 ? 0 : fail(file, err);
}

bool
outfile_is_new(const struct outfile *file)
{
	return file->replaces;
}

bool
outfile_reader_left(const struct outfile *file)
{
	return file->error == EPIPE;
}

static int
close_replacing(struct outfile *file, bool keep, struct errbuf *err)
{
	if (keep && file->error == 0)
		return replacement_commit(&file->replacement, err);
	replacement_abandon(&file->replacement);
	return keep ? fail(file, err) : 0;
}

static int
close_direct(struct outfile *file, bool keep, struct errbuf *err)
{
	if (close(file->fd) != 0 && file->error == 0)
		file->error = errno;
	return keep && file->error != 0 ? fail(file, err) : 0;
}

int
outfile_close(struct outfile *file, bool keep, struct errbuf *err)
{
	int status;

	if (file == NULL)
		return 0;
	if (keep)
		flush(file);
	status = file->replaces ? close_replacing(file, keep, err) :
	    close_direct(file, keep, err);
	free(file->path);
	free(file);
	return status;
}

/* One folder; 0 when it is there already. */
static int
make_folder(const char *path)
{
	struct stat st;
	int error;

	if (mkdir(path, 0777) == 0)
		return 0;
	error = errno;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	errno = error == EEXIST ? ENOTDIR : error;
	return -1;
}

/* Each folder above, then the path itself; it is cut at each slash in turn. */
static int
make_folders(char *path)
{
	for (char *at = path; *at != '\0'; at++) {
		int status;

		if (*at != '/' || at == path)
			continue;
		*at = '\0';
		status = make_folder(path);
		*at = '/';
		if (status != 0)
			return -1;
	}
	return make_folder(path);
}

int
outfile_mkdirs(const char *folder, struct errbuf *err)
{
	char *path = strdup(folder);
	int status = path == NULL ? -1 : make_folders(path);

	if (status != 0)
		errbuf_set(err, "%s: %s", folder, strerror(errno));
	free(path);
	return status;
}
