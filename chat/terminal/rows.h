/*
 * On which row of the terminal the cursor stands, as libedit lays a line out:
 * a row is full at `columns`, a character of two columns does not break over
 * its end, and one that shows nothing takes none.
 */
#ifndef CHAT_TERMINAL_ROWS_H
#define CHAT_TERMINAL_ROWS_H

#include <stddef.h>
#include <wchar.h>

struct rows {
	size_t columns;		/* of the terminal, at least 2 */
	size_t row, column;	/* of the cursor, from 0 */
};

/* The cursor moves on over the text (printable characters). */
void rows_add(struct rows *rows, const wchar_t *text, size_t n);

#endif
