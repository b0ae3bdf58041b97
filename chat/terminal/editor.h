/*
 * A line that is edited at a terminal (libedit), one key at a time.
 *
 * The prompt and the text stand on the last rows of the screen; they can be
 * taken away, so that something else is printed there, and drawn again below
 * with the text and the cursor as they were.  UTF-8, whatever the locale.
 */
#ifndef CHAT_TERMINAL_EDITOR_H
#define CHAT_TERMINAL_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

/* Characters of a line; what is typed behind them is not taken. */
enum { EDITOR_LINE_MAX = 16384, EDITOR_HISTORY = 500 };

struct editor;

/* Standard input and output are one terminal.  Its modes are kept (modes.h),
 * and nothing typed is echoed from here on.  One editor a process. */
struct editor *editor_open(struct errbuf *err);

/* Takes prompt and text away and restores the terminal.  NULL does nothing. */
void editor_close(struct editor *editor);

/* The new prompt, UTF-8, is drawn at once.  Controls in it become blanks. */
void editor_prompt(struct editor *editor, const char *text);

/* A character or command (keys.h).  What it does is drawn. */
void editor_key(struct editor *editor, const uint8_t *bytes, size_t len);

/* Ends the line: the cursor is on a new row, with the prompt and no text.  The
 * line (UTF-8, terminated; NULL without memory) is the caller's, free() it. */
char *editor_enter(struct editor *editor);

/* Takes the text back from the line, which is empty then; likewise. */
char *editor_take(struct editor *editor);

/* Up brings it back.  One that is empty, or was the last, is not kept. */
void editor_remember(struct editor *editor, const char *line);

/* Is no text in the line? */
bool editor_is_empty(struct editor *editor);

/* Characters, of what was typed so far. */
size_t editor_length(struct editor *editor);

/* Takes prompt and text off the screen: the cursor is where they began. */
void editor_hide(struct editor *editor);

/* Draws them again, on the row of the cursor; after editor_hide(). */
void editor_draw(struct editor *editor);

/* The terminal has another size. */
void editor_resize(struct editor *editor);

/* The terminal as it was found, for as long as the program stands still. */
void editor_suspend(struct editor *editor);

/* And back, after editor_suspend(). */
void editor_resume(struct editor *editor);

#endif
