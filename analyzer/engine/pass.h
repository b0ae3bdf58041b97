/*
 * One pass over one input: every frame is read, selected, decoded and given a
 * direction once, whatever number of analyses look at it.
 */
#ifndef ANALYZER_ENGINE_PASS_H
#define ANALYZER_ENGINE_PASS_H

#include <stdbool.h>

#include "analyzer/capture/filter.h"
#include "analyzer/capture/reader.h"
#include "analyzer/engine/engine.h"

/* One analysis of an input: its state, shared by all questions that it answers,
 * and where their rows go. */
struct lane {
	const struct analysis *analysis;
	void *state;		/* NULL: the lane is off */
	struct table_writer *writers[ANALYSIS_TABLES_MAX];
	bool follows;		/* another part comes before: no writers */
};

struct lanes {
	struct lane lane[ENGINE_OUTPUTS_MAX];
	size_t count;
};

/* The lanes that the outputs need, all off. */
void lanes_init(struct lanes *lanes, const struct engine *engine);

/* The lane that answers the output's question. */
struct lane *lanes_find(struct lanes *lanes,
    const struct engine_output *output);

/* A new state for the lane: -1 with the reason in *err. */
int lane_begin(struct lane *lane, const struct engine *engine,
    struct errbuf *err);

/* Frees the state; the lane is off then. */
void lane_end(struct lane *lane);

/* What its functions take as writers. */
static inline struct table_writer *const *
lane_writers(const struct lane *lane)
{
	return lane->follows ? NULL : lane->writers;
}

/* It failed: tells so, closes its writers keeping nothing, switches it off. */
void lane_drop(struct lane *lane, struct engine_result *result,
    const struct errbuf *err);

/* Writes the rest of the rows, with finish(), and adds to the account. */
int lane_finish(struct lane *lane, const struct analysis_input *input,
    struct analysis_account *account, struct errbuf *err);

/* In the child of a snapshot: forgets the writers that are the parent's.  The
 * lane is off where none is left. */
void lane_keep_snapshots(struct lane *lane, const struct engine *engine);

/* What a table says of an input besides its packets: words, each once. */
struct facts {
	char format[128];
	char link_types[512];
};

/* What a thread needs for its passes; about 20 KiB. */
struct pass;

/* NULL with the reason in *err, also where the filter fits nothing. */
struct pass *pass_new(const struct engine *engine, struct errbuf *err);

/* NULL does nothing. */
void pass_free(struct pass *pass);

/* This process is the child of a snapshot, see struct engine: what is to be
 * done now is what comes behind the last input. */
bool pass_is_snapshot(const struct pass *pass);

/*
 * Feeds the frames of an open reader to the lanes and fills status, account
 * and lines of *result and the facts.  A lane that fails is dropped; the others
 * go on.
 */
void pass_run(struct pass *pass, struct reader *reader, struct lanes *lanes,
    struct engine_result *result, struct facts *facts);

/* Adds a line to what is to be told of an input; not an empty one. */
void result_tell(struct engine_result *result, const char *line);

/* The same, and the status if it is worse than the one so far. */
void result_worsen(struct engine_result *result, enum input_status status,
    const char *line);

/* Adds a word to a list of words unless it is there. */
void facts_add(char *list, size_t size, const char *word);

#endif
