/*
 * What labgen's main knows of a command: one command a file, and a line in
 * registry.c.
 */
#ifndef TRAFFIC_COMMANDS_COMMAND_H
#define TRAFFIC_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct scenario;

/* Groups of options, as bits. */
enum {
	LABGEN_EVERY = 1,
	LABGEN_OUTPUT = 2,	/* a folder of captures */
	LABGEN_SYNTH = 4,
	LABGEN_LOAD = 8,
	LABGEN_RUN = 16,
	LABGEN_VERIFY = 32,
};

enum load_size { LOAD_SMALL, LOAD_MIXED, LOAD_MTU };
enum load_ip { LOAD_IP_MIXED, LOAD_IP_4, LOAD_IP_6 };

/* Texts are argv's. */
struct labgen_options {
	bool help, version;
	const char *operand;		/* NULL: none */
	const char *stray;		/* one operand too many */

	const char *out;		/* -o; NULL: not given */
	bool force;
	bool seed_set, start_set;
	uint64_t seed;
	int64_t start_ns;
	uint64_t snaplen;		/* 0: as the scenario says */

	uint64_t packets;		/* load; 0: endless */
	uint64_t rate;			/* packets a second of capture time */
	uint64_t flows;
	uint64_t life;			/* 0: drawn */
	bool microseconds;
	enum load_size size;
	enum load_ip ip;
};

struct labgen_command {
	const char *name;
	const char *synopsis;		/* behind "labgen " */
	const char *purpose;		/* one line, for the list of commands */
	const char *text;		/* some lines for --help */
	unsigned groups;
	const char *operand;		/* what it is called; NULL: none */
	/* Says what is wrong on standard error itself, or leaves it in *err
	 * (then with a status other than PROGRAM_DONE; PROGRAM_USAGE: it was
	 * asked for what this command cannot do). */
	int (*run)(const struct labgen_options *options, struct errbuf *err);
};

/* The scenario that the operand names; a hint of it is said.  NULL: see *err;
 * release with scenario_free(). */
struct scenario *command_scenario(const struct labgen_options *options,
    struct errbuf *err);

extern const struct labgen_command command_list;
extern const struct labgen_command command_show;
extern const struct labgen_command command_check;
extern const struct labgen_command command_synth;
extern const struct labgen_command command_run;
extern const struct labgen_command command_verify;
extern const struct labgen_command command_load;

/* All that there are, NULL at the end. */
extern const struct labgen_command *const labgen_commands[];

#endif
