#include "base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 4096 };

static int
read_all(int fd, const char *path, size_t most, struct bytes *out,
    struct errbuf *err)
{
	size_t begin = out->len;

	for (;;) {
		uint8_t *at = bytes_reserve(out, READ_BYTES);
		ssize_t n = at == NULL ? -1 : read(fd, at, READ_BYTES);

		if (at == NULL)
			errbuf_set(err, "%s: out of memory", path);
		else if (n == -1)
			errbuf_set(err, "%s: %s", path, strerror(errno));
		if (n == 0)
			return 0;
		if (n < 0)
			return -1;
		out->len += (size_t)n;
		if (out->len - begin > most) {
			errbuf_set(err, "%s: longer than %zu bytes", path,
			    most);
			return -1;
		}
	}
}

int
infile_read(const char *path, size_t most, struct bytes *out,
    struct errbuf *err)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd == -1) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	result = read_all(fd, path, most, out, err);
	if (!is_input)
		close(fd);
	return result;
}
