#include "analyzer/capture/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/source_codec.h"

enum {
	SOURCE_MAGIC_BYTES = 6,		/* the longest, xz's */
	PIPE_WAIT_MS = 100,
#ifndef WITH_FUZZING
	SOURCE_BUFFER_BYTES = 128 << 10,	/* of compressed input */
#else
	SOURCE_BUFFER_BYTES = 64,
#endif
};

/* How a member begins; the low bits of the first byte may be free. */
struct magic {
	uint8_t length;			/* 0: no such magic */
	uint8_t first_mask;
	uint8_t bytes[SOURCE_MAGIC_BYTES];
};

struct format {
	const char *name;
	const char *library;
	const struct source_codec *codec;	/* NULL: not in this build */
	/* Zeros after a member are its padding when they are a multiple of
	 * this many (tapes and block devices leave them); 0: not allowed. */
	unsigned padding;
	struct magic magics[2];
};

#ifdef HAVE_ZLIB
#define CODEC_GZIP (&source_gzip)
#else
#define CODEC_GZIP NULL
#endif
#ifdef HAVE_ZSTD
#define CODEC_ZSTD (&source_zstd)
#else
#define CODEC_ZSTD NULL
#endif
#ifdef HAVE_LZ4
#define CODEC_LZ4 (&source_lz4)
#else
#define CODEC_LZ4 NULL
#endif
#ifdef HAVE_LZMA
#define CODEC_XZ (&source_xz)
#else
#define CODEC_XZ NULL
#endif

/* zstd and lz4 share their skippable frames; a file that begins with one is
 * zstd's, as pzstd writes them. */
#define SKIPPABLE { 4, 0xf0, { 0x50, 0x2a, 0x4d, 0x18 } }

static const struct format formats[] = {
	{ "gzip", "zlib", CODEC_GZIP, 1, {
		{ 2, 0xff, { 0x1f, 0x8b } } } },
	{ "zstd", "libzstd", CODEC_ZSTD, 0, {
		{ 4, 0xff, { 0x28, 0xb5, 0x2f, 0xfd } }, SKIPPABLE } },
	{ "lz4", "liblz4", CODEC_LZ4, 0, {
		{ 4, 0xff, { 0x04, 0x22, 0x4d, 0x18 } }, SKIPPABLE } },
	{ "xz", "liblzma", CODEC_XZ, 4, {
		{ 6, 0xff, { 0xfd, '7', 'z', 'X', 'Z', 0 } } } },
};

