#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/commands/explain_row.h"
#include "analyzer/commands/run.h"
#include "base/distance.h"

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

/* Columns of several tables that mean the same are told once. */
struct found {
	const struct table *table;
	const struct column *column;
};

enum { FOUND_MAX = 64 };

static bool
is_same(const struct column *a, const struct column *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->meaning, b->meaning) == 0 && strcmp(a->unit, b->unit) == 0;
}

/* All columns that are asked for; how many there are. */
static size_t
find(const char *asked, struct found *found)
{
	size_t n = 0;

	for (size_t i = 0; analyses[i] != NULL; i++)
		for (size_t k = 0; k < analyses[i]->table_count; k++) {
			const struct table *t = analyses[i]->tables[k];

			for (size_t c = 0; !t->hidden && c < t->column_count;
			    c++)
				if (matches(t, &t->columns[c], asked) &&
				    n < FOUND_MAX)
					found[n++] = (struct found){ t,
					    &t->columns[c] };
		}
	return n;
}

static void
print_column(const struct found *found, size_t n, size_t first)
{
	const struct column *c = found[first].column;
	const char *comma = "";

	for (size_t i = first; i < n; i++)
		if (is_same(found[i].column, c)) {
			printf("%s%s.%s", comma, found[i].table->name,
			    c->name);
			comma = ", ";
		}
	printf(": %s", c->meaning);
	if (c->unit[0] != '\0')
		printf(" (%s)", c->unit);
	printf("\n");
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (belongs(&terms[i], c->name))
			printf("\n%s\n", terms[i].text);
	printf("\nSee pcapstat-definitions(7).\n");
}

static bool
is_told(const struct found *found, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same(found[k].column, found[i].column))
			return true;
	return false;
}

/* Of all columns that find() knows. */
static const char *
nearest(const char *asked)
{
	const char *best = NULL;

	for (size_t i = 0; analyses[i] != NULL; i++)
		for (size_t k = 0; k < analyses[i]->table_count; k++) {
			const struct table *t = analyses[i]->tables[k];
			const char *name = t->hidden ? NULL :
			    table_nearest(t, asked);

			if (name == NULL)
				continue;
			if (best == NULL || edit_distance(name, asked) <
			    edit_distance(best, asked))
				best = name;
		}
	return best;
}

static int
explain(const struct command *command, const char *asked)
{
	struct found found[FOUND_MAX];
	size_t n = find(asked, found);
	struct errbuf line;

	for (size_t i = 0; i < n; i++)
		if (!is_told(found, i)) {
			if (i > 0)
				printf("\n");
			print_column(found, n, i);
		}
	if (n > 0)
		return run_flush();
	errbuf_set(&line, "%s: no such column; the nearest is %s", asked,
	    nearest(asked));
	return run_usage(command, line.text);
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1 && options.input_count == 1)
		status = explain(command, options.inputs[0]);
	else if (status == -1 && options.input_count >= 4)
		status = explain_row(command, &options, stop);
	else if (status == -1)
		status = run_usage(command, "COLUMN is wanted, or TABLE ROW "
		    "COLUMN INPUT");
	options_reset(&options);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.synopsis = "explain COLUMN | TABLE ROW COLUMN INPUT",
	.purpose = "the definition of a column; the packets behind a number",
	.text = "Says what a column holds: COLUMN is a name that pcapstat "
	    "schema lists, or\nTABLE.NAME.  With a TABLE (tcp or flows), a ROW "
	    "(the number of the connection or\nflow) and an INPUT, lists the "
	    "packets that the number was made from, and the rule.",
	.groups = OPTIONS_SELECT | OPTIONS_JOIN | OPTIONS_OUTPUT |
	    OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW,
	.run = run,
};
