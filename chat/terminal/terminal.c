#include "chat/terminal/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/terminal/editor.h"
#include "chat/terminal/keys.h"
#include "chat/terminal/printer.h"

/* A secret is as long as one that a file holds (secret.h). */
enum { TYPED_MAX = 4096, SECRET_MAX = 4097 };

struct terminal {
	struct user user;
	const struct user_calls *calls;
	struct editor *editor;
	struct printer printer;
	struct event *input, *resized, *stopped, *continued;

	uint8_t typed[TYPED_MAX];	/* bytes of no whole key yet */
	size_t typed_len;
	bool held, ended;
	bool is_answer;		/* what is typed: the history has none */
	bool is_pasted;		/* what is typed: no commands in it */

	bool is_secret;
	char secret[SECRET_MAX];	/* terminated */
	size_t secret_len;
	bool secret_cut;		/* more was typed */
};

static void
forget_secret(struct terminal *t)
{
	explicit_bzero(t->secret, sizeof(t->secret));
	t->secret_len = 0;
	t->secret_cut = false;
}

static void
hand_over(struct terminal *t, const char *line)
{
	t->calls->line(t->calls->context, line, strlen(line));
}

/* The line is wiped in any case: it may be a password typed in the wrong
 * place. */
static void
enter_line(struct terminal *t)
{
	char *line = editor_enter(t->editor);
	size_t len;

	if (line == NULL) {
		printer_show(&t->printer, SHOW_ERROR, "out of memory",
		    strlen("out of memory"));
		return;
	}
	if (!t->is_answer)
		editor_remember(t->editor, line);
	len = strlen(line);
	hand_over(t, line);
	explicit_bzero(line, len);
	free(line);
}

/* The call may ask for the next prompt, and that forgets the secret. */
static void
enter_secret(struct terminal *t)
{
	static const char too_long[] = "Too long: a secret has at most 4096 "
	    "bytes.";
	char secret[SECRET_MAX];

	free(editor_enter(t->editor));
	if (t->secret_cut) {
		forget_secret(t);
		printer_show(&t->printer, SHOW_ERROR, too_long,
		    sizeof(too_long) - 1);
		return;
	}
	memcpy(secret, t->secret, sizeof(secret));
	forget_secret(t);
	hand_over(t, secret);
	explicit_bzero(secret, sizeof(secret));
}

static void
end_input(struct terminal *t)
{
	t->ended = true;
	event_del(t->input);
	t->calls->ended(t->calls->context);
}

static void
add_secret(struct terminal *t, const uint8_t *bytes, size_t len)
{
	if (len >= sizeof(t->secret) - t->secret_len) {
		t->secret_cut = true;
		return;
	}
	memcpy(t->secret + t->secret_len, bytes, len);
	t->secret_len += len;
}

/* One character less. */
static void
shorten_secret(struct terminal *t)
{
	while (t->secret_len > 0) {
		uint8_t last = (uint8_t)t->secret[--t->secret_len];

		t->secret[t->secret_len] = '\0';
		if ((last & 0xc0) != 0x80)
			return;
	}
}

static void
secret_key(struct terminal *t, struct key key, const uint8_t *bytes,
    size_t len)
{
	if (key.kind == KEY_CHARACTER)
		add_secret(t, bytes, len);
	else if (key.kind == KEY_ENTER)
		enter_secret(t);
	else if (key.kind == KEY_END && t->secret_len == 0)
		end_input(t);
	else if (key.kind == KEY_EDIT && strcmp(key.command, "\010") == 0)
		shorten_secret(t);
	else if (key.kind == KEY_EDIT && strcmp(key.command, "\025") == 0)
		forget_secret(t);
}

static void
text_key(struct terminal *t, struct key key, const uint8_t *bytes, size_t len)
{
	if (key.kind == KEY_CHARACTER) {
		if (editor_length(t->editor) < EDITOR_LINE_MAX)
			editor_key(t->editor, bytes, len);
	} else if (key.kind == KEY_ENTER) {
		enter_line(t);
	} else if (key.kind == KEY_END && editor_is_empty(t->editor)) {
		end_input(t);
	} else if (key.kind == KEY_END) {
		editor_key(t->editor, (const uint8_t *)KEY_DELETE,
		    strlen(KEY_DELETE));
	} else if (key.kind == KEY_EDIT) {
		editor_key(t->editor, (const uint8_t *)key.command,
		    strlen(key.command));
	}
}

static void
take_key(struct terminal *t, struct key key, const uint8_t *bytes, size_t len)
{
	if (key.kind == KEY_PASTE || key.kind == KEY_PASTED) {
		t->is_pasted = key.kind == KEY_PASTE;
		return;
	}
	if (key.kind == KEY_CHARACTER && key.command != NULL) {
		bytes = (const uint8_t *)key.command;
		len = strlen(key.command);
	}
	(t->is_secret ? secret_key : text_key)(t, key, bytes, len);
}

