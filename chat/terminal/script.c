#include "chat/terminal/script.h"

#include <stdint.h>
#include <stdlib.h>

#include "chat/net/deadlines.h"
#include "chat/script/player.h"
#include "chat/terminal/printer.h"

struct script {
	struct user user;
	const struct user_calls *calls;
	struct printer printer;
	struct event *timer;
	struct script_steps steps;
	struct player_calls player_calls;
	struct player player;
};

static void
set_timer(struct script *s, int64_t due_ns)
{
	int64_t left_ns = due_ns - deadlines_now_ns();
	struct timeval tv = { 0, 0 };

	/* Rounded up: a step is never early. */
	if (left_ns > 0) {
		int64_t left_us = left_ns / 1000 + (left_ns % 1000 != 0);

		tv.tv_sec = (time_t)(left_us / 1000000);
		tv.tv_usec = (suseconds_t)(left_us % 1000000);
	}
	event_add(s->timer, &tv);
}

/* After each call into the player. */
static void
schedule(struct script *s)
{
	int64_t due_ns = player_due_ns(&s->player);

	if (due_ns == INT64_MAX)
		event_del(s->timer);
	else
		set_timer(s, due_ns);
}

/* The loop's clock is coarse: what comes too early comes again. */
static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct script *s = context;

	(void)fd;
	(void)what;
	player_tick(&s->player, deadlines_now_ns());
	schedule(s);
}


/* The player's calls go on to whose user this is, who may change. */

static void
on_line(void *context, const char *text, size_t len)
{
	const struct script *s = context;

	s->calls->line(s->calls->context, text, len);
}

static void
on_ended(void *context)
{
	const struct script *s = context;

	s->calls->ended(s->calls->context);
}

static void
on_failed(void *context, const char *why)
{
	const struct script *s = context;

	s->calls->failed(s->calls->context, why);
}


/* The user's actions. */

static void
script_show(struct user *user, enum show kind, const char *text, size_t len)
{
	struct script *s = (struct script *)user;

	printer_show(&s->printer, kind, text, len);
	player_shown(&s->player, text, len, deadlines_now_ns());
	schedule(s);
}

static void
script_prompt(struct user *user, const char *text, bool secret)
{
	(void)user;
	(void)text;
	(void)secret;
}

static void
script_hold(struct user *user, bool hold)
{
	struct script *s = (struct script *)user;

	player_hold(&s->player, hold);
	schedule(s);
}

static void
script_connected(struct user *user)
{
	struct script *s = (struct script *)user;

	player_connected(&s->player, deadlines_now_ns());
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
	player_reset(&s->player);
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
	s->steps = *steps;
	*steps = (struct script_steps){ NULL, 0 };
	s->player_calls = (struct player_calls){ on_line, on_ended, on_failed,
	    s };
	player_init(&s->player, name, &s->steps, &s->player_calls);
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
