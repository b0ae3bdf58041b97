/*
 * What main knows of a command.
 */
#ifndef ANALYZER_COMMANDS_COMMAND_H
#define ANALYZER_COMMANDS_COMMAND_H

#include <signal.h>

enum {
	EXIT_OK = 0,		/* everything read */
	EXIT_PARTIAL = 1,	/* an input or a result is missing or marked */
	EXIT_USAGE = 2,
	EXIT_NOTHING = 3,	/* nothing could be read */
};

struct command {
	const char *name;
	const char *synopsis;	/* behind "pcapstat " */
	const char *purpose;	/* one line, for the list of commands */
	const char *text;	/* some lines for --help */
	unsigned groups;	/* of options: OPTIONS_* in options.h */
	unsigned words;		/* operands that stand before the INPUTs */
	/* argv[0] is the command's name; returns an exit status.  *stop is set
	 * by signals. */
	int (*run)(const struct command *command, int argc, char **argv,
	    const volatile sig_atomic_t *stop);
};

extern const struct command command_summary;
extern const struct command command_packets;
extern const struct command command_flows;
extern const struct command command_protocols;
extern const struct command command_tcp;
extern const struct command command_udp;
extern const struct command command_timeline;
extern const struct command command_gaps;
extern const struct command command_sizes;
extern const struct command command_anomalies;
extern const struct command command_plot;
extern const struct command command_batch;
extern const struct command command_extract;
extern const struct command command_dashboard;
extern const struct command command_report;
extern const struct command command_ladder;
extern const struct command command_answers;
extern const struct command command_grade;
extern const struct command command_schema;
extern const struct command command_explain;
/* Without a command word: over the INPUTs, or over pcap_files/. */
extern const struct command command_bare;

/* All that have a word, NULL at the end. */
extern const struct command *const commands[];

#endif
