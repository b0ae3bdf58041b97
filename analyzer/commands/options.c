#include "analyzer/commands/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parse.h"

/* What getopt_long calls an operand, and options that have a long name only. */
enum { OPERAND = 1, LONG_FROM = 256, LONG_TO, LONG_JOIN, LONG_COLUMNS,
    LONG_FORMAT, LONG_PROGRESS, LONG_STRICT, LONG_PACKETS, LONG_RESUME };

enum { JOBS_MAX = 1024, OPTION_NAMES = 3 };

static const struct option_row {
	int letter;
	const char *names[OPTION_NAMES];
	const char *argument;	/* NULL: none */
	unsigned group;
	const char *help;
} rows[] = {
	{ 'f', { "file", "filename" }, "FILE", OPTIONS_INPUT,
	    "the same as naming FILE as INPUT" },
	{ 'l', { "local" }, "NET[,NET...]", OPTIONS_SELECT,
	    "local networks, IPv4 or IPv6 prefixes (192.168.0.0/16)" },
	{ 'F', { "filter" }, "EXPR", OPTIONS_SELECT,
	    "only packets that match this pcap-filter(7) expression" },
	{ LONG_FROM, { "from" }, "TIME", OPTIONS_SELECT,
	    "only packets of that time and later: RFC 3339 or epoch seconds" },
	{ LONG_TO, { "to" }, "TIME", OPTIONS_SELECT,
	    "only packets before that time" },
	{ LONG_JOIN, { "join" }, NULL, OPTIONS_JOIN,
	    "the inputs are one capture, in order of their first times" },
	{ 'o', { "output" }, "FILE", OPTIONS_OUTPUT,
	    "result file: .csv .json .ndjson .txt .db decides the format" },
	{ LONG_FORMAT, { "format" }, "FORMAT", OPTIONS_OUTPUT,
	    "csv, json, ndjson or text (text on a terminal, else csv)" },
	{ LONG_COLUMNS, { "columns" }, "NAME[,NAME...]", OPTIONS_COLUMNS,
	    "which columns, in this order (pcapstat schema lists them)" },
	{ 'O', { "output-dir" }, "DIR", OPTIONS_BATCH,
	    "where the results go (.)" },
	{ LONG_PACKETS, { "packets" }, NULL, OPTIONS_BATCH,
	    "also write NAME_out.csv for each capture NAME" },
	{ LONG_RESUME, { "resume" }, NULL, OPTIONS_BATCH,
	    "leave out captures that an earlier run has finished" },
	{ 'j', { "jobs" }, "N", OPTIONS_RUN,
	    "threads (the number of processors); the output is the same" },
	{ LONG_PROGRESS, { "progress" }, "WHEN", OPTIONS_RUN,
	    "auto, always or never (auto: when stderr is a terminal)" },
	{ 'q', { "quiet" }, NULL, OPTIONS_RUN,
	    "no accounting line, no progress" },
	{ 'v', { "verbose" }, NULL, OPTIONS_RUN,
	    "name files that are passed over, count odd packets" },
	{ LONG_STRICT, { "strict" }, NULL, OPTIONS_RUN,
	    "snaplen-cut, malformed, unsupported packets make status 1 too" },
	{ 'h', { "help" }, NULL, OPTIONS_ALL, "this help" },
	{ 'V', { "version" }, NULL, OPTIONS_ALL, "the version" },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool
has(const struct command *command, const struct option_row *row)
{
	return row->group == OPTIONS_ALL || (command->groups & row->group);
}

/* What getopt_long wants. */
struct getopt_tables {
	struct option longs[ROWS * OPTION_NAMES + 1];
	char shorts[1 + 3 * ROWS + 1];
};

static void
make_tables(const struct command *command, struct getopt_tables *t)
{
	char *at = t->shorts;
	size_t n = 0;

	/* Operands come in their place, as letter 1, not behind all options. */
	*at++ = '-';
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *row = &rows[i];

		if (!has(command, row))
			continue;
		for (size_t k = 0; k < OPTION_NAMES &&
		    row->names[k] != NULL; k++)
			t->longs[n++] = (struct option){ row->names[k],
			    row->argument != NULL, NULL, row->letter };
		if (row->letter < 256) {
			*at++ = (char)row->letter;
			if (row->argument != NULL)
				*at++ = ':';
		}
	}
	*at = '\0';
	t->longs[n] = (struct option){ 0 };
}

static int
set_format(struct options *o, const char *text, struct errbuf *err)
{
	if (format_by_name(text, &o->format) == -1 ||
	    o->format == FORMAT_SQLITE) {
		errbuf_set(err, "--format %s: not csv, json, ndjson or text",
		    text);
		return -1;
	}
	o->format_given = true;
	return 0;
}

static int
set_progress(struct options *o, const char *text, struct errbuf *err)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			o->progress = (enum progress_when)i;
			return 0;
		}
	errbuf_set(err, "--progress %s: not auto, always or never", text);
	return -1;
}

static int
set_local(struct options *o, const char *text, struct errbuf *err)
{
	if (networks_parse(text, &o->local, err) == -1) {
		errbuf_prefix(err, "--local");
		return -1;
	}
	o->local_text = text;
	return 0;
}

