#include "analyzer/commands/batch_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/commands/table_output.h"
#include "base/memory.h"

enum { NAME_BYTES = 64 };

struct batch_table {
	struct question question;
	struct options options;	/* as if it were the only result */
	char *path;
	struct table_output output;
	bool is_open;
};

static int
add_name(struct batch_tables *t, const struct options *options,
    const char *name, struct errbuf *err)
{
	struct batch_table *added = &t->list[t->count];

	if (name[0] == '\0') {
		errbuf_set(err, "--tables: a name is empty");
		return -1;
	}
	if (question_find(name, &added->question) == -1 ||
	    question_table(added->question)->hidden) {
		errbuf_set(err, "--tables: %s: no such table (pcapstat schema "
		    "lists them)", name);
		return -1;
	}
	if (added->question.analysis == &analysis_summary) {
		errbuf_set(err, "--tables: summary is out.csv");
		return -1;
	}
	if (added->question.analysis == &analysis_packets && options->packets) {
		errbuf_set(err, "--tables packets and --packets do not go "
		    "together");
		return -1;
	}
	for (size_t i = 0; i < t->count; i++)
		if (question_table(t->list[i].question) ==
		    question_table(added->question)) {
			errbuf_set(err, "--tables: %s is named twice", name);
			return -1;
		}
	added->options = *options;
	added->options.columns = NULL;
	added->options.format = FORMAT_CSV;
	t->count++;
	return 0;
}

/* There are as many names as commas, and one. */
static size_t
count_names(const char *names)
{
	size_t n = 1;

	for (; *names != '\0'; names++)
		n += *names == ',';
	return n;
}

int
batch_tables_init(struct batch_tables *t, const struct options *options,
    struct errbuf *err)
{
	const char *names = options->tables;

	*t = (struct batch_tables){ NULL, 0 };
	if (names == NULL)
		return 0;
	if (options->resume) {
		errbuf_set(err, "--tables and --resume do not go together: of "
		    "finished captures only the row of out.csv is kept");
		return -1;
	}
	t->list = memory_array(count_names(names), sizeof(*t->list));
	if (t->list == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (;;) {
		char name[NAME_BYTES];
		size_t len = strcspn(names, ",");

		/* What is cut here is longer than any table's name. */
		snprintf(name, sizeof(name), "%.*s", (int)(len < NAME_BYTES ?
		    len : NAME_BYTES), names);
		if (add_name(t, options, name, err) == -1)
			return -1;
		names += len;
		if (*names == '\0')
			return 0;
		names++;
	}
}

static int
open_table(struct batch_table *t, const struct guard *guard,
    struct errbuf *err)
{
	const char *name = question_table(t->question)->name;
	size_t room = strlen(t->options.folder) + strlen(name) +
	    sizeof("/.csv");
	bool usage;

	t->path = memory_array(room, 1);
	if (t->path == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	snprintf(t->path, room, "%s/%s.csv", t->options.folder, name);
	t->options.output = t->path;
	if (guard_check(guard, t->path, err) == -1 ||
	    table_output_open(&t->output, &t->options,
	    question_table(t->question), NULL, &usage, err) == -1)
		return -1;
	t->is_open = true;
	return 0;
}

int
batch_tables_open(struct batch_tables *t, const struct guard *guard,
    struct errbuf *err)
{
	for (size_t i = 0; i < t->count; i++)
		if (open_table(&t->list[i], guard, err) == -1)
			return -1;
	return 0;
}

void
batch_tables_outputs(struct batch_tables *t, struct engine_output *outputs)
{
	for (size_t i = 0; i < t->count; i++) {
		struct batch_table *table = &t->list[i];

		outputs[i] = (struct engine_output){
			.question = table->question,
			.open = table_output_writer,
			.context = &table->output,
			.shared = table_output_sink(&table->output),
			.columns = &table->output.columns,
		};
	}
}

int
batch_tables_close(struct batch_tables *t, bool whole,
    void (*tell)(void *context, const struct errbuf *line), void *context)
{
	int status = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct batch_table *table = &t->list[i];
		struct errbuf err;

		table->is_open = false;
		if (table_output_close(&table->output, whole, &err) == 0) {
			if (whole)
				continue;
			errbuf_set(&err, "%s: not written, since not all "
			    "inputs were read", table->path);
		}
		tell(context, &err);
		status = -1;
	}
	return status;
}

void
batch_tables_reset(struct batch_tables *t)
{
	struct errbuf ignored;

	for (size_t i = 0; i < t->count; i++) {
		if (t->list[i].is_open)
			table_output_close(&t->list[i].output, false,
			    &ignored);
		free(t->list[i].path);
	}
	free(t->list);
	*t = (struct batch_tables){ NULL, 0 };
}
