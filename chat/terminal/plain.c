#include "chat/terminal/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/net/line_input.h"
#include "chat/terminal/modes.h"
#include "chat/terminal/printer.h"

struct plain {
	struct user user;
	const struct user_calls *calls;
	struct printer printer;
	struct line_input *input;
	bool at_terminal;	/* somebody types: secrets can be hidden */
	bool is_hidden;
};

static void
hide(struct plain *p, bool hidden)
{
	if (hidden == p->is_hidden)
		return;
	p->is_hidden = hidden;
	modes_echo(!hidden);
	if (!hidden)	/* the newline that was typed was not shown */
		fputc('\n', stderr);
}

static void
on_line(void *context, const char *text, size_t len)
{
	struct plain *p = context;

	hide(p, false);
	p->calls->line(p->calls->context, text, len);
}

static void
on_too_long(void *context)
{
	struct plain *p = context;
	char text[96];
	int len = snprintf(text, sizeof(text), "a line of input is longer "
	    "than %d bytes: not sent", USER_LINE_MAX);

	printer_show(&p->printer, SHOW_ERROR, text, (size_t)len);
}

static void
on_ended(void *context)
{
	const struct plain *p = context;

	p->calls->ended(p->calls->context);
}

static void
plain_show(struct user *user, enum show kind, const char *text, size_t len)
{
	struct plain *p = (struct plain *)user;

	printer_show(&p->printer, kind, text, len);
}

static void
plain_prompt(struct user *user, const char *text, bool secret)
{
	struct plain *p = (struct plain *)user;

	if (!p->at_terminal)
		return;
	if (secret)
		fputs(text, stderr);
	hide(p, secret);
}

static void
plain_hold(struct user *user, bool hold)
{
	struct plain *p = (struct plain *)user;

	line_input_hold(p->input, hold);
}

static const char *
plain_fault(const struct user *user)
{
	const struct plain *p = (const struct plain *)user;

	return p->printer.why;
}

static void
plain_close(struct user *user)
{
	struct plain *p = (struct plain *)user;

	hide(p, false);
	if (p->at_terminal)
		modes_release();
	line_input_close(p->input);
	printer_reset(&p->printer);
	free(p);
}

static const struct user_actions actions = {
	.show = plain_show,
	.prompt = plain_prompt,
	.hold = plain_hold,
	.fault = plain_fault,
	.close = plain_close,
};

struct user *
plain_open(struct event_base *base, const struct user_calls *calls,
    struct errbuf *err)
{
	struct plain *p = calloc(1, sizeof(*p));
	struct line_input_calls input = { .line = on_line,
	    .too_long = on_too_long, .ended = on_ended, .context = p };

	if (p == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	p->user.actions = &actions;
	p->calls = calls;
	if (printer_init(&p->printer, base, calls, err) == -1)
		goto fail;
	p->input = line_input_open(base, STDIN_FILENO, USER_LINE_MAX, &input,
	    err);
	if (p->input == NULL)
		goto fail;
	line_input_hold(p->input, true);
	/* Of a terminal that is going away nothing can be kept. */
	p->at_terminal = isatty(STDIN_FILENO) &&
	    modes_keep(STDIN_FILENO, err) == 0;
	return &p->user;
fail:
	plain_close(&p->user);
	return NULL;
}
