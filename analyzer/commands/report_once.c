#include "analyzer/commands/report_once.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { ONCE_BYTES = 64 * 1024, ONCE_WAIT_MS = 100, PATH_BYTES = 32 };

struct report_once {
	const volatile sig_atomic_t *stop;
	pthread_t thread;
	int in;			/* -1: not open */
	int pipe[2];		/* -1 each, likewise */
	char path[PATH_BYTES];	/* of pipe[0] */
	struct sha256 hash;
	bool whole;		/* read to its end */
	uint8_t bytes[ONCE_BYTES];
};

bool
report_is_once(const struct input *input)
{
	struct stat st;

	return input->live == NULL && (strcmp(input->path, "-") == 0 ||
	    (stat(input->path, &st) == 0 && S_ISFIFO(st.st_mode)));
}

/* 0 at the end, -1 where it is to be stopped or cannot be read. */
static ssize_t
take(struct report_once *o)
{
	struct pollfd p = { .fd = o->in, .events = POLLIN };
	ssize_t n;

	do {
		while (!*o->stop && poll(&p, 1, ONCE_WAIT_MS) <= 0)
			;
		n = *o->stop ? -1 : read(o->in, o->bytes, ONCE_BYTES);
	} while (n == -1 && errno == EINTR && !*o->stop);
	return n;
}

/* Once nobody reads the pipe any more, as when the capture is damaged, the rest
 * is hashed all the same. */
static void
pass_on(struct report_once *o, size_t n)
{
	for (size_t at = 0; o->pipe[1] != -1 && at < n; ) {
		ssize_t put = write(o->pipe[1], o->bytes + at, n - at);

		if (put > 0) {
			at += (size_t)put;
		} else if (put == -1 && errno != EINTR) {
			close(o->pipe[1]);
			o->pipe[1] = -1;
		}
	}
}

static void *
work(void *context)
{
	struct report_once *o = context;
	ssize_t n;

	while ((n = take(o)) > 0) {
		sha256_add(&o->hash, o->bytes, (size_t)n);
		pass_on(o, (size_t)n);
	}
	o->whole = n == 0;
	if (o->pipe[1] != -1)
		close(o->pipe[1]);
	o->pipe[1] = -1;
	return NULL;
}

/* Without waiting for a writer: that is what the thread does. */
static int
open_input(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd != -1)
		fcntl(fd, F_SETFL, 0);
	return fd;
}

static void
release(struct report_once *o)
{
	if (o->in != -1)
		close(o->in);
	for (int i = 0; i < 2; i++)
		if (o->pipe[i] != -1)
			close(o->pipe[i]);
	free(o);
}

struct report_once *
report_once_begin(const struct input *input, struct input *instead,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	struct report_once *o = memory_array(1, sizeof(*o));

	if (o == NULL) {
		errbuf_set(err, "%s: out of memory", input->name);
		return NULL;
	}
	o->stop = stop;
	o->pipe[0] = o->pipe[1] = -1;
	o->in = open_input(input->path);
	sha256_init(&o->hash);
	if (o->in == -1 || pipe2(o->pipe, O_CLOEXEC) == -1 ||
	    pthread_create(&o->thread, NULL, work, o) != 0) {
		errbuf_set(err, "%s: %s", input->name, strerror(errno));
		release(o);
		return NULL;
	}
	snprintf(o->path, sizeof(o->path), "/proc/self/fd/%d", o->pipe[0]);
	*instead = *input;
	instead->path = o->path;
	return o;
}

void
report_once_end(struct report_once *o, struct report_file *file)
{
	if (o == NULL)
		return;
	close(o->pipe[0]);
	o->pipe[0] = -1;
	pthread_join(o->thread, NULL);
	file->known = o->whole;
	file->size_bytes = o->hash.len_bytes;
	sha256_finish(&o->hash, file->digest);
	release(o);
}
