/*
 * Inside report: an input that can be read once only, standard input or a FIFO,
 * and whose bytes shall be hashed whole, whatever the reader makes of them.
 *
 * A thread reads the input, hashes it, and hands it on through a pipe, which is
 * what is read instead.
 */
#ifndef ANALYZER_COMMANDS_REPORT_ONCE_H
#define ANALYZER_COMMANDS_REPORT_ONCE_H

#include <signal.h>
#include <stdbool.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/report_capture.h"
#include "base/errbuf.h"

struct report_once;

/* Is the input one that can be read once only? */
bool report_is_once(const struct input *input);

/*
 * Begins to read it; *instead is the same input by the pipe's path, valid until
 * report_once_end().  NULL with the reason in *err.
 */
struct report_once *report_once_begin(const struct input *input,
    struct input *instead, const volatile sig_atomic_t *stop,
    struct errbuf *err);

/* After the last reading: reads what is left, unless *stop is set, and says
 * what it was.  Frees it; NULL does nothing. */
void report_once_end(struct report_once *once, struct report_file *file);

#endif
