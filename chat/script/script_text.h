/*
 * The language of --script: what a user says, and when.
 *
 * A line is a step, done in order; blank ones, and what follows a '#', say
 * nothing.
 *
 *	[TIME] say "TEXT"			a line is typed
 *	[TIME] wait for "TEXT" [within DURATION]	until it was shown
 *	[TIME] end				the input ends
 *
 * TIME is one of
 *
 *	at DURATION	since the connection was there; at once where the
 *			steps before took longer; not before the `at` of one
 *			above
 *	after DURATION	since the step before was done (the first: since the
 *			connection was there)
 *
 * and without it a step follows at once.  DURATION is a number with up to nine
 * decimals and ns, us, ms, s (also without a unit), m, h or d.  In TEXT stand \n,
 * \t, \", \\ and \xHH for a newline, a tab, a quote, a backslash and any byte.
 * A newline in what is said ends a line, so that `say "a\nb"` types two; a tab
 * becomes a blank; other controls, and what is no UTF-8, cannot be said.
 *
 * A wait is over when its text stands in what was shown since the step that
 * the last wait ended with, also before this one began; without `within` it
 * has 10 seconds.  What is shown are messages, notices and errors, with a
 * newline behind each, since the connection was there: what the program says
 * then (the server's address, the commands) does not count.  A wait in vain
 * ends the program with status 1.  The input ends behind the last step.
 *
 *	# Alice greets whoever comes.
 *	wait for "bob" within 5s
 *	after 200ms say "hello, \"bob\""
 *	at 3s end
 */
#ifndef CHAT_SCRIPT_SCRIPT_TEXT_H
#define CHAT_SCRIPT_SCRIPT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/script/script_line.h"

enum { SCRIPT_BYTES_MAX = 1048576 };

enum script_what { SCRIPT_SAY, SCRIPT_WAIT, SCRIPT_END };
enum script_when { SCRIPT_AFTER, SCRIPT_AT };

struct script_step {
	enum script_what what;
	enum script_when when;
	int64_t when_ns;
	char *text;		/* terminated; NULL: an end */
	size_t len;
	int64_t within_ns;	/* of a wait */
	size_t line;		/* of the file, from 1 */
};

struct script_steps {
	struct script_step *list;
	size_t count;
	/* While they are read. */
	size_t room;
	int64_t latest_ns;	/* of the steps that have an `at` */
};

/* -1: "NAME:LINE:COLUMN: what is wrong", counted from 1, columns in bytes.
 * Release with script_steps_reset() in either case. */
int script_parse(struct script_steps *steps, const char *name,
    const char *text, size_t len, struct errbuf *err);

/*
 * Adds the step of one line to steps (zeroed before the first); none where the
 * line is empty.  For texts that have steps among other lines.
 */
int script_parse_step(struct script_steps *steps, struct script_line *line);

/* The file, at most SCRIPT_BYTES_MAX; "-" is standard input. */
int script_read(struct script_steps *steps, const char *path,
    struct errbuf *err);

/* Frees the steps and their texts; there are none then. */
void script_steps_reset(struct script_steps *steps);

#endif