struct source {
	char *name;
	int fd;
	bool standard_input;	/* not ours to close */
	bool is_pipe;			/* or something else that may wait */
	bool tells_idle;
	const volatile sig_atomic_t *stop;	/* NULL: nobody asks */
	uint64_t offset, size;
	const struct format *format;	/* NULL: plain */
	void *codec;
	bool between;			/* members */
	uint64_t zeros;			/* padding between them so far */
	const uint8_t *in;		/* read and not yet used: in head or, */
	size_t in_left;			/* where compressed, in buffer */
	uint8_t *buffer;
	enum source_status final;	/* SOURCE_OK: not yet */
	struct errbuf fault;
	uint8_t head[SOURCE_MAGIC_BYTES];
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
is_stopped(const struct source *s)
{
	return s->stop != NULL && *s->stop;
}

/* A pipe may stay silent for ever, and a signal may come just before the
 * waiting begins or to another thread: so nobody waits for long.  False: the
 * caller wants to know that nothing has come. */
static bool
wait_for_pipe(const struct source *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	while (!is_stopped(s) && poll(&p, 1, PIPE_WAIT_MS) == 0)
		if (s->tells_idle)
			return false;
	return true;
}

/* One read(2). */
static enum source_status
take(struct source *s, uint8_t *at, size_t room, size_t *n)
{
	ssize_t got;

	*n = 0;
	if (s->is_pipe && (s->stop != NULL || s->tells_idle) &&
	    !wait_for_pipe(s))
		return SOURCE_IDLE;
	do {
		if (is_stopped(s) && s->is_pipe) {
			errno = EINTR;
			got = -1;
			break;
		}
		got = read(s->fd, at, room);
	} while (got < 0 && errno == EINTR);
	*n = got > 0 ? (size_t)got : 0;
	s->offset += *n;
	if (got > 0)
		return SOURCE_OK;
	if (got < 0) {
		errbuf_set(&s->fault, "%s: offset %" PRIu64 ": %s", s->name,
		    s->offset, strerror(errno));
		return SOURCE_FAILED;
	}
	if (s->offset < s->size) {
		errbuf_set(&s->fault, "%s: the file shrank while it was read: "
		    "%" PRIu64 " of %" PRIu64 " bytes", s->name, s->offset,
		    s->size);
		return SOURCE_CUT;
	}
	return SOURCE_END;
}

static enum source_status
read_plain(struct source *s, uint8_t *at, size_t room, size_t *n)
{
	if (s->in_left == 0)
		return take(s, at, room, n);
	*n = smaller(s->in_left, room);
	memcpy(at, s->in, *n);
	s->in += *n;
	s->in_left -= *n;
	return SOURCE_OK;
}

/* More compressed input behind what is left of it. */
static enum source_status
refill(struct source *s)
{
	enum source_status status;
	size_t n;

	assert(s->in_left < SOURCE_BUFFER_BYTES);
	memmove(s->buffer, s->in, s->in_left);
	s->in = s->buffer;
	status = take(s, s->buffer + s->in_left,
	    SOURCE_BUFFER_BYTES - s->in_left, &n);
	s->in_left += n;
	return status;
}

/* Puts path, offset in the file and compression in front of `why`. */
static enum source_status
fault(struct source *s, enum source_status status, const char *why)
{
	errbuf_set(&s->fault, "%s: offset %" PRIu64 ": %s: %s", s->name,
	    s->offset - s->in_left, s->format->name, why);
	return status;
}

static enum source_status
garbage(struct source *s)
{
	errbuf_set(&s->fault, "%s: offset %" PRIu64 ": bytes after the end of "
	    "the %s data", s->name, s->offset - s->in_left, s->format->name);
	return SOURCE_DAMAGED;
}

static bool
begins(const struct magic *magic, const uint8_t *bytes, size_t n)
{
	return magic->length != 0 && n != 0 &&
	    (bytes[0] & magic->first_mask) == magic->bytes[0] &&
	    memcmp(bytes + 1, magic->bytes + 1,
	    smaller(n, magic->length) - 1) == 0;
}

/* A member that the file's end cuts in its first bytes is one, too. */
static bool
is_member(const struct format *format, const uint8_t *bytes, size_t n)
{
	return begins(&format->magics[0], bytes, n) ||
	    begins(&format->magics[1], bytes, n);
}

/* Passes over zeros and counts them. */
static enum source_status
skip_zeros(struct source *s)
{
	enum source_status status = SOURCE_OK;

	for (; status == SOURCE_OK; status = refill(s))
		for (; s->in_left > 0; s->in_left--, s->in++, s->zeros++)
			if (*s->in != 0)
				return SOURCE_OK;
	return status;
}

/* What comes next is not known. */
static bool
is_broken_off(enum source_status status)
{
	return status == SOURCE_IDLE || status == SOURCE_CUT ||
	    status == SOURCE_FAILED;
}

/* Between two members, or behind the last one; goes on where it was idle. */
static enum source_status
next_member(struct source *s)
{
	unsigned unit = s->format->padding;
	enum source_status status = SOURCE_OK;

	if (unit != 0) {
		status = skip_zeros(s);
		if (!is_broken_off(status) && s->zeros % unit != 0)
			return garbage(s);
	}
	while (status == SOURCE_OK && s->in_left < SOURCE_MAGIC_BYTES)
		status = refill(s);
	if (is_broken_off(status))
		return status;
	if (s->in_left == 0)
		return SOURCE_END;
	if (!is_member(s->format, s->in, s->in_left))
		return garbage(s);
	if (s->format->codec->restart(s->codec) < 0)
		return fault(s, SOURCE_FAILED, "out of memory");
	s->between = false;
	return SOURCE_OK;
}

/* Inside a member. */
static enum source_status
step(struct source *s, struct codec_io *io)
{
	size_t in_before = s->in_left, room_before = io->room;
	enum source_status status;
	enum codec_status code;
	struct errbuf why;

	io->in = s->in;
	io->in_left = s->in_left;
	code = s->format->codec->step(s->codec, io, &why);
	s->in = io->in;
	s->in_left = io->in_left;
	switch (code) {
	case CODEC_DAMAGED:
		return fault(s, SOURCE_DAMAGED, why.text);
	case CODEC_FAILED:
		return fault(s, SOURCE_FAILED, why.text);
	case CODEC_MEMBER:
		s->between = true;
		s->zeros = 0;
		return SOURCE_OK;
	case CODEC_OK:
		break;
	}
	if (s->in_left != in_before || io->room != room_before)
		return SOURCE_OK;
	status = refill(s);
	return status != SOURCE_END ? status :
	    fault(s, SOURCE_CUT, "the data ends too early");
}

static enum source_status
read_compressed(struct source *s, uint8_t *at, size_t room, size_t *n)
{
	struct codec_io io = { .out = at, .room = room };
	enum source_status status;

	do
		status = s->between ? next_member(s) : step(s, &io);
	while (status == SOURCE_OK && io.room == room);
	*n = room - io.room;
	if (*n == 0)
		return status;
	/* A fault is told after the bytes before it. */
	if (status != SOURCE_IDLE)
		s->final = status;
	return SOURCE_OK;
}

enum source_status
source_read(struct source *s, uint8_t *at, size_t room, size_t *n,
    struct errbuf *err)
{
	enum source_status status = s->final;

