/*
 * Text in the making: many small additions, and one question at the end.
 */
#ifndef ANALYZER_DASHBOARD_DRAFT_H
#define ANALYZER_DASHBOARD_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* A zeroed one is empty. */
struct draft {
	struct bytes bytes;
	bool failed;		/* memory was short: something is missing */
};

/* Frees the text; empty afterwards. */
void draft_reset(struct draft *draft);

/* Adds n bytes. */
void draft_add(struct draft *draft, const void *data, size_t n);

/* Adds a terminated text. */
void draft_put(struct draft *draft, const char *text);

/* Adds what is made by the format, at most 1023 bytes. */
void draft_printf(struct draft *draft, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a text as a JSON string in quotes; "null" for NULL.  What is not UTF-8
 * becomes U+FFFD. */
void draft_json(struct draft *draft, const char *text);

/* Adds a text as a word of a shell's command line, quoted where it has to
 * be. */
void draft_shell(struct draft *draft, const char *word);

/* The text, terminated, and borrowed until the next call; NULL where memory
 * was short. */
const char *draft_text(struct draft *draft);

#endif
