#include "analyzer/commands/plot_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_BYTES = 4096, COPY_BYTES = 64 * 1024 };

/* A header line is text.  Each kind of capture, and each compressed one, has a
 * byte that is none in its first line, or an empty first line. */
static bool
is_text(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			return i > 0;
		if ((bytes[i] < ' ' && bytes[i] != '\t' &&
		    bytes[i] != '\r') || bytes[i] == 0x7f)
			return false;
	}
	return n > 0;
}

static ssize_t
look(int fd, uint8_t *bytes)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = pread(fd, bytes + n, LOOK_BYTES - n, (off_t)n);
		if (got > 0)
			n += (size_t)got;
	} while ((got > 0 && n < LOOK_BYTES) || (got == -1 && errno == EINTR));
	return got == -1 ? -1 : (ssize_t)n;
}

/* What cannot be read is left for the reading of captures to tell. */
static bool
is_table(const char *path)
{
	uint8_t bytes[LOOK_BYTES];
	struct stat st;
	bool table = false;
	int fd;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t n = look(fd, bytes);

		table = n > 0 && is_text(bytes, (size_t)n);
		close(fd);
	}
	return table;
}

static int
copy(int from, int to)
{
	uint8_t bytes[COPY_BYTES];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		for (ssize_t done = 0, put; done < n; done += put) {
			put = write(to, bytes + done, (size_t)(n - done));
			if (put == -1 && errno == EINTR)
				put = 0;
			else if (put == -1)
				return -1;
		}
	}
	return 0;
}

/* Standard input is a file from now on, read from its beginning. */
static int
keep_stdin(const char *spool, struct errbuf *err)
{
	int fd;

	if (lseek(STDIN_FILENO, 0, SEEK_CUR) == 0)
		return 0;
	fd = open(spool, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0 && copy(STDIN_FILENO, fd) == 0 &&
	    lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) >= 0) {
		close(fd);
		return 0;
	}
	errbuf_set(err, "standard input: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
plot_source_find(const struct options *options, const char *spool, bool *table,
    bool *usage, struct errbuf *err)
{
	uint8_t bytes[LOOK_BYTES];
	ssize_t n;

	*table = *usage = false;
	for (size_t i = 0; options->input_count > 1 &&
	    i < options->input_count; i++) {
		if (!is_table(options->inputs[i]))
			continue;
		errbuf_set(err, "%s is a table, and is drawn alone",
		    options->inputs[i]);
		*usage = true;
		return -1;
	}
	if (options->input_count != 1)
		return 0;
	if (strcmp(options->inputs[0], "-") != 0) {
		*table = is_table(options->inputs[0]);
		return 0;
	}
	if (keep_stdin(spool, err) == -1)
		return -1;
	n = look(STDIN_FILENO, bytes);
	*table = n > 0 && is_text(bytes, (size_t)n);
	return 0;
}
