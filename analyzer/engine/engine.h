/*
 * Runs inputs through analyses: one pass a file, threads over files, rows in
 * the order of the inputs whatever the number of threads.
 */
#ifndef ANALYZER_ENGINE_ENGINE_H
#define ANALYZER_ENGINE_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/capture/inputs.h"
#include "analyzer/engine/direction.h"
#include "base/bytes.h"
#include "base/errbuf.h"
#include "base/network.h"
#include "base/sink.h"
#include "base/table.h"

struct reader;			/* analyzer/capture/reader.h */
struct ring;			/* analyzer/capture/ring.h */

enum { ENGINE_OUTPUTS_MAX = 16 };

/* What became of an input, from good to bad. */
enum input_status {
	INPUT_OK,
	INPUT_FOREIGN,		/* found by a walk, no capture: passed over */
	INPUT_INTERRUPTED,	/* `stop` was set while it was read */
	INPUT_UNSUPPORTED,	/* a link type or section without decoder, or to
				   which the filter does not apply */
	INPUT_CUT,
	INPUT_DAMAGED,
	INPUT_UNREADABLE,
};

/* The cell `status` of tables. */
const char *input_status_name(enum input_status status);

/* Every record has one of the directions or is filtered. */
struct account {
	struct direction_counts directions;
	uint64_t filtered;
	uint64_t truncated, malformed, unsupported;
};

/* Records read: the sum of all directions, skipped ones, and filtered. */
uint64_t account_records(const struct account *account);

struct engine_result {
	const struct input *input;
	enum input_status status;
	struct account account;
	struct analysis_account flows;
	struct bytes lines;	/* what to tell: lines that end in '\n' */
	bool output_failed;	/* some result of this input was not written */
};

/* One question and where its rows go. */
struct engine_output {
	struct question question;
	/*
	 * A writer for the rows of one input (with join: of all).  Bytes that go
	 * to `ordered` reach the output that is shared in the order of the inputs; a
	 * write of no bytes waits for the turn.  NULL with the reason in *err.
	 */
	struct table_writer *(*open)(void *context, const struct input *input,
	    struct sink *ordered, struct errbuf *err);
	void *context;
	struct sink *shared;	/* behind `ordered`; NULL: it is not written */
	size_t separator;	/* see format_separator_bytes() */
	const struct table_selection *columns;	/* wanted */
	bool own_file;		/* not for unreadable inputs, and nothing is
				   kept of interrupted ones */
	bool snapshot;		/* written by snapshots, too */
};

struct engine {
	const struct input *inputs;
	size_t input_count;
	const struct engine_output *outputs;
	size_t output_count;

	const struct settings *settings;	/* of the analyses */
	const struct networks *local;
	const char *filter;		/* NULL: none */
	int64_t from_ns, to_ns;		/* half-open; INT64_MIN, INT64_MAX: open */
	bool join;			/* the inputs are one capture */
	unsigned jobs;			/* threads, at least 1 */

	const volatile sig_atomic_t *stop;	/* set: end the reading */

	/* Called for each input in order, never two at once. */
	void (*done)(void *context, const struct engine_result *result);
	/* With join: a result of the whole is written, but lacks something. */
	void (*lacks)(void *context, const char *line);
	/* With join: where to put the account of flows of the whole. */
	struct analysis_account *flows;
	/* Called now and then, by any thread: bytes read since the last call. */
	void (*progress)(void *context, uint64_t bytes);
	/*
	 * Sees every frame as it was read, before any is left out; for frames
	 * of `reader`, which is borrowed like them.  -1 with the reason: told,
	 * and not called again.  NULL: nobody looks.
	 */
	int (*tap)(void *context, const struct reader *reader,
	    const struct frame *frames, size_t n, struct errbuf *err);
	struct ring *ring;	/* gets every frame as `tap` does; or NULL */
	/*
	 * Asked between batches, and now and then while nothing comes: is a
	 * snapshot due?  If so it calls fork(2) and returns true in the child,
	 * else false.  In the child engine_run() ends as if the inputs ended
	 * here, for the outputs marked `snapshot` alone; those of the others
	 * are the parent's and stay untouched.  done() gets the input that was
	 * being read with its account up to here, and lacks() what lacks.  The
	 * caller of engine_run() takes the rows then and calls _exit(2).  So a snapshot is exact,
	 * whatever finish() does to a state, and no packet waits for rows.
	 * With one thread (jobs == 1) only, and for live inputs and pipes only
	 * once their first bytes are there.
	 */
	bool (*snapshot)(void *context);
	bool prompt;		/* rows that are buffered are put out while
				   nothing comes, and a few times a second */
	void *context;
};

/* The reader of an input, be it a file or an interface, that ends soon after
 * *engine->stop is set; see reader_open(). */
struct reader *engine_open(const struct engine *engine,
    const struct input *input, bool *foreign, struct errbuf *err);

/*
 * Returns -1 with the reason in *err where it could not go on: no memory or
 * thread, a filter that fits nothing, or a shared output failed.  The reason
 * is empty where a result has told it.
 */
int engine_run(const struct engine *engine, struct errbuf *err);

#endif
