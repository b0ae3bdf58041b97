/*
 * The sheet of a lab from the captures that the options name: what `answers`
 * and `grade` share.
 */
#ifndef ANALYZER_COMMANDS_LAB_H
#define ANALYZER_COMMANDS_LAB_H

#include <signal.h>
#include <stdbool.h>

#include "analyzer/analyses/answers.h"
#include "analyzer/analyses/sheet.h"
#include "analyzer/commands/host_names.h"
#include "analyzer/commands/views.h"
#include "analyzer/report/ladder.h"

struct lab {
	const struct options *options;
	struct views views;
	struct host_names names;
	struct answers_notes *notes;	/* one a view; owned */
	struct ladder_view *sights;	/* the same */
	bool sights_cut;		/* they would need too much memory */
	struct answers_alias *given, *told;	/* owned */
	size_t told_count;
	size_t used;		/* notes that hold packets, all in front */
	struct table_ip places[LADDER_VIEWS_MAX];	/* of these */
	struct answers_question question;
	struct sheet sheet;	/* without the parts that are not asked for */
};

/*
 * Reads the captures and makes the sheet.  -1: the sheet is there; else the exit
 * status, after having complained.  lab_reset() in either case.
 */
int lab_read(struct lab *lab, const struct command *command,
    const struct options *options, const volatile sig_atomic_t *stop);

/* Text unless --format or the output's ending says otherwise.  -1 after having
 * complained: it is neither text nor JSON. */
int lab_format(const struct command *command, const struct options *options,
    enum format *format);

/* The accounting line and the exit status of the reading.  `lacks`: what was
 * made of it could not be told in full. */
int lab_close(struct lab *lab, bool lacks);

/* Frees all of it; of a zeroed struct it does nothing. */
void lab_reset(struct lab *lab);

#endif
