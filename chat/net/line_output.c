#include "chat/net/line_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

static int
open_again(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
line_output_init(struct line_output *out, int fd)
{
	struct stat st;
	int again = -1;

	*out = (struct line_output){ .fd = fd };
	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	out->is_socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode) || isatty(fd))
		again = open_again(fd);
	out->is_ours = again >= 0;
	if (out->is_ours)
		out->fd = again;
}

void
line_output_reset(struct line_output *out)
{
	if (out->is_ours)
		close(out->fd);
	*out = (struct line_output){ .fd = -1 };
}

/* The bytes of the line. */
static size_t
clean_line(char out[LINE_OUTPUT_BYTES], const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t left = strlen(text), len = 0;

	while (left > 0) {
		size_t n = utf8_printable(p, left);
		size_t step = n == 0 ? 1 : n;

		if (len + step > LINE_OUTPUT_BYTES - 1)
			break;
		if (n == 0)
			out[len] = '?';
		else
			memcpy(out + len, p, n);
		len += step;
		p += step;
		left -= step;
	}
	out[len++] = '\n';
	return len;
}

static bool
has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0 &&
	    (p.revents & (POLLERR | POLLNVAL)) == 0;
}

static ssize_t
put(const struct line_output *out, const char *data, size_t len)
{
	if (out->is_socket)
		return send(out->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!out->is_ours && !has_room(out->fd))
		return 0;
	return write(out->fd, data, len);
}

bool
line_output_write(struct line_output *out, const char *text)
{
	char line[1 + LINE_OUTPUT_BYTES] = "\n";
	size_t len = 1 + clean_line(line + 1, text), from = out->torn ? 0 : 1;
	ssize_t n;

	if (out->fd < 0)
		return true;
	/* What was torn stands alone. */
	n = put(out, line + from, len - from);
	out->error = n < 0 && errno != EAGAIN && errno != EINTR ? errno : 0;
	if (n > 0)
		out->torn = (size_t)n < len - from;
	return n == (ssize_t)(len - from);
}
