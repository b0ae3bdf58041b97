#include "chat/script/player.h"

#include <string.h>

#include "base/utf8.h"
#include "chat/wire/chat_text.h"

/* Of what was shown, in what is said of a wait in vain. */
enum { LAST_SHOWN_MAX = 100 };

void
player_init(struct player *p, const char *name,
    const struct script_steps *steps, const struct player_calls *calls)
{
	*p = (struct player){
		.calls = calls, .name = name, .steps = steps, .is_held = true,
	};
}

void
player_reset(struct player *p)
{
	bytes_reset(&p->shown);
}

void
player_connected(struct player *p, int64_t now_ns)
{
	p->is_connected = true;
	p->connected_ns = p->done_ns = now_ns;
}

void
player_hold(struct player *p, bool hold)
{
	p->is_held = hold;
}

int64_t
player_due_ns(const struct player *p)
{
	const struct script_step *step;

	if (!p->is_connected || p->is_over)
		return INT64_MAX;
	if (p->is_waiting)
		return p->patience_ns;
	if (p->is_held)
		return INT64_MAX;
	if (p->next == p->steps->count)
		return p->done_ns;
	step = &p->steps->list[p->next];
	return (step->when == SCRIPT_AT ? p->connected_ns : p->done_ns) +
	    step->when_ns;
}

const struct script_step *
player_next(const struct player *p)
{
	const struct script_step *step;

	if (p->is_over || p->next == p->steps->count)
		return NULL;
	step = &p->steps->list[p->next];
	return step->what == SCRIPT_END ? NULL : step;
}

static void
step_is_done(struct player *p, int64_t now_ns)
{
	p->next++;
	p->done_ns = now_ns;
}

static void
finish(struct player *p)
{
	p->is_over = true;
	p->calls->ended(p->calls->context);
}

static void
fail(struct player *p, const struct script_step *step, const char *why)
{
	struct errbuf line;

	p->is_over = true;
	errbuf_set(&line, "%s:%zu: %s", p->name, step->line, why);
	p->calls->failed(p->calls->context, line.text);
}

/* What was shown up to `upto` has been waited for. */
static void
forget_shown(struct player *p, size_t upto)
{
	p->shown.len -= upto;
	memmove(p->shown.data, p->shown.data + upto, p->shown.len);
}

static bool
was_shown(struct player *p, const struct script_step *step)
{
	const uint8_t *at = NULL;

	if (p->shown.len > 0)
		at = memmem(p->shown.data, p->shown.len, step->text,
		    step->len);
	if (at == NULL)
		return false;
	forget_shown(p, (size_t)(at - p->shown.data) + step->len);
	return true;
}

/* A newline in what is said ends a line, as one that is typed does. */
static void
say_lines(const struct player *p, char *text, size_t len)
{
	char *line = text, *newline;

	while ((newline = memchr(line, '\n', len - (size_t)(line - text))) !=
	    NULL) {
		*newline = '\0';
		p->calls->line(p->calls->context, line,
		    (size_t)(newline - line));
		line = newline + 1;
	}
	p->calls->line(p->calls->context, line, len - (size_t)(line - text));
}

/* Of a copy: the steps may be played by others, too. */
static void
say(struct player *p, const struct script_step *step, int64_t now_ns)
{
	struct bytes copy = { NULL, 0, 0 };

	step_is_done(p, now_ns);
	if (bytes_append(&copy, step->text, step->len + 1) == 0)
		say_lines(p, (char *)copy.data, step->len);
	else
		fail(p, step, "out of memory");
	bytes_reset(&copy);
}

static void
wait_for(struct player *p, const struct script_step *step, int64_t now_ns)
{
	if (was_shown(p, step)) {
		step_is_done(p, now_ns);
		return;
	}
	p->is_waiting = true;
	p->patience_ns = now_ns + step->within_ns;
}

/* The last line that was shown and not waited for; "": none. */
static void
last_shown(const struct player *p, char out[LAST_SHOWN_MAX + 1])
{
	const uint8_t *end = p->shown.data + p->shown.len;
	const uint8_t *line, *at;
	size_t len = 0, n;

	out[0] = '\0';
	if (p->shown.len == 0)
		return;
	line = memrchr(p->shown.data, '\n', p->shown.len - 1);
	line = line == NULL ? p->shown.data : line + 1;
	for (at = line; at < end && (n = utf8_printable(at,
	    (size_t)(end - at))) != 0 && len + n <= LAST_SHOWN_MAX; at += n)
		len += n;
	memcpy(out, line, len);
	out[len] = '\0';
}

static void
give_up(struct player *p, const struct script_step *step)
{
	double within_s = (double)step->within_ns / 1e9;
	char last[LAST_SHOWN_MAX + 1];
	struct errbuf why;

	last_shown(p, last);
	if (last[0] == '\0')
		errbuf_set(&why, "\"%s\" was not shown within %g s, and "
		    "nothing else was", step->text, within_s);
	else
		errbuf_set(&why, "\"%s\" was not shown within %g s; the last "
		    "line was \"%s\"", step->text, within_s, last);
	fail(p, step, why.text);
}

void
player_tick(struct player *p, int64_t now_ns)
{
	const struct script_step *step;

	if (now_ns < player_due_ns(p))
		return;
	step = player_next(p);
	if (step == NULL)
		finish(p);
	else if (p->is_waiting)
		give_up(p, step);
	else if (step->what == SCRIPT_WAIT)
		wait_for(p, step, now_ns);
	else
		say(p, step, now_ns);
}

/* As a reader saw it. */
static void
keep_shown(struct player *p, const char *text, size_t len)
{
	int added = chat_text_clean(&p->shown, (const uint8_t *)text, len);

	if (added == -1 || bytes_append(&p->shown, "\n", 1) == -1)
		return;
	if (p->shown.len > PLAYER_SHOWN_MAX)
		forget_shown(p, p->shown.len - PLAYER_SHOWN_MAX / 2);
}

void
player_shown(struct player *p, const char *text, size_t len, int64_t now_ns)
{
	/* The program's own words at the beginning are nothing to wait for: a
	 * wait for "connected" would see them. */
	if (p->is_over || !p->is_connected)
		return;
	keep_shown(p, text, len);
	if (p->is_waiting && was_shown(p, &p->steps->list[p->next])) {
		p->is_waiting = false;
		step_is_done(p, now_ns);
	}
}
