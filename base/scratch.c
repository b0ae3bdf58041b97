#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scratch {
	int fd;
	char *path;		/* for messages only: it is unlinked */
};

static int
failure(const struct scratch *s, const char *what, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", s->path, what);
	return -1;
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
	s->fd = mkostemp(s->path, O_CLOEXEC);
	if (s->fd == -1) {
		failure(s, strerror(errno), err);
		free(s->path);
		free(s);
		return NULL;
	}
	unlink(s->path);
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

int
scratch_write(struct scratch *s, uint64_t at, const void *data, size_t n,
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
