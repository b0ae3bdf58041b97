#include "analyzer/capture/ring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/capture/writer.h"
#include "base/bytes.h"
#include "base/memory.h"

enum {
	BLOCK_BYTES = 32,	/* of an enhanced packet, without its data */
	FLUSH_BYTES = 256 * 1024,
};

#define ENDING ".pcapng"

struct ring {
	struct sink sink;	/* first: where the writer's bytes come */
	char *prefix;
	struct ring_options options;
	struct reader_classic header;
	uint64_t number;	/* of the file; the first is 1 */
	char *path;
	int fd;			/* -1: writing has failed */
	struct writer *writer;
	uint64_t file_bytes;	/* with what waits */
	uint64_t whole_bytes;	/* that were written in full */
	struct bytes waiting;
};

static char *
path_of(const struct ring *r, uint64_t number)
{
	char *path;

	return asprintf(&path, "%s-%05llu" ENDING, r->prefix,
	    (unsigned long long)number) < 0 ? NULL : path;
}

static int
no_memory(const struct ring *r, struct errbuf *err)
{
	errbuf_set(err, "%s: out of memory", r->prefix);
	return -1;
}

/* The writer's way: bytes wait until a batch is done. */
static int
keep(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct ring *r = (struct ring *)(void *)sink;

	if (bytes_append(&r->waiting, data, n) == -1)
		return no_memory(r, err);
	r->file_bytes += n;
	return 0;
}

/* What waits goes to the file, or nothing of it does. */
static int
flush(struct ring *r, struct errbuf *err)
{
	size_t done = 0;

	while (done < r->waiting.len) {
		ssize_t n = write(r->fd, r->waiting.data + done,
		    r->waiting.len - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			errbuf_set(err, "%s: %s", r->path, strerror(errno));
			/* Shortening needs no room. */
			(void)!ftruncate(r->fd, (off_t)r->whole_bytes);
			return -1;
		}
		done += (size_t)n;
	}
	r->whole_bytes += done;
	r->waiting.len = 0;
	return 0;
}

/* The file is as it is to stay. */
static int
end_file(struct ring *r, struct errbuf *err)
{
	int status = flush(r, err);

	if (close(r->fd) == -1 && status == 0) {
		errbuf_set(err, "%s: %s", r->path, strerror(errno));
		status = -1;
	}
	r->fd = -1;
	writer_free(r->writer);
	r->writer = NULL;
	return status;
}

/* Without its header it would be no capture. */
static void
drop_file(struct ring *r)
{
	close(r->fd);
	r->fd = -1;
	writer_free(r->writer);
	r->writer = NULL;
	(void)unlink(r->path);
	r->number--;
}

static int
begin_file(struct ring *r, struct errbuf *err)
{
	char *path = path_of(r, r->number + 1);

	if (path == NULL)
		return no_memory(r, err);
	r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (r->fd == -1) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		free(path);
		return -1;
	}
	free(r->path);
	r->path = path;
	r->number++;
	r->file_bytes = r->whole_bytes = 0;
	r->waiting.len = 0;
	r->writer = writer_new(WRITER_PCAPNG, r->path, 0, &r->sink, err);
	/* A file without packets is a capture, too. */
	if (r->writer != NULL &&
	    writer_classic(r->writer, &r->header, err) == 0 &&
	    flush(r, err) == 0)
		return 0;
	drop_file(r);
	return -1;
}

/* So that there is room for one more. */
static void
remove_oldest(const struct ring *r)
{
	char *path;

	if (r->number < r->options.files)
		return;
	path = path_of(r, r->number + 1 - r->options.files);
	if (path != NULL)
		(void)unlink(path);
	free(path);
}

/* Does the name behind the prefix say that a ring has made it? */
static bool
is_numbered(const char *rest)
{
	size_t digits;

	if (*rest++ != '-')
		return false;
	digits = strspn(rest, "0123456789");
	return digits >= 5 && strcmp(rest + digits, ENDING) == 0;
}

