/*
 * The modes of the terminal (termios) as they were found: restored whatever
 * ends the program, but SIGKILL.
 *
 * A terminal belongs to the whole process, and neither atexit() nor a signal
 * hands anything over: this is the one state here that no caller holds.
 */
#ifndef CHAT_TERMINAL_MODES_H
#define CHAT_TERMINAL_MODES_H

#include <stdbool.h>

#include "base/errbuf.h"

/*
 * Remembers the modes of the terminal at fd; from now on they are restored by
 * exit() and by signals that end the program, as long as nobody else handles
 * those (the event loop does with some, while it runs).
 */
int modes_keep(int fd, struct errbuf *err);

/* As they were found; also within a signal handler.  Nothing where none are
 * kept. */
void modes_restore(void);

/* The terminal marks what is pasted (xterm's bracketed paste), until its modes
 * are restored. */
void modes_mark_pastes(void);

/* What was found, but with what is typed shown or not. */
void modes_echo(bool echo);

/* Restores them, and the signals, and keeps nothing any more. */
void modes_release(void);

#endif