	assert(room > 0);
	*n = 0;
	if (status == SOURCE_OK)
		status = s->format != NULL ?
		    read_compressed(s, at, room, n) :
		    read_plain(s, at, room, n);
	if (status == SOURCE_OK || status == SOURCE_IDLE)
		return status;
	s->final = status;
	if (status != SOURCE_END)
		*err = s->fault;
	return status;
}

static const struct format *
find_format(const uint8_t *bytes, size_t n)
{
	size_t i, k;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		for (k = 0; k < 2; k++)
			if (n >= formats[i].magics[k].length &&
			    begins(&formats[i].magics[k], bytes, n))
				return &formats[i];
	return NULL;
}

static int
failed(const struct source *s, const char *why, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", s->name, why);
	return -1;
}

/* Opens the file and learns what it is. */
static int
open_file(struct source *s, const char *path, struct errbuf *err)
{
	struct stat st;
	off_t at;

	s->standard_input = strcmp(path, "-") == 0;
	s->fd = s->standard_input ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    (s->stop != NULL ? O_NONBLOCK : 0));
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return failed(s, strerror(errno), err);
	/* That was only for open(2), which waits for a FIFO's writer, and is
	 * not to be stopped there; wait_for_pipe() waits for it instead. */
	if (s->stop != NULL && !s->standard_input &&
	    fcntl(s->fd, F_SETFL, 0) < 0)
		return failed(s, strerror(errno), err);
	if (S_ISDIR(st.st_mode))
		return failed(s, "is a folder", err);
	s->is_pipe = !S_ISREG(st.st_mode);
	if (s->is_pipe)
		return 0;
	/* Standard input may be a file that somebody has read a part of. */
	at = lseek(s->fd, 0, SEEK_CUR);
	s->offset = at > 0 ? (uint64_t)at : 0;
	s->size = (uint64_t)st.st_size;
	posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

/* The first bytes of a file without taking them; -1 where it cannot seek. */
static ssize_t
peek_head(struct source *s)
{
	ssize_t got;

	do
		got = pread(s->fd, s->head, sizeof(s->head), (off_t)s->offset);
	while (got < 0 && errno == EINTR);
	return got;
}

/* The first bytes of a pipe, kept to be delivered first. */
static int
take_head(struct source *s, struct errbuf *err)
{
	enum source_status status = SOURCE_OK;
	size_t n;

	for (s->in = s->head; s->in_left < sizeof(s->head); s->in_left += n) {
		status = take(s, s->head + s->in_left,
		    sizeof(s->head) - s->in_left, &n);
		if (status != SOURCE_OK)
			break;
	}
	if (status == SOURCE_FAILED) {
		*err = s->fault;
		return -1;
	}
	return 0;
}

static int
detect(struct source *s, struct errbuf *err)
{
	ssize_t peeked = peek_head(s);

	if (peeked < 0 && take_head(s, err) < 0)
		return -1;
	s->format = find_format(s->head,
	    peeked < 0 ? s->in_left : (size_t)peeked);
	return 0;
}

static int
open_codec(struct source *s, struct errbuf *err)
{
	const struct format *format = s->format;

	if (format->codec == NULL) {
		errbuf_set(err, "%s: is compressed with %s, and this program "
		    "was built without %s", s->name, format->name,
		    format->library);
		return -1;
	}
	s->buffer = malloc(SOURCE_BUFFER_BYTES);
	s->codec = format->codec->open();
	if (s->buffer == NULL || s->codec == NULL)
		return failed(s, "out of memory", err);
	memcpy(s->buffer, s->head, s->in_left);
	s->in = s->buffer;
	return 0;
}

struct source *
source_open(const char *path, struct errbuf *err)
{
	return source_open_stoppable(path, NULL, err);
}

struct source *
source_open_stoppable(const char *path, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		goto fail_memory;
	s->fd = -1;
	s->stop = stop;
	s->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (s->name == NULL)
		goto fail_memory;
	if (open_file(s, path, err) < 0 || detect(s, err) < 0 ||
	    (s->format != NULL && open_codec(s, err) < 0)) {
		source_close(s);
		return NULL;
	}
	return s;

fail_memory:
	errbuf_set(err, "%s: out of memory", path);
	free(s);
	return NULL;
}

void
source_set_idle(struct source *s)
{
	s->tells_idle = true;
}

const char *
source_compression(const struct source *s)
{
	return s->format != NULL ? s->format->name : "";
}

const char *
source_name(const struct source *s)
{
	return s->name;
}

uint64_t
source_offset(const struct source *s)
{
	return s->offset;
}

uint64_t
source_size(const struct source *s)
{
	return s->size;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	if (s->codec != NULL)
		s->format->codec->close(s->codec);
	if (s->fd >= 0 && !s->standard_input)
		close(s->fd);
	free(s->buffer);
	free(s->name);
	free(s);
}
