/*
 * A run over inputs with one table as its result: what summary, packets and
 * the bare form share.
 */
#ifndef ANALYZER_COMMANDS_RUN_H
#define ANALYZER_COMMANDS_RUN_H

#include "analyzer/analyses/analysis.h"
#include "analyzer/capture/inputs.h"
#include "analyzer/commands/command.h"
#include "analyzer/commands/options.h"
#include "analyzer/commands/totals.h"
#include "analyzer/engine/engine.h"

/*
 * Parses, answers --help and --version, and complains about wrong usage.
 * -1: go on; otherwise the exit status.  options_reset() in either case.
 */
int run_options(struct options *options, const struct command *command,
    int argc, char **argv);

/* Prints "pcapstat: LINE" to stderr. */
void run_complain(const char *line);

/* The same for a text put together as by printf(3), without the '\n'.  Files,
 * their names and what is in them put words into it: what a terminal would obey
 * has become '?'. */
void run_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the line and a pointer to --help; returns EXIT_USAGE. */
int run_usage(const struct command *command, const char *line);

/* Everything printed is written: EXIT_OK, or EXIT_PARTIAL after having
 * complained. */
int run_flush(void);

/* The inputs that the options name, or the interface, which can be read once;
 * complaints are printed.  -1: nothing can be read, and this has been told. */
int run_inputs(const struct options *options, struct inputs *inputs);

/* The same for who reads them more than once: packets of an interface are
 * captured here and now, and the capture is the input. */
int run_inputs_again(const struct options *options, struct inputs *inputs);

/* An engine with what the options say, and no outputs yet. */
struct engine run_engine(const struct options *options,
    const struct inputs *inputs, const volatile sig_atomic_t *stop);

/* Is the filter fit to be used at all?  -1 after having complained. */
int run_check_filter(const struct options *options);

/* The order of joined inputs is found by a look at each beforehand: that asks
 * for files.  -1 with the reason in *err: wrong usage. */
int run_check_join(const struct options *options, const struct inputs *inputs,
    struct errbuf *err);

/* Is the result to be written where the file `path` is, which is read too? */
bool run_would_replace(const struct options *options, const char *path);

/* A result must not replace a capture that it comes from: -1 with the reason in
 * *err where it would. */
int run_check_output(const struct options *options,
    const struct inputs *inputs, struct errbuf *err);

/* Checks what the options say of inputs and lists these.  -1: go on, and
 * inputs_reset(); else the exit status, after having complained. */
int run_open(const struct command *command, const struct options *options,
    struct inputs *inputs);

/* run_table() over inputs that are open; *account, where not NULL, is where their
 * records went. */
int run_table_over(const struct command *command,
    const struct options *options, const struct inputs *inputs,
    const char *table_name, const volatile sig_atomic_t *stop,
    const struct engine_output *extra, void (*before)(const void *row),
    struct account *account);

/*
 * Runs one question over the inputs and writes its table as the options say;
 * `extra` (or NULL) is one more output beside it, with rows of its own.
 * `before` (or NULL) is told each row before the table's begin.
 */
int run_table(const struct command *command, const struct options *options,
    const char *table_name, const volatile sig_atomic_t *stop,
    const struct engine_output *extra, void (*before)(const void *row));

/* A command that is one table: options, run_table(). */
int run_table_command(const struct command *command, int argc, char **argv,
    const char *table_name, const volatile sig_atomic_t *stop);

#endif
