/*
 * Pictures by gnuplot: scripts that are complete in themselves, and running
 * them.
 *
 * The files of scripts/plots are part of the program.  One of them with all
 * that it loads in place, and what it is to draw in front, is a script that
 * needs nothing but its data: the same bytes for the same settings.
 */
#ifndef ANALYZER_REPORT_GNUPLOT_H
#define ANALYZER_REPORT_GNUPLOT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "base/sink.h"

/* A file of scripts/plots; `name` NULL at the end. */
struct gnuplot_file {
	const char *name, *text;
};

extern const struct gnuplot_file gnuplot_files[];

/* A variable that is set before: the text, or where it is NULL the number. */
struct gnuplot_setting {
	const char *name, *text;
	uint64_t number;
};

/* Writes the script that draws as file `name` does; -1 with the reason. */
int gnuplot_write(const char *name, const struct gnuplot_setting *settings,
    size_t count, struct sink *sink, struct errbuf *err);

/*
 * Runs `gnuplot ./SCRIPT` in the folder, without a shell, without the user's
 * start-up files, for at most limit_ms; *stop ends it too.  What it says, at
 * most 64 KiB, is appended to *said.  -1 with the reason: there is none, it
 * failed, or it took too long.
 */
int gnuplot_run(const char *folder, const char *script, int64_t limit_ms,
    const volatile sig_atomic_t *stop, struct bytes *said,
    struct errbuf *err);

#endif
