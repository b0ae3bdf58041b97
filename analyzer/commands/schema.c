#include <string.h>

#include "analyzer/commands/run.h"
#include "analyzer/commands/table_output.h"

struct schema_row {
	const char *table, *name, *type, *unit, *meaning, *option, *terminal;
};

#define TEXT(field, meaning) \
	{ #field, COLUMN_TEXT, offsetof(struct schema_row, field), "", meaning }

static const struct column columns[] = {
	TEXT(table, "the table, named as the command that writes it"),
	TEXT(name, "the column"),
	TEXT(type, "integer, decimal, seconds, time, text or address"),
	TEXT(unit, "unit of its values; empty where it has none"),
	TEXT(meaning, "what it is"),
	TEXT(option, "the option that adds it; empty where it is there without one"),
	TEXT(terminal, "is it among the columns that a terminal shows: yes or no"),
};

static const struct table schema_table = {
	"schema", "a column", columns, sizeof(columns) / sizeof(columns[0]),
	"name,table,type,unit,meaning",
};

static const char *const type_names[] = {
	[COLUMN_U64] = "integer",
	[COLUMN_I64] = "integer",
	[COLUMN_SECONDS] = "seconds",
	[COLUMN_TIME] = "time",
	[COLUMN_TEXT] = "text",
	[COLUMN_STRING] = "text",
	[COLUMN_DECIMAL] = "decimal",
	[COLUMN_IP] = "address",
};

static int
write_table(const struct table *table, struct table_writer *writer,
    struct errbuf *err)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *c = &table->columns[i];
		struct schema_row row = { table->name, c->name,
		    type_names[c->type], c->unit[0] == '\0' ? NULL : c->unit,
		    c->meaning, c->group,
		    table_shows(table, c) ? "yes" : "no" };

		if (writer->row(writer, &row, err) == -1)
			return -1;
	}
	return 0;
}

static bool
is_asked_for(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->input_count; i++)
		if (strcmp(options->inputs[i], name) == 0)
			return true;
	return options->input_count == 0;
}

static int
check_names(const struct options *options, struct errbuf *err)
{
	struct question found;

	for (size_t i = 0; i < options->input_count; i++)
		if (question_find(options->inputs[i], &found) == -1 ||
		    question_table(found)->hidden) {
			errbuf_set(err, "%s: no such table",
			    options->inputs[i]);
			return -1;
		}
	return 0;
}

static int
write_analysis(const struct options *options, const struct analysis *a,
    struct table_writer *writer, struct errbuf *err)
{
	for (size_t i = 0; i < a->table_count; i++)
		if (!a->tables[i]->hidden &&
		    is_asked_for(options, a->tables[i]->name) &&
		    write_table(a->tables[i], writer, err) == -1)
			return -1;
	return 0;
}

static int
write_schema(const struct options *options, struct table_output *output,
    struct errbuf *err)
{
	struct table_writer *writer = table_output_rows(output, err);
	int status = 0;

	if (writer == NULL)
		return -1;
	for (size_t i = 0; analyses[i] != NULL && status == 0; i++)
		status = write_analysis(options, analyses[i], writer, err);
	if (status == -1) {
		struct errbuf ignored;

		writer->close(writer, false, &ignored);
		return -1;
	}
	return writer->close(writer, true, err);
}

static int
run_schema(const struct command *command, const struct options *options)
{
	struct table_output output;
	struct errbuf err;
	bool usage;
	int status;

	if (check_names(options, &err) == -1)
		return run_usage(command, err.text);
	if (table_output_open(&output, options, &schema_table, NULL, &usage,
	    &err) == -1) {
		if (usage)
			return run_usage(command, err.text);
		run_complain(err.text);
		return EXIT_PARTIAL;
	}
	status = write_schema(options, &output, &err);
	if (status == -1)
		run_complain(err.text);
	if (table_output_close(&output, status == 0, &err) == -1) {
		run_complain(err.text);
		status = -1;
	}
	return status == 0 ? EXIT_OK : EXIT_PARTIAL;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	(void)stop;
	if (status == -1)
		status = run_schema(command, &options);
	options_reset(&options);
	return status;
}

const struct command command_schema = {
	.name = "schema",
	.synopsis = "schema [OPTION]... [TABLE]...",
	.purpose = "the columns of every table: name, type, unit, meaning",
	.text = "Lists the columns of the tables, or of all of them: name, "
	    "type, unit, meaning.",
	.groups = OPTIONS_OUTPUT | OPTIONS_COLUMNS,
	.run = run,
};
