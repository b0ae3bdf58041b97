/*
 * The terminal on which results appear.
 */
#ifndef ANALYZER_COMMANDS_TERMINAL_H
#define ANALYZER_COMMANDS_TERMINAL_H

#include <stddef.h>

/* Characters of a line: what the terminal on standard output says, else
 * COLUMNS of the environment; 0 where standard output is no terminal, or
 * neither tells. */
size_t terminal_width(void);

/* Its lines, as it says; 0 where standard output is no terminal, or it does
 * not tell. */
size_t terminal_height(void);

#endif
