/*
 * Inside report: one capture (or several that are one, with --join) read once,
 * with all that its page shows.
 */
#ifndef ANALYZER_COMMANDS_REPORT_CAPTURE_H
#define ANALYZER_COMMANDS_REPORT_CAPTURE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/commands/options.h"
#include "analyzer/commands/progress.h"
#include "analyzer/engine/engine.h"
#include "analyzer/report/grid.h"
#include "analyzer/report/ladder.h"
#include "analyzer/report/panels.h"
#include "base/sha256.h"

enum { REPORT_PANELS_MAX = ENGINE_OUTPUTS_MAX - 1 };

/* The beginning of a conversation. */
struct report_ladder {
	uint64_t flow;		/* its number; 0: none yet */
	struct ladder ladder;
	bool full;
	uint64_t left_out;	/* packets behind its end */
};

/* What an input's file is. */
struct report_file {
	bool known;		/* read to its end, as it was when it was
				   opened */
	uint8_t digest[SHA256_BYTES];	/* of the bytes as stored */
	uint64_t size_bytes;
};

struct report_capture {
	const struct options *options;
	const struct input *inputs;
	size_t count;			/* of inputs */
	struct settings settings;
	struct grid *grids[REPORT_PANELS_MAX];	/* one a panel; owned */
	struct report_ladder first, first_tcp;	/* conversations */
	struct engine_result *results;	/* one an input, `input` NULL where it
					   was not come to; owned */
	size_t told;			/* how many are there */
	struct analysis_account flows;	/* with --join: of the whole */
	struct bytes lacks;		/* lines: what could not be made whole */
	struct report_file *files;	/* one an input; owned */
	struct progress *progress;
};

/* -1 with the reason.  report_capture_reset() in either case. */
int report_capture_init(struct report_capture *capture,
    const struct options *options, const struct input *inputs, size_t count,
    struct errbuf *err);

/* Reads the inputs.  -1 with the reason where no page can be made; results say
 * what each input was. */
int report_capture_read(struct report_capture *capture,
    const volatile sig_atomic_t *stop, struct errbuf *err);

/* Has something been read, and to its end as far as that goes? */
bool report_capture_is_fit(const struct report_capture *capture);

/* The conversation that is drawn: the first TCP connection, else the first of
 * all; NULL: there is none. */
struct report_ladder *report_capture_ladder(struct report_capture *capture);

/* Frees what it owns. */
void report_capture_reset(struct report_capture *capture);

#endif
