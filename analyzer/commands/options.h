/*
 * The command line: one table of options, from which getopt_long and --help
 * are fed.
 */
#ifndef ANALYZER_COMMANDS_OPTIONS_H
#define ANALYZER_COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/commands/command.h"
#include "analyzer/report/format.h"
#include "base/errbuf.h"
#include "base/network.h"

/* Which options a command has. */
enum {
	OPTIONS_INPUT = 1,	/* -f */
	OPTIONS_SELECT = 2,	/* --local, --filter, --from, --to */
	OPTIONS_JOIN = 4,
	OPTIONS_OUTPUT = 8,	/* -o, --format */
	OPTIONS_COLUMNS = 16,
	OPTIONS_RUN = 32,	/* -j, --progress, -q, -v, --strict */
	OPTIONS_BATCH = 64,	/* -O, --packets, --resume */
	OPTIONS_ALL = 128,	/* -h, -V: every command */
};

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct options {
	const char *named_file;		/* the last -f; NULL */
	const char **inputs;		/* -f and operands, in order; owned */
	size_t input_count;
	struct networks local;
	const char *local_text;
	const char *filter;
	int64_t from_ns, to_ns;
	bool join;
	const char *output;		/* NULL: standard output */
	bool format_given;
	enum format format;
	const char *columns;
	unsigned jobs;
	enum progress_when progress;
	bool quiet, verbose, strict;
	const char *folder;		/* -O */
	bool packets, resume;
	bool help, version;
};

/*
 * Reads the command's options and operands.  -1 with one line in *err where
 * something is wrong; "" there means that getopt_long has said it already.
 * Release with options_reset() in either case.
 */
int options_parse(struct options *options, const struct command *command,
    int argc, char **argv, struct errbuf *err);

/* Frees the list of inputs; the texts in it are argv's and stay. */
void options_reset(struct options *options);

/* --help of a command, to stdout. */
void options_help(const struct command *command);

#endif