static int
set_time(int64_t *out, const char *name, const char *text,
    struct errbuf *err)
{
	if (parse_time(text, out, err) == -1) {
		errbuf_prefix(err, name);
		return -1;
	}
	return 0;
}

static int
set_jobs(struct options *o, const char *text, struct errbuf *err)
{
	uint64_t n;

	if (parse_u64(text, 1, JOBS_MAX, &n, err) == -1) {
		errbuf_prefix(err, "--jobs");
		return -1;
	}
	o->jobs = (unsigned)n;
	return 0;
}

static int
set_option(struct options *o, int letter, const char *text,
    struct errbuf *err)
{
	switch (letter) {
	case 'f':
		o->named_file = text;
		o->inputs[o->input_count++] = text;
		return 0;
	case OPERAND:
		o->inputs[o->input_count++] = text;
		return 0;
	case 'l': return set_local(o, text, err);
	case 'F': o->filter = text; return 0;
	case LONG_FROM: return set_time(&o->from_ns, "--from", text, err);
	case LONG_TO: return set_time(&o->to_ns, "--to", text, err);
	case LONG_JOIN: o->join = true; return 0;
	case 'o': o->output = text; return 0;
	case LONG_FORMAT: return set_format(o, text, err);
	case LONG_COLUMNS: o->columns = text; return 0;
	case 'O': o->folder = text; return 0;
	case LONG_PACKETS: o->packets = true; return 0;
	case LONG_RESUME: o->resume = true; return 0;
	case 'j': return set_jobs(o, text, err);
	case LONG_PROGRESS: return set_progress(o, text, err);
	case 'q': o->quiet = true; return 0;
	case 'v': o->verbose = true; return 0;
	case LONG_STRICT: o->strict = true; return 0;
	case 'h': o->help = true; return 0;
	case 'V': o->version = true; return 0;
	default:
		err->text[0] = '\0';	/* getopt_long has said it */
		return -1;
	}
}

static void
set_defaults(struct options *o)
{
	struct errbuf err;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	o->from_ns = INT64_MIN;
	o->to_ns = INT64_MAX;
	o->jobs = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX :
	    (unsigned)processors;
	o->folder = ".";
	set_local(o, "192.168.0.0/16", &err);
}

/* The ending of the output file decides unless --format has. */
static int
settle_format(struct options *o, struct errbuf *err)
{
	enum format by_path;

	if (o->output != NULL && strcmp(o->output, "-") == 0)
		o->output = NULL;
	if (o->output != NULL && format_by_path(o->output, &by_path) == 0) {
		if (o->format_given && by_path == FORMAT_SQLITE) {
			errbuf_set(err, "%s: a database has no --format",
			    o->output);
			return -1;
		}
		if (!o->format_given)
			o->format = by_path;
	} else if (!o->format_given) {
		o->format = o->output == NULL && isatty(STDOUT_FILENO) ?
		    FORMAT_TEXT : FORMAT_CSV;
	}
	return 0;
}

/* getopt_long() begins its lines with argv[0], which is the command here. */
static int
read_options(struct options *o, const struct getopt_tables *tables, int argc,
    char **argv, struct errbuf *err)
{
	char program[] = "pcapstat", *command = argv[0];
	int letter, status = 0;

	argv[0] = program;
	optind = 1;
	while (status == 0 && (letter = getopt_long(argc, argv, tables->shorts,
	    tables->longs, NULL)) != -1)
		status = set_option(o, letter, optarg, err);
	argv[0] = command;
	return status;
}

int
options_parse(struct options *o, const struct command *command, int argc,
    char **argv, struct errbuf *err)
{
	struct getopt_tables tables;

	*o = (struct options){ 0 };
	set_defaults(o);
	o->inputs = memory_array((size_t)argc + 1, sizeof(*o->inputs));
	if (o->inputs == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	make_tables(command, &tables);
	if (read_options(o, &tables, argc, argv, err) == -1)
		return -1;
	for (; optind < argc; optind++)
		o->inputs[o->input_count++] = argv[optind];
	if (o->from_ns >= o->to_ns) {
		errbuf_set(err, "--from is not before --to");
		return -1;
	}
	return settle_format(o, err);
}

void
options_reset(struct options *o)
{
	free(o->inputs);
	o->inputs = NULL;
}

static void
help_row(const struct option_row *row)
{
	char left[64];
	int n = 0;

	if (row->letter < 256)
		n += snprintf(left, sizeof(left), "  -%c, ", row->letter);
	else
		n += snprintf(left, sizeof(left), "      ");
	for (size_t k = 0; k < OPTION_NAMES && row->names[k] != NULL; k++)
		n += snprintf(left + n, sizeof(left) - (size_t)n, "%s--%s",
		    k == 0 ? "" : ", ", row->names[k]);
	if (row->argument != NULL)
		n += snprintf(left + n, sizeof(left) - (size_t)n, " %s",
		    row->argument);
	if (n > 30)
		printf("%s\n%32s%s\n", left, "", row->help);
	else
		printf("%-32s%s\n", left, row->help);
}

void
options_help(const struct command *command)
{
	printf("usage: pcapstat %s\n\n%s\n\noptions:\n", command->synopsis,
	    command->text);
	for (size_t i = 0; i < ROWS; i++)
		if (has(command, &rows[i]))
			help_row(&rows[i]);
}
