/*
 * What mains do alike: their statuses, what they
 * say on standard error, and their standard files.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/errbuf.h"

enum { PROGRAM_DONE = 0, PROGRAM_FAILED = 1, PROGRAM_USAGE = 2 };

/* "NAME: LINE" on standard error. */
void program_say(const char *name, const char *line);

/* A wrong command line; an empty line has been said already.  Returns
 * PROGRAM_USAGE. */
int program_usage(const char *name, const struct errbuf *err);

/* Was all of standard output written?  PROGRAM_DONE, or PROGRAM_FAILED, which
 * it says. */
int program_check_output(const char *name);

/*
 * Before anything is opened: where standard input, output or error is closed,
 * no socket or file may take its number, or a peer would be sent what is meant
 * for people.  Reading there finds the end, writing stays an error.
 */
int program_reserve_files(struct errbuf *err);

/* As many open files at a time as we may have. */
void program_raise_file_limit(void);

#endif
