#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	COPY_BYTES = 64 * 1024,
	PATTERN_BYTES = 6,	/* at the end of the path, see mkostemp(3) */
};

struct scratch {
	int fd;
	pid_t owner;		/* who may write to it */
	uint64_t end;		/* of what the owner has written */
	char *path;		/* for messages only: it is unlinked */
};

static int
failure(const struct scratch *s, const char *what, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", s->path, what);
	return -1;
}

/* A new file in place of what s->fd was; that is the caller's still. */
static int
open_unlinked(struct scratch *s, struct errbuf *err)
{
	size_t len = strlen(s->path);

	memset(s->path + len - PATTERN_BYTES, 'X', PATTERN_BYTES);
	s->fd = mkostemp(s->path, O_CLOEXEC);
	if (s->fd == -1)
		return failure(s, strerror(errno), err);
	unlink(s->path);
	s->owner = getpid();
	return 0;
}

struct scratch *
scratch_open(struct errbuf *err)
{
	const char *dir = getenv("TMPDIR");
	struct scratch *s = calloc(1, sizeof(*s));

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	if (s == NULL || asprintf(&s->path, "%s/pcapstat-XXXXXX", dir) == -1) {
		errbuf_set(err, "%s: out of memory", dir);
		free(s);
		return NULL;
	}
	if (open_unlinked(s, err) == -1) {
		free(s->path);
		free(s);
		return NULL;
	}
	return s;
}

void
scratch_close(struct scratch *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s->path);
	free(s);
}

static int
write_all(struct scratch *s, uint64_t at, const void *data, size_t n,
    struct errbuf *err)
{
	const uint8_t *from = data;

	while (n > 0) {
		ssize_t done = pwrite(s->fd, from, n, (off_t)at);

		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return failure(s, strerror(errno), err);
		from += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

static bool
is_zero(const uint8_t *data, size_t n)
{
	return n == 0 || (data[0] == 0 && memcmp(data, data + 1, n - 1) == 0);
}

/* Holes stay holes.  What lies in one reads as zeros up to the end, which is
 * written in any case. */
static int
copy_all(struct scratch *from, struct scratch *to, uint8_t *block,
    struct errbuf *err)
{
	for (uint64_t at = 0; at < from->end; at += COPY_BYTES) {
		uint64_t left = from->end - at;
		size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;

		if (scratch_read(from, at, block, n, err) == -1)
			return -1;
		if ((n == left || !is_zero(block, n)) &&
		    write_all(to, at, block, n, err) == -1)
			return -1;
	}
	return 0;
}

/* Another process than the owner has come to write. */
static int
make_private(struct scratch *s, struct errbuf *err)
{
	struct scratch own = *s;
	uint8_t *block = malloc(COPY_BYTES);
	int status = -1;

	if (block == NULL)
		return failure(s, "out of memory", err);
	if (open_unlinked(&own, err) == 0) {
		status = copy_all(s, &own, block, err);
		close(status == 0 ? s->fd : own.fd);
		if (status == 0)
			*s = own;
	}
	free(block);
	return status;
}

int
scratch_write(struct scratch *s, uint64_t at, const void *data, size_t n,
    struct errbuf *err)
{
	if (s->owner != getpid() && make_private(s, err) == -1)
		return -1;
	if (at + n > s->end)
		s->end = at + n;
	return write_all(s, at, data, n, err);
}

int
scratch_read(const struct scratch *s, uint64_t at, void *data, size_t n,
    struct errbuf *err)
{
	uint8_t *to = data;

	while (n > 0) {
		ssize_t done = pread(s->fd, to, n, (off_t)at);

		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return failure(s, strerror(errno), err);
		if (done == 0)
			return failure(s, "shorter than what was written",
			    err);
		to += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

/* A child that has not been waited for may be one that reads the file. */
static bool
has_children(void)
{
	siginfo_t ignored;

	return waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void
scratch_give_back(struct scratch *s, uint64_t start, uint64_t end)
{
#ifdef FALLOC_FL_PUNCH_HOLE
	/* Only saves room: where it cannot be done, nothing is wrong. */
	if (start < end && s->owner == getpid() && !has_children())
		(void)fallocate(s->fd, FALLOC_FL_PUNCH_HOLE |
		    FALLOC_FL_KEEP_SIZE, (off_t)start, (off_t)(end - start));
#else
	(void)s;
	(void)start;
	(void)end;
	(void)has_children;
#endif
}
