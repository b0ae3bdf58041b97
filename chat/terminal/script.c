#include "chat/terminal/script.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/net/deadlines.h"
#include "chat/terminal/printer.h"
#include "chat/wire/chat_text.h"

struct script {
	struct user user;
	const struct user_calls *calls;
	struct printer printer;
	struct event *timer;
	const char *name;
	struct script_steps steps;
	size_t next;
	int64_t connected_ns, done_ns;	/* the step before, done then */
	bool is_connected, is_held, is_waiting, is_over;
	struct bytes shown;		/* since the last wait was over */
};

static void
set_timer(struct script *s, int64_t due_ns)
{
	int64_t left_ns = due_ns - deadlines_now_ns();
	struct timeval tv = { 0, 0 };

	/* Rounded up: a step is never early. */
	if (left_ns > 0) {
		int64_t left_us = (left_ns + 999) / 1000;

		tv.tv_sec = (time_t)(left_us / 1000000);
		tv.tv_usec = (suseconds_t)(left_us % 1000000);
	}
	event_add(s->timer, &tv);
}

static int64_t
due_ns(const struct script *s)
{
	const struct script_step *step;

	if (s->next == s->steps.count)
		return s->done_ns;
	step = &s->steps.list[s->next];
	return (step->when == SCRIPT_AT ? s->connected_ns : s->done_ns) +
	    step->when_ns;
}

static void
schedule(struct script *s)
{
	if (s->is_connected && !s->is_held && !s->is_waiting && !s->is_over)
		set_timer(s, due_ns(s));
}

static void
step_is_done(struct script *s)
{
	s->next++;
	s->done_ns = deadlines_now_ns();
	schedule(s);
}

static void
finish(struct script *s)
{
	s->is_over = true;
	s->calls->ended(s->calls->context);
}

/* What was shown up to `upto` has been waited for. */
static void
forget_shown(struct script *s, size_t upto)
{
	s->shown.len -= upto;
	memmove(s->shown.data, s->shown.data + upto, s->shown.len);
}

static bool
was_shown(struct script *s, const struct script_step *step)
{
	const uint8_t *at = NULL;

	if (s->shown.len > 0)
		at = memmem(s->shown.data, s->shown.len, step->text,
		    step->len);
	if (at == NULL)
		return false;
	forget_shown(s, (size_t)(at - s->shown.data) + step->len);
	return true;
}

/* A newline in what is said ends a line, as one that is typed does. */
static void
say(struct script *s, const struct script_step *step)
{
	char *line = step->text, *newline;

	while ((newline = memchr(line, '\n',
	    step->len - (size_t)(line - step->text))) != NULL) {
		*newline = '\0';
		s->calls->line(s->calls->context, line,
		    (size_t)(newline - line));
		line = newline + 1;
	}
	s->calls->line(s->calls->context, line,
	    step->len - (size_t)(line - step->text));
}

static void
wait_for(struct script *s, const struct script_step *step)
{
	if (was_shown(s, step)) {
		step_is_done(s);
		return;
	}
	s->is_waiting = true;
	set_timer(s, deadlines_now_ns() + step->within_ns);
}

static void
give_up(struct script *s, const struct script_step *step)
{
	struct errbuf why;

	s->is_over = true;
	errbuf_set(&why, "%s:%zu: \"%s\" was not shown within %g s", s->name,
	    step->line, step->text, (double)step->within_ns / 1e9);
	s->calls->failed(s->calls->context, why.text);
}

/* One step a turn of the loop, so that what it leads to is seen before the
 * next. */
static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct script *s = context;
	const struct script_step *step = &s->steps.list[s->next];

	(void)fd;
	(void)what;
	if (s->next == s->steps.count)
		finish(s);
	else if (s->is_waiting)
		give_up(s, step);
	else if (step->what == SCRIPT_END)
		finish(s);
	else if (step->what == SCRIPT_WAIT)
		wait_for(s, step);
	else {
		say(s, step);
		step_is_done(s);
	}
}

/* As a reader saw it. */
static void
keep_shown(struct script *s, const char *text, size_t len)
{
	int added = chat_text_clean(&s->shown, (const uint8_t *)text, len);

	if (added == -1 || bytes_append(&s->shown, "\n", 1) == -1)
		return;
	if (s->shown.len > SCRIPT_SHOWN_MAX)
		forget_shown(s, s->shown.len - SCRIPT_SHOWN_MAX / 2);
}

static void
script_show(struct user *user, enum show kind, const char *text, size_t len)
{
	struct script *s = (struct script *)user;

	printer_show(&s->printer, kind, text, len);
	/* The program's own words at the beginning are nothing to wait for: a
	 * wait for "connected" would see them. */
	if (s->is_over || !s->is_connected)
		return;
	keep_shown(s, text, len);
	if (s->is_waiting && was_shown(s, &s->steps.list[s->next])) {
		s->is_waiting = false;
		event_del(s->timer);
		step_is_done(s);
	}
}

static void
script_prompt(struct user *user, const char *text, bool secret)
{
	(void)user;
	(void)text;
	(void)secret;
}

/* A wait goes on: it gives no lines. */
static void
script_hold(struct user *user, bool hold)
{
	struct script *s = (struct script *)user;

	if (hold == s->is_held)
		return;
	s->is_held = hold;
	if (hold && !s->is_waiting)
		event_del(s->timer);
	else if (!hold)
		schedule(s);
}

static void
script_connected(struct user *user)
{
	struct script *s = (struct script *)user;

	s->is_connected = true;
	s->connected_ns = s->done_ns = deadlines_now_ns();
	schedule(s);
}

static const char *
script_fault(const struct user *user)
{
	const struct script *s = (const struct script *)user;

	return s->printer.why;
}

static void
script_close(struct user *user)
{
	struct script *s = (struct script *)user;

	if (s->timer != NULL)
		event_free(s->timer);
	printer_reset(&s->printer);
	bytes_reset(&s->shown);
	script_steps_reset(&s->steps);
	free(s);
}

static const struct user_actions actions = {
	.show = script_show,
	.prompt = script_prompt,
	.hold = script_hold,
	.connected = script_connected,
	.fault = script_fault,
	.close = script_close,
};

struct user *
script_open(struct event_base *base, const char *name,
    struct script_steps *steps, const struct user_calls *calls,
    struct errbuf *err)
{
	struct script *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		script_steps_reset(steps);
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->user.actions = &actions;
	s->calls = calls;
	s->name = name;
	s->is_held = true;
	s->steps = *steps;
	*steps = (struct script_steps){ NULL, 0 };
	s->timer = evtimer_new(base, on_timer, s);
	if (s->timer == NULL) {
		errbuf_set(err, "out of memory");
		script_close(&s->user);
		return NULL;
	}
	if (printer_init(&s->printer, base, calls, err) == 0)
		return &s->user;
	script_close(&s->user);
	return NULL;
}
