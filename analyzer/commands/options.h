/*
 * The command line: one table of options, from which getopt_long and --help
 * are fed.
 */
#ifndef ANALYZER_COMMANDS_OPTIONS_H
#define ANALYZER_COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/settings.h"
#include "analyzer/commands/command.h"
#include "analyzer/report/format.h"
#include "base/errbuf.h"
#include "base/network.h"
#include "base/option_table.h"

/* Which options a command has. */
enum {
	OPTIONS_INPUT = 1,	/* -f; -i and what goes with it */
	OPTIONS_SELECT = 2,	/* --local, --filter, --from, --to */
	OPTIONS_JOIN = 4,
	OPTIONS_OUTPUT = 8,	/* -o, --format */
	OPTIONS_COLUMNS = 16,
	OPTIONS_RUN = 32,	/* -j, --progress, -q, -v, --strict */
	OPTIONS_BATCH = 64,	/* -O, --packets, --tables, --resume */
	OPTIONS_ALL = 128,	/* -h, -V: every command */
	OPTIONS_SUMMARY = 256,	/* --by protocol */
	OPTIONS_FLOW = 512,	/* --idle-timeout, --active-timeout,
				   --max-memory: what finds conversations */
	OPTIONS_TCP = 1024,	/* --relative, --segments, --handshakes */
	OPTIONS_UDP = 2048,	/* --facts, --conversations */
	OPTIONS_FLOWS = 4096,	/* --features, --splt, --labels */
	OPTIONS_TIMELINE = 8192,	/* --interval */
	OPTIONS_LADDER = 16384,	/* --as, --flow, --relative, --all, --name,
				   --ascii, --width; -o without --format */
	OPTIONS_EXTRACT = 32768,	/* --flow, --direction, --snaplen;
				   -o without --format */
	OPTIONS_PLOT = 16777216,	/* --size, --title, --log, --connection; -o
					   without --format */
	OPTIONS_REPORT = 33554432,	/* -o, -O of its own */
	OPTIONS_DASHBOARD = 67108864,	/* --address, --port, --open,
					   --max-views */
	OPTIONS_ANSWERS = 65536,	/* --server, --client, --peer, --name,
					   --items; -o and --format of their
					   own */
	OPTIONS_TOP = 1048576,	/* --top, --by */
	OPTIONS_ANOMALIES = 134217728,	/* --by packet or flow, --top, --totals,
					   --anomalous, of the forest */
};

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

enum { OPTIONS_GROUPS_MAX = 4 };

struct options {
	const char *interface;		/* -i, and the one input; or NULL */
	int64_t duration_ns;		/* of capturing; 0: no end */
	uint64_t buffer;		/* the kernel's; 0: the usual */
	uint64_t ring_bytes, ring_files;	/* --ring; 0: none */
	const char *ring_prefix;	/* NULL: the interface's name */
	const char *named_file;		/* the last -f; NULL */
	const char **inputs;		/* -f and operands, in order; owned */
	size_t input_count;
	struct networks local;
	const char *local_text;
	const char *filter;
	int64_t from_ns, to_ns;
	bool join;
	const char *output;		/* NULL: standard output */
	const char *output_shown;	/* in messages; NULL: as it is called */
	bool format_given;
	enum format format;
	const char *columns;
	unsigned jobs;
	enum progress_when progress;
	bool quiet, verbose, strict;
	const char *folder;		/* -O */
	bool packets, resume;
	const char *tables;		/* --tables; NULL */
	bool relative, segments, handshakes;
	bool facts, conversations;
	const char *features, *labels;	/* NULL */
	uint64_t splt;
	const char *by;			/* NULL */
	uint64_t top;			/* largest rows only; 0: all */
	const char *top_by;		/* NULL: the table's */
	const char *as;			/* NULL */
	uint64_t flow;			/* 0: any */
	bool all, ascii;
	uint64_t width;			/* 0: the terminal's */
	bool by_flow, totals;		/* of anomalies */
	const char *direction;		/* NULL: any */
	uint64_t snaplen, count;	/* 0: no bound */
	bool counts_results;		/* count is of packets written, not of
					   those captured */
	const char *server;		/* NULL */
	const char *items;		/* sections of a sheet; NULL: all */
	bool wants_kind;		/* the first operand says what to draw */
	const char *kind;		/* NULL: none */
	const char *size, *title;	/* of a picture; NULL: the usual */
	bool log;
	uint64_t connection;		/* 0: any */
	const char *page, *site;	/* of a report: file, folder; NULL */
	const char *address;
	uint64_t port, max_views;
	bool open;
	struct option_list names, clients, peers;
	struct settings settings;	/* of the analyses */
	/* Groups of columns that the options ask for: see struct column. */
	const char *groups[OPTIONS_GROUPS_MAX];
	size_t group_count;
	bool help, version;
};

/*
 * Reads the command's options and operands.  -1 with one line in *err where
 * something is wrong; "" there means that getopt_long has said it already.
 * Release with options_reset() in either case.
 */
int options_parse(struct options *options, const struct command *command,
    int argc, char **argv, struct errbuf *err);

/* Frees the lists; the texts in them are argv's and stay. */
void options_reset(struct options *options);

/* --help of a command, to stdout. */
void options_help(const struct command *command);

#endif
