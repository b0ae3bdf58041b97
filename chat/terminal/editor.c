#include "chat/terminal/editor.h"

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "chat/terminal/keys.h"
#include "chat/terminal/modes.h"
#include "chat/terminal/rows.h"

enum { PROMPT_MAX = 256, ROWS_DEFAULT = 24, COLUMNS_DEFAULT = 80 };

struct editor {
	EditLine *el;
	History *history;
	wchar_t prompt[PROMPT_MAX];
	/* What libedit reads next; nothing there is the end of the key. */
	wchar_t keys[KEY_BYTES_MAX];
	size_t keys_len, keys_at;
	struct termios editing;	/* the modes while a line is edited */
	bool can_erase;		/* the terminal knows ESC [ */
	bool is_drawn;
};

static struct editor *
editor_of(EditLine *el)
{
	void *editor = NULL;

	el_wget(el, EL_CLIENTDATA, &editor);
	return editor;
}

static wchar_t *
give_prompt(EditLine *el)
{
	return editor_of(el)->prompt;
}

/* Never reads: libedit sees what it is given, and its end as a pause. */
static int
give_key(EditLine *el, wchar_t *out)
{
	struct editor *e = editor_of(el);

	if (e->keys_at == e->keys_len)
		return 0;
	*out = e->keys[e->keys_at++];
	return 1;
}

/* Typed text is UTF-8; in a locale that is not, the one that always is. */
static int
set_locale(struct errbuf *err)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ||
	    setlocale(LC_CTYPE, "C.UTF-8") != NULL ||
	    setlocale(LC_CTYPE, "en_US.UTF-8") != NULL)
		return 0;
	errbuf_set(err, "the terminal: no locale with UTF-8 (is LANG set?)");
	return -1;
}

/*
 * Only the keys that keys.c passes on matter.  The terminal's own editing
 * characters (stty werase and so on) may have moved some of them.
 */
static void
bind_keys(EditLine *el)
{
	static const struct { const wchar_t *key, *command; } bindings[] = {
		{ L"^H", L"ed-delete-prev-char" },
		{ L"^T", L"ed-transpose-chars" },
		{ L"^U", L"em-kill-line" },
		{ L"^W", L"ed-delete-prev-word" },
		{ L"^]", L"ed-delete-next-char" },
	};

	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		el_wset(el, EL_BIND, bindings[i].key, bindings[i].command,
		    NULL);
}

static void
mark_pastes(const struct editor *e)
{
	if (e->can_erase)
		modes_mark_pastes();
}

static int
set_up(struct editor *e, struct errbuf *err)
{
	const char *term = getenv("TERM");
	HistEvent event;

	e->history = history_init();
	e->el = el_init("labchat", stdin, stdout, stderr);
	if (e->history == NULL || e->el == NULL) {
		errbuf_set(err, "the terminal cannot be set up");
		return -1;
	}
	history(e->history, &event, H_SETSIZE, EDITOR_HISTORY);
	history(e->history, &event, H_SETUNIQUE, 1);
	el_wset(e->el, EL_CLIENTDATA, e);
	el_wset(e->el, EL_EDITOR, L"emacs");
	el_wset(e->el, EL_SIGNAL, 0);
	el_wset(e->el, EL_PROMPT, give_prompt);
	el_wset(e->el, EL_GETCFN, give_key);
	el_set(e->el, EL_HIST, history, e->history);
	bind_keys(e->el);
	e->can_erase = term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0;
	el_wset(e->el, EL_UNBUFFERED, 1);
	if (tcgetattr(STDIN_FILENO, &e->editing) == -1) {
		errbuf_set(err, "the terminal went away");
		return -1;
	}
	mark_pastes(e);
	return 0;
}

static void
tear_down(struct editor *e)
{
	if (e->el != NULL)
		el_end(e->el);
	if (e->history != NULL)
		history_end(e->history);
	explicit_bzero(e, sizeof(*e));
	free(e);
	modes_release();
}

struct editor *
editor_open(struct errbuf *err)
{
	struct editor *e;

	if (set_locale(err) == -1 || modes_keep(STDIN_FILENO, err) == -1)
		return NULL;
	e = calloc(1, sizeof(*e));
	if (e == NULL) {
		errbuf_set(err, "out of memory");
		modes_release();
		return NULL;
	}
	if (set_up(e, err) == 0)
		return e;
	tear_down(e);
	return NULL;
}

void
editor_close(struct editor *e)
{
	if (e == NULL)
		return;
	editor_hide(e);
	tear_down(e);
}

void
editor_prompt(struct editor *e, const char *text)
{
	mbstate_t state = { 0 };
	size_t at = 0, left = strlen(text), n;

	editor_hide(e);
	while (left > 0 && at < PROMPT_MAX - 1) {
		n = mbrtowc(&e->prompt[at], text, left, &state);
		if (n == 0 || n > left) {	/* no character: none shown */
			memset(&state, 0, sizeof(state));
			n = 1;
			e->prompt[at] = L'?';
		} else if (wcwidth(e->prompt[at]) < 0) {
			e->prompt[at] = L' ';
		}
		at++;
		text += n;
		left -= n;
	}
	e->prompt[at] = L'\0';
	editor_draw(e);
}

