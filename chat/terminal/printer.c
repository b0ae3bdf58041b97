#include "chat/terminal/printer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/wire/chat_text.h"

static const struct {
	int fd;
	const char *prefix;
	const char *colour;	/* "": none */
} kinds[] = {
	[SHOW_MESSAGE] = { STDOUT_FILENO, "", "" },
	[SHOW_NOTICE] = { STDOUT_FILENO, "", "\033[36m" },
	[SHOW_ERROR] = { STDERR_FILENO, "labchat: ", "\033[31m" },
};

static void
tell_broken(evutil_socket_t fd, short what, void *context)
{
	const struct printer *p = context;

	(void)fd;
	(void)what;
	p->calls->failed(p->calls->context, p->why);
}

static bool
wants_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	/* https://no-color.org: set, and not empty. */
	return (no == NULL || *no == '\0') && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0;
}

int
printer_init(struct printer *p, struct event_base *base,
    const struct user_calls *calls, struct errbuf *err)
{
	*p = (struct printer){ .calls = calls, .colours = wants_colours() };
	p->broken = event_new(base, -1, 0, tell_broken, p);
	if (p->broken == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

void
printer_reset(struct printer *p)
{
	if (p->broken != NULL)
		event_free(p->broken);
	bytes_reset(&p->line);
	*p = (struct printer){ .calls = NULL };
}

static int
add_text(struct printer *p, const char *text)
{
	return bytes_append(&p->line, text, strlen(text));
}

/* One line as it is written: a colour ends with its line, so that nothing that
 * other programs print is tinted. */
static int
add_line(struct printer *p, enum show kind, const uint8_t *line, size_t len)
{
	bool colour = p->colours && kinds[kind].colour[0] != '\0' &&
	    isatty(kinds[kind].fd);

	if (colour && add_text(p, kinds[kind].colour) == -1)
		return -1;
	if (add_text(p, kinds[kind].prefix) == -1 ||
	    bytes_append(&p->line, line, len) == -1)
		return -1;
	if (colour && add_text(p, "\033[0m") == -1)
		return -1;
	return add_text(p, "\n");
}

static int
add_lines(struct printer *p, enum show kind, const uint8_t *text, size_t len)
{
	const uint8_t *newline;

	while (len > 0 && (newline = memchr(text, '\n', len)) != NULL) {
		size_t n = (size_t)(newline - text);

		if (add_line(p, kind, text, n) == -1)
			return -1;
		text += n + 1;
		len -= n + 1;
	}
	return add_line(p, kind, text, len);
}

/*
 * Waits for whoever reads.  That can take for ever, and the loop, which knows
 * what SIGTERM means here, stands still: so the signal ends the program itself
 * then.  A terminal has to be given back first, and its reader is the user.
 */
static void
wait_for_reader(int fd)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };
	struct pollfd wait = { fd, POLLOUT, 0 };
	struct sigaction old[SIGNALS], ends = { .sa_handler = SIG_DFL };

	if (poll(&wait, 1, 0) != 0)
		return;
	if (isatty(fd)) {
		poll(&wait, 1, -1);
		return;
	}
	for (int i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &ends, NULL);
	}
	poll(&wait, 1, -1);
	for (int i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old[i], NULL);
}

/* All of it, also where somebody made the descriptor non-blocking.  A pipe that
 * has room takes a piece of PIPE_BUF without waiting. */
static int
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n;

		wait_for_reader(fd);
		n = write(fd, data, len < PIPE_BUF ? len : PIPE_BUF);
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno != EINTR && errno != EAGAIN) {
			return -1;
		}
	}
	return 0;
}

static void
break_down(struct printer *p, const char *why)
{
	if (p->why != NULL)
		return;
	p->why = why;
	event_active(p->broken, EV_TIMEOUT, 0);
}

static const char *
output_fault(int error)
{
	if (error == EPIPE)
		return "standard output: Broken pipe";
	if (error == ENOSPC)
		return "standard output: No space left on device";
	return "standard output cannot be written";
}

void
printer_show(struct printer *p, enum show kind, const char *text, size_t len)
{
	struct bytes clean;
	int fd = kinds[kind].fd, added;

	if (fd == STDOUT_FILENO && p->why != NULL)
		return;
	bytes_init(&clean);
	added = chat_text_clean(&clean, (const uint8_t *)text, len);
	if (added == 0)
		added = add_lines(p, kind, clean.data, clean.len);
	if (added == -1)
		break_down(p, "out of memory");
	/* Of errors there is nobody left to tell. */
	else if (write_all(fd, p->line.data, p->line.len) == -1 &&
	    fd == STDOUT_FILENO)
		break_down(p, output_fault(errno));
	bytes_reset(&clean);
	p->line.len = 0;
}
