/*
 * Inside plot: what is to be drawn, and how large, as the options say.
 */
#ifndef ANALYZER_COMMANDS_PLOT_LOOK_H
#define ANALYZER_COMMANDS_PLOT_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/commands/options.h"
#include "analyzer/commands/plot_kinds.h"
#include "base/errbuf.h"

struct plot_look {
	const struct plot_kind *kind;
	bool text;			/* the picture is characters */
	uint64_t width, height;		/* 0: as the script has it */
};

/* -1 with the reason, which is wrong usage. */
int plot_look_settle(struct plot_look *look, const struct options *options,
    struct errbuf *err);

#endif