/* Files of an earlier run would stand in the way some time. */
static int
check_folder(const struct ring *r, struct errbuf *err)
{
	const char *slash = strrchr(r->prefix, '/');
	const char *base = slash == NULL ? r->prefix : slash + 1;
	char *folder = slash == NULL ? strdup(".") : slash == r->prefix ?
	    strdup("/") : strndup(r->prefix, (size_t)(slash - r->prefix));
	DIR *dir = folder == NULL ? NULL : opendir(folder);
	const struct dirent *entry;
	int status = 0;

	if (dir == NULL) {
		errbuf_set(err, "%s: %s", folder == NULL ? r->prefix : folder,
		    strerror(errno));
		status = -1;
	}
	while (status == 0 && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, base, strlen(base)) == 0 &&
		    is_numbered(entry->d_name + strlen(base))) {
			errbuf_set(err, "%.*s%s: is there already; move it "
			    "away, or choose another --ring-prefix",
			    (int)(base - r->prefix), r->prefix,
			    entry->d_name);
			status = -1;
		}
	if (dir != NULL)
		closedir(dir);
	free(folder);
	return status;
}

struct ring *
ring_open(const struct ring_options *options, struct errbuf *err)
{
	struct ring *r = memory_array(1, sizeof(*r));

	if (r != NULL)
		r->prefix = strdup(options->prefix);
	if (r == NULL || r->prefix == NULL) {
		errbuf_set(err, "%s: out of memory", options->prefix);
		free(r);
		return NULL;
	}
	r->sink.write = keep;
	r->options = *options;
	r->options.prefix = r->prefix;
	r->header = (struct reader_classic){ .snaplen = options->snaplen,
	    .link_field = options->link_type,
	    .ts_digits = options->ts_digits };
	r->fd = -1;
	if (check_folder(r, err) == 0 && begin_file(r, err) == 0)
		return r;
	ring_close(r);
	return NULL;
}

/* One more, in this file or the next one. */
static int
add(struct ring *r, const struct frame *frame, struct errbuf *err)
{
	uint64_t bytes = BLOCK_BYTES + ((uint64_t)frame->cap_len + 3) / 4 * 4;

	if (writer_packets(r->writer) > 0 &&
	    r->file_bytes + bytes > r->options.file_bytes) {
		if (end_file(r, err) == -1)
			return -1;
		remove_oldest(r);
		if (begin_file(r, err) == -1)
			return -1;
	}
	if (writer_frame(r->writer, frame, NULL, err) == -1)
		return -1;
	return r->waiting.len < FLUSH_BYTES ? 0 : flush(r, err);
}

int
ring_add(struct ring *r, const struct frame *frames, size_t n,
    struct errbuf *err)
{
	struct errbuf ignored;
	int status = 0;

	if (r->fd == -1)
		return 0;
	for (size_t i = 0; i < n && status == 0; i++)
		status = add(r, &frames[i], err);
	if (status == 0)
		status = flush(r, err);
	if (status == -1 && r->fd != -1) {
		r->waiting.len = 0;
		end_file(r, &ignored);
	}
	return status;
}

const char *
ring_path(const struct ring *r)
{
	return r->path;
}

uint64_t
ring_files(const struct ring *r)
{
	return r->number;
}

void
ring_remove(struct ring *r)
{
	uint64_t n = r->options.files < r->number ? r->options.files :
	    r->number;

	for (uint64_t i = 0; i < n; i++) {
		char *path = path_of(r, r->number - i);

		if (path != NULL)
			(void)unlink(path);
		free(path);
	}
}

void
ring_close(struct ring *r)
{
	struct errbuf ignored;

	if (r == NULL)
		return;
	if (r->fd != -1)
		end_file(r, &ignored);
	writer_free(r->writer);
	bytes_reset(&r->waiting);
	free(r->path);
	free(r->prefix);
	free(r);
}
