#include "chat/net/line_input.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { READ_BYTES = 4096 };

struct line_input {
	struct line_input_calls calls;
	struct event *event;
	int fd;
	size_t line_max;
	bool waits;		/* the loop says when there is something */
	bool held;
	bool at_end;		/* of the input; its last line may wait */
	bool ended;		/* told */
	bool skips;		/* the rest of a line that is too long */
	uint8_t read[READ_BYTES];
	size_t at, end;		/* of what was read and not yet handled */
	struct bytes line;
};

static void
update_event(struct line_input *in)
{
	const struct timeval now = { 0 };

	if (in->held || in->ended)
		event_del(in->event);
	else if (in->at < in->end || in->at_end || !in->waits)
		event_add(in->event, &now);
	else
		event_add(in->event, NULL);
}

/* Cleaned in place: nothing becomes longer. */
static size_t
clean(uint8_t *text, size_t len)
{
	size_t from = 0, to = 0;

	if (len > 0 && text[len - 1] == '\r')
		len--;
	while (from < len) {
		size_t n = utf8_printable(text + from, len - from);

		if (n == 0) {
			text[to++] = text[from++] == '\t' ? ' ' : '?';
			continue;
		}
		memmove(text + to, text + from, n);
		to += n;
		from += n;
	}
	text[to] = '\0';
	return to;
}

/* A line may be a password. */
static void
forget_line(struct line_input *in)
{
	if (in->line.data != NULL)
		explicit_bzero(in->line.data, in->line.len);
	in->line.len = 0;
}

static void
hand_over(struct line_input *in)
{
	size_t len = in->line.len;

	if (in->skips || bytes_reserve(&in->line, 1) == NULL ||
	    (len > in->line_max && in->line.data[len - 1] != '\r')) {
		in->skips = false;
		if (in->calls.too_long != NULL)
			in->calls.too_long(in->calls.context);
	} else {
		len = clean(in->line.data, len);
		in->calls.line(in->calls.context, (const char *)in->line.data,
		    len);
	}
	forget_line(in);
}

static void
add_to_line(struct line_input *in, const uint8_t *data, size_t len)
{
	/* A carriage return may stand behind the longest. */
	if (in->skips || in->line.len + len > in->line_max + 1 ||
	    bytes_append(&in->line, data, len) != 0)
		in->skips = true;
}

/* The lines in what was read, until it is held. */
static void
take_lines(struct line_input *in)
{
	while (in->at < in->end && !in->held) {
		uint8_t *data = in->read + in->at;
		size_t left = in->end - in->at;
		const uint8_t *newline = memchr(data, '\n', left);
		size_t len = newline == NULL ? left : (size_t)(newline - data);

		in->at += len + (newline != NULL);
		add_to_line(in, data, len);
		explicit_bzero(data, len);
		if (newline != NULL)
			hand_over(in);
	}
}

static void
end(struct line_input *in)
{
	if (in->line.len > 0 || in->skips)
		hand_over(in);
	if (in->held)
		return;
	in->ended = true;
	if (in->calls.ended != NULL)
		in->calls.ended(in->calls.context);
}

static void
read_more(struct line_input *in)
{
	ssize_t n = read(in->fd, in->read, sizeof(in->read));

	if (n > 0) {
		in->at = 0;
		in->end = (size_t)n;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		in->at_end = true;
	}
}

static void
on_ready(evutil_socket_t fd, short what, void *context)
{
	struct line_input *in = context;

	(void)fd;
	(void)what;
	if (in->at == in->end && !in->at_end)
		read_more(in);
	take_lines(in);
	if (in->at_end && !in->held)
		end(in);
	update_event(in);
}

/* Pipes, sockets and terminals can be waited for. */
static bool
can_wait(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	return S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd);
}

struct line_input *
line_input_open(struct event_base *base, int fd, size_t line_max,
    const struct line_input_calls *calls, struct errbuf *err)
{
	struct line_input *in = memory_array(1, sizeof(*in));

	if (in == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	in->calls = *calls;
	in->fd = fd;
	in->line_max = line_max;
	in->waits = can_wait(fd);
	in->event = event_new(base, in->waits ? fd : -1,
	    in->waits ? EV_READ : 0, on_ready, in);
	if (in->event == NULL) {
		errbuf_set(err, "out of memory");
		free(in);
		return NULL;
	}
	update_event(in);
	return in;
}

void
line_input_close(struct line_input *in)
{
	if (in == NULL)
		return;
	event_free(in->event);
	forget_line(in);
	bytes_reset(&in->line);
	explicit_bzero(in->read, sizeof(in->read));
	free(in);
}

void
line_input_hold(struct line_input *in, bool hold)
{
	in->held = hold;
	update_event(in);
}