/* Whole keys, until there are none or the user is held. */
static void
take_keys(struct terminal *t)
{
	size_t at = 0;

	while (!t->held && !t->ended) {
		const uint8_t *bytes = t->typed + at;
		size_t left = t->typed_len - at, len = (t->is_pasted ?
		    key_pasted_length : key_length)(bytes, left);

		if (len == 0)
			break;
		take_key(t, (t->is_pasted ? key_pasted_read : key_read)(bytes,
		    len), bytes, len);
		at += len;
	}
	t->typed_len -= at;
	memmove(t->typed, t->typed + at, t->typed_len);
	explicit_bzero(t->typed + t->typed_len,
	    sizeof(t->typed) - t->typed_len);
}

static void
on_input(evutil_socket_t fd, short what, void *context)
{
	struct terminal *t = context;
	size_t room = sizeof(t->typed) - t->typed_len;
	ssize_t n;

	if ((what & EV_READ) != 0 && room > 0) {
		n = read(fd, t->typed + t->typed_len, room);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			return;
		if (n <= 0) {	/* it hung up */
			end_input(t);
			return;
		}
		t->typed_len += (size_t)n;
	}
	take_keys(t);
}

static void
on_resized(evutil_socket_t fd, short what, void *context)
{
	struct terminal *t = context;

	(void)fd;
	(void)what;
	editor_resize(t->editor);
}

/* Not SIGSTOP: where no shell could wake us the kernel ignores this one. */
static void
on_stopped(evutil_socket_t fd, short what, void *context)
{
	struct terminal *t = context;
	struct sigaction ours, usual = { .sa_handler = SIG_DFL };

	(void)fd;
	(void)what;
	editor_suspend(t->editor);
	sigemptyset(&usual.sa_mask);
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	editor_resume(t->editor);
}

/* A stop that we were not told of (SIGSTOP): the shell may have changed the
 * modes, and printed over the line. */
static void
on_continued(evutil_socket_t fd, short what, void *context)
{
	struct terminal *t = context;

	(void)fd;
	(void)what;
	editor_hide(t->editor);
	editor_resume(t->editor);
}

static void
terminal_show(struct user *user, enum show kind, const char *text, size_t len)
{
	struct terminal *t = (struct terminal *)user;

	editor_hide(t->editor);
	printer_show(&t->printer, kind, text, len);
	editor_draw(t->editor);
}

static bool
is_question(const char *prompt)
{
	size_t len = strlen(prompt);

	return len >= 2 && strcmp(prompt + len - 2, ": ") == 0;
}

/* What was typed and still stands on the screen goes over to the secret. */
static void
make_secret(struct terminal *t)
{
	char *typed;

	forget_secret(t);
	if (editor_is_empty(t->editor))
		return;
	typed = editor_take(t->editor);
	if (typed != NULL) {
		add_secret(t, (const uint8_t *)typed, strlen(typed));
		explicit_bzero(typed, strlen(typed));
		free(typed);
	}
}

static void
terminal_prompt(struct user *user, const char *text, bool secret)
{
	struct terminal *t = (struct terminal *)user;

	if (secret && !t->is_secret)
		make_secret(t);
	else if (!secret)
		forget_secret(t);
	t->is_secret = secret;
	t->is_answer = is_question(text);
	editor_prompt(t->editor, text);
}

static void
terminal_hold(struct user *user, bool hold)
{
	struct terminal *t = (struct terminal *)user;

	if (t->ended || hold == t->held)
		return;
	t->held = hold;
	if (hold) {
		event_del(t->input);
		return;
	}
	event_add(t->input, NULL);
	if (t->typed_len > 0)	/* keys that waited */
		event_active(t->input, EV_TIMEOUT, 0);
}

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

static const char *
terminal_fault(const struct user *user)
{
	const struct terminal *t = (const struct terminal *)user;

	return t->printer.why;
}

static void
terminal_close(struct user *user)
{
	struct terminal *t = (struct terminal *)user;

	free_event(t->input);
	free_event(t->resized);
	free_event(t->stopped);
	free_event(t->continued);
	editor_close(t->editor);
	printer_reset(&t->printer);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

static const struct user_actions actions = {
	.show = terminal_show,
	.prompt = terminal_prompt,
	.hold = terminal_hold,
	.fault = terminal_fault,
	.close = terminal_close,
};

bool
terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* The input waits until the user is no longer held. */
static int
add_events(struct terminal *t, struct event_base *base)
{
	t->input = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST,
	    on_input, t);
	t->resized = evsignal_new(base, SIGWINCH, on_resized, t);
	t->stopped = evsignal_new(base, SIGTSTP, on_stopped, t);
	t->continued = evsignal_new(base, SIGCONT, on_continued, t);
	if (t->input == NULL || t->resized == NULL || t->stopped == NULL ||
	    t->continued == NULL)
		return -1;
	return event_add(t->resized, NULL) == 0 &&
	    event_add(t->stopped, NULL) == 0 &&
	    event_add(t->continued, NULL) == 0 ? 0 : -1;
}

struct user *
terminal_open(struct event_base *base, const struct user_calls *calls,
    struct errbuf *err)
{
	struct terminal *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	t->user.actions = &actions;
	t->calls = calls;
	t->held = true;
	if (printer_init(&t->printer, base, calls, err) == -1)
		goto fail;
	if (add_events(t, base) == -1) {
		errbuf_set(err, "the terminal: the event loop refuses it");
		goto fail;
	}
	t->editor = editor_open(err);
	if (t->editor != NULL)
		return &t->user;
fail:
	terminal_close(&t->user);
	return NULL;
}
