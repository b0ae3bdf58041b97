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

/* A state and a writer for each output of the engine; a NULL state: that
 * output is off. */
struct lanes {
	void *states[ENGINE_OUTPUTS_MAX];
	struct table_writer *writers[ENGINE_OUTPUTS_MAX];
};

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

/*
 * Feeds the frames of an open reader to the states, writes the rows that can
 * be written, and fills status, account and lines of *result and the facts.
 * An output that fails is closed (nothing kept) and switched off; the others
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

/* A new state for an output, told what is wanted of it. */
void *output_state(const struct engine_output *output, struct errbuf *err);

/* An output failed: tells so, closes it keeping nothing, switches it off. */
void lanes_drop(const struct engine *engine, struct lanes *lanes, size_t i,
    struct engine_result *result, const struct errbuf *err);

#endif
