#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * In packet mode each write is what one read gives, and what that has no room
 * for is lost.  Built for fuzzing, the reader's buffers are smaller than a
 * piece: they cut the input instead.
 */
#ifndef WITH_FUZZING
#define PIPE_MODE	O_DIRECT
#else
#define PIPE_MODE	0
#endif

enum {
	PIPE_PIECE = 4096,	/* a pipe's page */
	PIPE_PIECES = 16,	/* that it holds unless told otherwise */
	PIPE_LARGE = 1 << 20,	/* bytes; the most without privileges */
	PIPE_HEAD = 6,		/* read alone: the longest magic number */
};

void
fuzz_fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

uint64_t
fuzz_hash(const uint8_t *data, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);	/* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

struct splitmix
fuzz_chance(const uint8_t *data, size_t len)
{
	return (struct splitmix){ fuzz_hash(data, len) };
}

void
fuzz_check_line(const struct errbuf *err, const char *path)
{
	size_t len = strnlen(err->text, sizeof(err->text));
	size_t path_len = path == NULL ? 0 : strlen(path);

	FUZZ_CHECK(len > 0 && len < sizeof(err->text));
	FUZZ_CHECK(err->text[len - 1] != '.');
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK((unsigned char)err->text[i] >= ' ' &&
		    err->text[i] != 0x7f);
	if (path != NULL)
		FUZZ_CHECK(strncmp(err->text, path, path_len) == 0 &&
		    strncmp(err->text + path_len, ": ", 2) == 0);
}

static void
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n <= 0)
			fuzz_fail("write: %s", strerror(errno));
		data += n;
		len -= (size_t)n;
	}
}

static void
set_path(struct fuzz_path *p, int fd)
{
	p->fd = fd;
	snprintf(p->path, sizeof(p->path), "/proc/self/fd/%d", fd);
}

void
fuzz_path_file(struct fuzz_path *p, const uint8_t *data, size_t len)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		fuzz_fail("memfd_create: %s", strerror(errno));
	write_all(fd, data, len);
	set_path(p, fd);
}

/* How many of `left` bytes go into the next piece, so that the others still fit
 * into the other pieces. */
static size_t
choose_piece(size_t left, size_t pieces, struct splitmix *chance)
{
	size_t most = left < PIPE_PIECE ? left : PIPE_PIECE;
	size_t later = (pieces - 1) * PIPE_PIECE;
	size_t least = left > later ? left - later : 1;

	return least +
	    splitmix_below(chance, (uint32_t)(most - least + 1));
}

static void
write_pieces(int fd, const uint8_t *data, size_t len, size_t pieces,
    struct splitmix *chance)
{
	size_t at, n;

	for (at = 0; at < len; at += n, pieces--) {
		if (at < PIPE_HEAD && len - at > PIPE_HEAD - at)
			n = choose_piece(PIPE_HEAD - at, pieces, chance);
		else
			n = choose_piece(len - at, pieces, chance);
		write_all(fd, data + at, n);
	}
}

void
fuzz_path_pipe(struct fuzz_path *p, const uint8_t *data, size_t len,
    struct splitmix *chance)
{
	size_t pieces = PIPE_PIECES;
	int ends[2];

	FUZZ_CHECK(len <= FUZZ_PIPE_MAX);
	if (pipe2(ends, PIPE_MODE | O_NONBLOCK | O_CLOEXEC) < 0)
		fuzz_fail("pipe2: %s", strerror(errno));
	/* Some pieces more than it takes, since six may hold one byte each. */
	if (len / PIPE_PIECE + PIPE_HEAD + 1 > pieces) {
		if (fcntl(ends[1], F_SETPIPE_SZ, PIPE_LARGE) < 0)
			fuzz_fail("F_SETPIPE_SZ: %s", strerror(errno));
		pieces = PIPE_LARGE / PIPE_PIECE;
	}
	write_pieces(ends[1], data, len, pieces, chance);
	close(ends[1]);
	set_path(p, ends[0]);
}

void
fuzz_path_close(struct fuzz_path *p)
{
	close(p->fd);
}
