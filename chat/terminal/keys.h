/*
 * Keys from the bytes of a terminal, whole ones only: an editor that is given
 * half an escape sequence waits for the rest, and the messages that arrive
 * meanwhile would wait with it.
 *
 * Source: ECMA-48 for control sequences (ESC [ parameters final), xterm's
 * ctlseqs for those of keys; RFC 3629 for characters.
 */
#ifndef CHAT_TERMINAL_KEYS_H
#define CHAT_TERMINAL_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum { KEY_BYTES_MAX = 32 };

/* Bytes of the first key, 0 while more are needed; at most KEY_BYTES_MAX, and a
 * longer sequence is cut there.  What is no UTF-8 is a key of one byte. */
size_t key_length(const uint8_t *data, size_t len);

/* What a key does. */
enum key_kind {
	KEY_NOTHING,	/* not one that we know: without effect */
	KEY_CHARACTER,	/* typed text, one character */
	KEY_EDIT,	/* `command` */
	KEY_ENTER,
	KEY_END,	/* Ctrl-D: the end, or deletes a character */
	KEY_PASTE,	/* what follows is pasted, up to KEY_PASTED */
	KEY_PASTED,
};

struct key {
	enum key_kind kind;
	/* In Emacs' keys, which libedit knows on every terminal; KEY_EDIT.  Of
	 * a KEY_CHARACTER: the text, where it is not that of the bytes. */
	const char *command;
};

/* Deletes the character at the cursor: a control that stands on no keyboard's
 * key for editing. */
#define KEY_DELETE "\035"

/* What the key does that these bytes are, all of key_length(). */
struct key key_read(const uint8_t *data, size_t len);

/* The same of pasted text (xterm's bracketed paste): no byte is a command;
 * a newline enters the line, a tab is a blank, other controls are nothing. */
size_t key_pasted_length(const uint8_t *data, size_t len);

/* All of key_pasted_length(); KEY_PASTED ends the paste. */
struct key key_pasted_read(const uint8_t *data, size_t len);

#endif
