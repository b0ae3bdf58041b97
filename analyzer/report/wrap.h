/*
 * Words of several kinds, set in lines of so many cells.
 */
#ifndef ANALYZER_REPORT_WRAP_H
#define ANALYZER_REPORT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

/* A word, or what of a long one fits into a line. */
struct wrap_word {
	const char *text;	/* borrowed, not terminated */
	size_t len, width;
	int kind;		/* the caller's */
	bool glued;		/* no space in front */
	bool wide;		/* two spaces in front: another kind begins */
};

struct wrap_line {
	size_t begin, end;	/* of its words */
	size_t width;
};

/* Zeroed is empty; may be used again after wrap_clear(). */
struct wrap {
	struct wrap_word *words;
	size_t count, room;
	struct wrap_line *lines;
	size_t line_count, line_room;
};

/* Adds the words of a text, which has to stay.  -1: no memory. */
int wrap_add(struct wrap *wrap, int kind, const char *text);

/* The same, but a text without spaces breaks behind . : - and /. */
int wrap_add_name(struct wrap *wrap, int kind, const char *text);

/* Sets them in lines of at most `width` cells (one character a line at the
 * worst).  -1: no memory. */
int wrap_set(struct wrap *wrap, size_t width);

/* Spaces in front of a word of a line. */
size_t wrap_spaces(const struct wrap *wrap, const struct wrap_line *line,
    size_t word);

/* Forgets the lines, keeps the memory. */
void wrap_clear(struct wrap *wrap);

/* Frees the memory. */
void wrap_reset(struct wrap *wrap);

#endif
