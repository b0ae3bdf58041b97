/*
 * Picture, script and data: three files of one name, made in a folder of their
 * own beside where they go, so that what gnuplot draws there it draws again
 * here.  They come into their places at the end or not at all.
 */
#ifndef ANALYZER_COMMANDS_PLOT_FILES_H
#define ANALYZER_COMMANDS_PLOT_FILES_H

#include <stdbool.h>

#include "base/errbuf.h"

enum plot_file { PLOT_PICTURE, PLOT_SCRIPT, PLOT_DATA, PLOT_FILES };

struct plot_files {
	char *folder;			/* where they are made */
	char *targets[PLOT_FILES];	/* where they go; NULL: nowhere */
	char *names[PLOT_FILES];	/* without folders */
	char *table;			/* path of a table that goes with it */
};

/*
 * `picture` ends in .png, .svg, .pdf or .txt; NULL: all three are for the moment
 * only, in TMPDIR.  -1 with the reason: no such folder, a name is no file or
 * a capture.  plot_files_close() in either case.
 */
int plot_files_open(struct plot_files *files, const char *picture,
    struct errbuf *err);

/* A path in the folder where they are made, for free(); NULL with the
 * reason. */
char *plot_files_path(const struct plot_files *files, enum plot_file which,
    struct errbuf *err);

/* Puts them into their places, the picture only if there is one. */
int plot_files_keep(const struct plot_files *files, bool picture,
    struct errbuf *err);

/* Removes what is left where they were made. */
void plot_files_close(struct plot_files *files);

#endif