/* In unbuffered mode libedit does one command a call. */
static void
feed(struct editor *e)
{
	int n;

	while (e->keys_at < e->keys_len) {
		size_t before = e->keys_at;

		el_wgets(e->el, &n);
		if (e->keys_at == before)
			break;
	}
	e->keys_len = e->keys_at = 0;
}

void
editor_key(struct editor *e, const uint8_t *bytes, size_t len)
{
	mbstate_t state = { 0 };
	size_t n;

	while (len > 0 && e->keys_len < KEY_BYTES_MAX) {
		n = mbrtowc(&e->keys[e->keys_len], (const char *)bytes, len,
		    &state);
		if (n == 0 || n > len)
			break;
		e->keys_len++;
		bytes += n;
		len -= n;
	}
	feed(e);
}

static char *
to_utf8(const wchar_t *text, size_t n)
{
	char *line = malloc(n * MB_CUR_MAX + 1);
	mbstate_t state = { 0 };
	size_t len = 0;

	if (line == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t written = wcrtomb(line + len, text[i], &state);

		if (written != (size_t)-1)
			len += written;
	}
	line[len] = '\0';
	return line;
}

/*
 * The next line.  Leaving and entering unbuffered mode is how libedit begins
 * one, but in between it puts the terminal's old modes back, and what is typed
 * just then would be echoed.  While editing is off it leaves them alone.
 */
static void
begin_line(struct editor *e)
{
	el_wset(e->el, EL_EDITMODE, 0);
	el_wset(e->el, EL_UNBUFFERED, 0);
	el_wset(e->el, EL_EDITMODE, 1);
	el_wset(e->el, EL_UNBUFFERED, 1);
}

char *
editor_enter(struct editor *e)
{
	const LineInfoW *line = el_wline(e->el);
	char *text = to_utf8(line->buffer,
	    (size_t)(line->lastchar - line->buffer));

	e->keys[0] = L'\n';
	e->keys_len = 1;
	feed(e);
	begin_line(e);
	return text;
}

char *
editor_take(struct editor *e)
{
	const LineInfoW *line = el_wline(e->el);
	char *text = to_utf8(line->buffer,
	    (size_t)(line->lastchar - line->buffer));

	editor_hide(e);
	begin_line(e);
	return text;
}

void
editor_remember(struct editor *e, const char *line)
{
	HistEvent event;

	/* The narrow interface of a history that the wide editor reads by
	 * the same one (EL_HIST of el_set). */
	if (*line != '\0')
		history(e->history, &event, H_ENTER, line);
}

bool
editor_is_empty(struct editor *e)
{
	return editor_length(e) == 0;
}

size_t
editor_length(struct editor *e)
{
	const LineInfoW *line = el_wline(e->el);

	return (size_t)(line->lastchar - line->buffer);
}

/* Of the screen now, which is what the text on it has been broken to. */
static struct rows
screen(size_t *height)
{
	struct winsize size;
	struct rows rows = { COLUMNS_DEFAULT, 0, 0 };

	*height = ROWS_DEFAULT;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1)
		return rows;
	if (size.ws_col >= 2)
		rows.columns = size.ws_col;
	if (size.ws_row >= 1)
		*height = size.ws_row;
	return rows;
}

void
editor_hide(struct editor *e)
{
	const LineInfoW *line = el_wline(e->el);
	size_t height;
	struct rows rows = screen(&height);

	if (!e->can_erase) {
		/* What is empty takes no row of its own. */
		if (e->is_drawn && (e->prompt[0] != L'\0' ||
		    !editor_is_empty(e)))
			printf("\r\n");
		e->is_drawn = false;
		fflush(stdout);
		return;
	}
	rows_add(&rows, e->prompt, wcslen(e->prompt));
	rows_add(&rows, line->buffer, (size_t)(line->cursor - line->buffer));
	/* What is higher than the screen has scrolled away. */
	if (rows.row >= height)
		rows.row = height - 1;
	if (rows.row > 0)
		printf("\033[%zuA", rows.row);
	printf("\r\033[J");
	fflush(stdout);
}

void
editor_draw(struct editor *e)
{
	el_wset(e->el, EL_REFRESH);
	e->is_drawn = true;
}

/* A terminal that changes its width breaks the rows on it anew. */
void
editor_resize(struct editor *e)
{
	editor_hide(e);
	el_resize(e->el);
	editor_draw(e);
}

void
editor_suspend(struct editor *e)
{
	editor_hide(e);
	modes_restore();
}

void
editor_resume(struct editor *e)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &e->editing);
	mark_pastes(e);
	el_resize(e->el);
	editor_draw(e);
}
