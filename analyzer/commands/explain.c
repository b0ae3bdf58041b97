#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/commands/run.h"

enum { PATTERNS = 3 };

/* What several definitions have in common, and the columns (as in fnmatch(3))
 * to which it belongs.  time_out_of_range is no time between packets. */
static const struct term {
	const char *columns[PATTERNS];
	const char *text;
} terms[] = {
	{ { "time_in_*", "time_out_[!o]*", "time_all_*" },
	    "A time between packets is t(i) - t(i-1) of consecutive "
	    "packets of one class, in file\norder, in whole nanoseconds; n "
	    "packets give n - 1 of them; steps back in time are\nnegative and "
	    "are kept.  Undefined (an empty cell) where there are too few." },
	{ { "iat_s" },
	    "t(i) - t(i-1) of consecutive packets of one direction, in "
	    "file order; empty for the\nfirst one." },
	{ { "*_std", "*_std_sample" },
	    "The population's deviation divides by the number of times, "
	    "the sample's (_std_sample)\nby one less.  Both come from exact "
	    "integer sums and are rounded once." },
	{ { "*_median" },
	    "Exact; of an even count the mean of the two middle "
	    "values." },
	{ { "*_p90", "*_p99" },
	    "Exact; type 7 of Hyndman and Fan: linear between the two "
	    "order statistics around\n(n - 1) p." },
	{ { "*_in", "time_in_*" },
	    "In: the source of the outermost IP header is not in a local "
	    "network (--local,\n192.168.0.0/16 unless given)." },
	{ { "*_out", "time_out_[!o]*" },
	    "Out: the source of the outermost IP header is in a local "
	    "network (--local,\n192.168.0.0/16 unless given)." },
	{ { "direction" },
	    "out: the source of the outermost IP header is in a "
	    "local network (--local); in: it is\nnot; other: no IP, or of an "
	    "IP version without a local network; skipped: no decoder, or\ncut "
	    "before the source address." },
};

/* A column of some table, by "NAME" or "TABLE.NAME". */
static bool
matches(const struct table *table, const struct column *c, const char *asked)
{
	size_t len = strlen(table->name);

	if (strncmp(asked, table->name, len) == 0 && asked[len] == '.')
		return strcmp(asked + len + 1, c->name) == 0;
	return strcmp(asked, c->name) == 0;
}

static bool
belongs(const struct term *term, const char *name)
{
	for (size_t i = 0; i < PATTERNS && term->columns[i] != NULL; i++)
		if (fnmatch(term->columns[i], name, 0) == 0)
			return true;
	return false;
}

static void
print_column(const struct table *table, const struct column *c)
{
	printf("%s.%s: %s", table->name, c->name, c->meaning);
	if (c->unit[0] != '\0')
		printf(" (%s)", c->unit);
	printf("\n");
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (belongs(&terms[i], c->name))
			printf("\n%s\n", terms[i].text);
	printf("\nSee pcapstat-definitions(7).\n");
}

/* Prints the table's columns that are asked for; adds how many there are. */
static void
explain_table(const struct table *t, const char *asked, int *found)
{
	for (size_t k = 0; k < t->column_count; k++)
		if (matches(t, &t->columns[k], asked)) {
			if ((*found)++ > 0)
				printf("\n");
			print_column(t, &t->columns[k]);
		}
}

static int
explain(const struct command *command, const char *asked)
{
	struct errbuf line;
	int found = 0;

	for (size_t i = 0; analyses[i] != NULL; i++)
		for (size_t k = 0; k < analyses[i]->table_count; k++)
			explain_table(analyses[i]->tables[k], asked, &found);
	if (found > 0)
		return run_flush();
	errbuf_set(&line, "%s: no such column; the nearest is %s",
	    asked, table_nearest(analyses[0]->tables[0], asked));
	return run_usage(command, line.text);
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	(void)stop;
	if (status == -1 && options.input_count != 1)
		status = run_usage(command, "one COLUMN is wanted");
	if (status == -1)
		status = explain(command, options.inputs[0]);
	options_reset(&options);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.synopsis = "explain COLUMN",
	.purpose = "the definition of a column",
	.text = "Says what a column holds.  COLUMN is a name that pcapstat "
	    "schema lists, or\nTABLE.NAME.",
	.groups = 0,
	.run = run,
};
