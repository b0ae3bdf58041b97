#include "analyzer/commands/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parse.h"

/* What getopt_long calls an operand, and the first of the letters of options
 * that have none: these are LONG + their row. */
enum { OPERAND = 1, LONG = 256 };

enum { JOBS_MAX = 1024, OPTION_NAMES = 3, SPLT_MAX = 65535,
    TOP_MAX = 1000000, WIDTH_MIN = 40, WIDTH_MAX = 1000 };

/* What an option's value is, and so how it is read. */
enum kind {
	FLAG,			/* bool */
	WORD,			/* const char * */
	WORDS,			/* struct option_list */
	NUMBER,			/* uint64_t, min to max */
	SIZE,			/* uint64_t, bytes, at least min */
	DURATION,		/* int64_t, nanoseconds */
	POINT_IN_TIME,		/* int64_t, nanoseconds */
	OTHER,			/* read by `set` */
};

static int set_file(struct options *o, const char *text, struct errbuf *err);
static int set_local(struct options *o, const char *text, struct errbuf *err);
static int set_format(struct options *o, const char *text,
    struct errbuf *err);
static int set_by_protocol(struct options *o, const char *text,
    struct errbuf *err);
static int set_jobs(struct options *o, const char *text, struct errbuf *err);
static int set_progress(struct options *o, const char *text,
    struct errbuf *err);

#define AT(field) offsetof(struct options, field)

static const struct option_row {
	int letter;		/* 0: none */
	const char *names[OPTION_NAMES];
	const char *argument;	/* NULL: none */
	unsigned groups;
	enum kind kind;
	size_t at;		/* of the value in struct options */
	const char *help;
	uint64_t min, max;
	int (*set)(struct options *o, const char *text, struct errbuf *err);
} rows[] = {
	{ 'f', { "file", "filename" }, "FILE", OPTIONS_INPUT, OTHER, 0,
	    "the same as naming FILE as INPUT", .set = set_file },
	{ 'l', { "local" }, "NET[,NET...]", OPTIONS_SELECT, OTHER, 0,
	    "local networks, IPv4 or IPv6 prefixes (192.168.0.0/16)",
	    .set = set_local },
	{ 'F', { "filter" }, "EXPR", OPTIONS_SELECT, WORD, AT(filter),
	    "only packets that match this pcap-filter(7) expression" },
	{ 0, { "from" }, "TIME", OPTIONS_SELECT, POINT_IN_TIME, AT(from_ns),
	    "only packets of that time and later: RFC 3339 or epoch seconds" },
	{ 0, { "to" }, "TIME", OPTIONS_SELECT, POINT_IN_TIME, AT(to_ns),
	    "only packets before that time" },
	{ 0, { "join" }, NULL, OPTIONS_JOIN, FLAG, AT(join),
	    "the inputs are one capture, in order of their first times" },
	{ 'o', { "output" }, "FILE", OPTIONS_OUTPUT, WORD, AT(output),
	    "result file: .csv .json .ndjson .txt .db decides the format" },
	{ 'o', { "output" }, "DIAGRAM", OPTIONS_LADDER, WORD, AT(output),
	    "the diagram: .txt .svg .mmd .puml decides the form" },
	{ 'o', { "output" }, "CAPTURE", OPTIONS_EXTRACT, WORD, AT(output),
	    "the new capture: .pcap or .pcapng decides the format" },
	{ 'o', { "output" }, "RESULT", OPTIONS_ANSWERS, WORD, AT(output),
	    "result file: .txt or .json decides the form" },
	{ 0, { "format" }, "KIND", OPTIONS_ANSWERS, OTHER, 0,
	    "text or json (text)", .set = set_format },
	{ 0, { "format" }, "FORMAT", OPTIONS_OUTPUT, OTHER, 0,
	    "csv, json, ndjson or text (text on a terminal, else csv)",
	    .set = set_format },
	{ 0, { "columns" }, "NAME[,NAME...]", OPTIONS_COLUMNS, WORD,
	    AT(columns),
	    "which columns, in this order (pcapstat schema lists them)" },
	{ 0, { "by" }, "WHAT", OPTIONS_SUMMARY, OTHER, 0,
	    "protocol: a row a protocol, too", .set = set_by_protocol },
	{ 0, { "relative" }, NULL, OPTIONS_TCP | OPTIONS_LADDER, FLAG,
	    AT(relative), "relative sequence numbers too" },
	{ 0, { "segments" }, NULL, OPTIONS_TCP, FLAG, AT(segments),
	    "a row a segment instead, with what it is and why" },
	{ 0, { "handshakes" }, NULL, OPTIONS_TCP, FLAG, AT(handshakes),
	    "a row a handshake segment instead" },
	{ 0, { "facts" }, NULL, OPTIONS_UDP, FLAG, AT(facts),
	    "the facts of the UDP header, with an example, instead" },
	{ 0, { "conversations" }, NULL, OPTIONS_UDP, FLAG, AT(conversations),
	    "a row a conversation instead" },
	{ 0, { "features" }, "SET", OPTIONS_FLOWS, WORD, AT(features),
	    "cic: the columns of CICFlowMeter instead, with correct values" },
	{ 0, { "splt" }, "N", OPTIONS_FLOWS, NUMBER, AT(splt),
	    "lists lengths, times and senders of the first N packets too",
	    1, SPLT_MAX },
	{ 0, { "labels" }, "FILE", OPTIONS_FLOWS, WORD, AT(labels),
	    "labels from a schedule (CSV) too" },
	{ 0, { "top" }, "N", OPTIONS_FLOWS, NUMBER, AT(settings.top),
	    "only the N largest, largest first", 1, TOP_MAX },
	{ 0, { "by" }, "COLUMN", OPTIONS_FLOWS, WORD, AT(by),
	    "the column that says what is large (a_ip_bytes)" },
	{ 0, { "idle-timeout" }, "TIME", OPTIONS_FLOW, DURATION,
	    AT(settings.idle_timeout_ns),
	    "silence that ends a flow (TCP: 1h, others: 120s)" },
	{ 0, { "active-timeout" }, "TIME", OPTIONS_FLOW, DURATION,
	    AT(settings.active_timeout_ns),
	    "longer flows are split into parts (never)" },
	{ 0, { "max-memory" }, "SIZE", OPTIONS_FLOW | OPTIONS_TIMELINE, SIZE,
	    AT(settings.max_memory),
	    "bound on the tables of each capture that is read (4G)",
	    1 << 20, 0 },
	{ 0, { "interval" }, "TIME", OPTIONS_TIMELINE, DURATION,
	    AT(settings.interval_ns), "width of a bucket (1s)" },
	{ 0, { "as" }, "FORM", OPTIONS_LADDER, WORD, AT(as),
	    "text, svg, mermaid or plantuml" },
	{ 0, { "flow" }, "N", OPTIONS_LADDER | OPTIONS_EXTRACT, NUMBER,
	    AT(flow), "only packets of the flow with this number",
	    1, UINT64_MAX - 1 },
	{ 0, { "all" }, NULL, OPTIONS_LADDER, FLAG, AT(all),
	    "fold nothing" },
	{ 0, { "name" }, "IP=NAME", OPTIONS_LADDER | OPTIONS_ANSWERS, WORDS,
	    AT(names), "what to call a host; may be given again" },
	{ 0, { "ascii" }, NULL, OPTIONS_LADDER, FLAG, AT(ascii),
	    "text in ASCII only" },
	{ 0, { "width" }, "N", OPTIONS_LADDER, NUMBER, AT(width),
	    "width of the text (the terminal's, else 100)",
	    WIDTH_MIN, WIDTH_MAX },
	{ 0, { "direction" }, "WHICH", OPTIONS_EXTRACT, WORD, AT(direction),
	    "only packets in, out, other or skipped" },
	{ 0, { "snaplen" }, "N", OPTIONS_EXTRACT, NUMBER, AT(snaplen),
	    "keep at most N bytes of each packet", 1, UINT32_MAX },
	{ 0, { "count" }, "N", OPTIONS_EXTRACT, NUMBER, AT(count),
	    "at most N packets", 1, UINT64_MAX - 1 },
	{ 0, { "server" }, "HOST", OPTIONS_ANSWERS, WORD, AT(server),
	    "the server: address, name or capture" },
	{ 0, { "client" }, "HOST", OPTIONS_ANSWERS, WORDS, AT(clients),
	    "a client; may be given again" },
	{ 0, { "peer" }, "HOST", OPTIONS_ANSWERS, WORDS, AT(peers),
	    "a peer of the first client; may be given again" },
	{ 0, { "items" }, "PART[,PART...]", OPTIONS_ANSWERS, WORD, AT(items),
	    "only these sections of the sheet" },
	{ 'O', { "output-dir" }, "DIR", OPTIONS_BATCH, WORD, AT(folder),
	    "where the results go (.)" },
	{ 0, { "packets" }, NULL, OPTIONS_BATCH, FLAG, AT(packets),
	    "also write NAME_out.csv for each capture NAME" },
	{ 0, { "tables" }, "NAME[,NAME...]", OPTIONS_BATCH, WORD, AT(tables),
	    "also write NAME.csv for each of these tables, in the same pass" },
	{ 0, { "resume" }, NULL, OPTIONS_BATCH, FLAG, AT(resume),
	    "leave out captures that an earlier run has finished" },
	{ 'j', { "jobs" }, "N", OPTIONS_RUN, OTHER, 0,
	    "threads (the number of processors); the output is the same",
	    .set = set_jobs },
	{ 0, { "progress" }, "WHEN", OPTIONS_RUN, OTHER, 0,
	    "auto, always or never (auto: when stderr is a terminal)",
	    .set = set_progress },
	{ 'q', { "quiet" }, NULL, OPTIONS_RUN, FLAG, AT(quiet),
	    "no accounting line, no progress" },
	{ 'v', { "verbose" }, NULL, OPTIONS_RUN, FLAG, AT(verbose),
	    "name files that are passed over, count odd packets" },
	{ 0, { "strict" }, NULL, OPTIONS_RUN, FLAG, AT(strict),
	    "snaplen-cut, malformed, unsupported packets make status 1 too" },
	{ 'h', { "help" }, NULL, OPTIONS_ALL, FLAG, AT(help), "this help" },
	{ 'V', { "version" }, NULL, OPTIONS_ALL, FLAG, AT(version),
	    "the version" },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int
letter_of(const struct option_row *row)
{
	return row->letter != 0 ? row->letter : LONG + (int)(row - rows);
}

static bool
has(const struct command *command, const struct option_row *row)
{
	return row->groups == OPTIONS_ALL || (command->groups & row->groups);
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
			    row->argument != NULL, NULL, letter_of(row) };
		if (row->letter != 0) {
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
		errbuf_set(err, "%s: not csv, json, ndjson or text", text);
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
	errbuf_set(err, "%s: not auto, always or never", text);
	return -1;
}

static int
set_local(struct options *o, const char *text, struct errbuf *err)
{
	if (networks_parse(text, &o->local, err) == -1)
		return -1;
	o->local_text = text;
	return 0;
}

static int
set_by_protocol(struct options *o, const char *text, struct errbuf *err)
{
	if (strcmp(text, "protocol") != 0) {
		errbuf_set(err, "%s: not protocol", text);
		return -1;
	}
	o->by = text;
	o->settings.by_protocol = true;
	return 0;
}

static int
set_jobs(struct options *o, const char *text, struct errbuf *err)
{
	uint64_t n;

	if (parse_u64(text, 1, JOBS_MAX, &n, err) == -1)
		return -1;
	o->jobs = (unsigned)n;
	return 0;
}

static int
set_file(struct options *o, const char *text, struct errbuf *err)
{
	(void)err;
	o->named_file = text;
	o->inputs[o->input_count++] = text;
	return 0;
}

static int
add_word(struct option_list *list, const char *text, struct errbuf *err)
{
	const char **grown = memory_resize(list->texts, list->count + 1,
	    sizeof(*grown));

	if (grown == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	list->texts = grown;
	list->texts[list->count++] = text;
	return 0;
}

static int
read_size(uint64_t min, const char *text, uint64_t *out, struct errbuf *err)
{
	if (parse_size(text, out, err) == -1)
		return -1;
	if (*out >= min)
		return 0;
	errbuf_set(err, "%s is less than %llu bytes", text,
	    (unsigned long long)min);
	return -1;
}

static int
read_value(const struct option_row *row, struct options *o, const char *text,
    struct errbuf *err)
{
	void *at = (char *)o + row->at;

	switch (row->kind) {
	case FLAG:
		*(bool *)at = true;
		return 0;
	case WORD:
		*(const char **)at = text;
		return 0;
	case WORDS:
		return add_word(at, text, err);
	case NUMBER:
		return parse_u64(text, row->min, row->max, at, err);
	case SIZE:
		return read_size(row->min, text, at, err);
	case DURATION:
		return parse_duration(text, at, err);
	case POINT_IN_TIME:
		return parse_time(text, at, err);
	case OTHER:
		break;
	}
	return row->set(o, text, err);
}

static int
set_option(struct options *o, const struct command *command, int letter,
    const char *text, struct errbuf *err)
{
	char name[32];

	if (letter == OPERAND) {
		o->inputs[o->input_count++] = text;
		return 0;
	}
	for (size_t i = 0; i < ROWS; i++) {
		if (!has(command, &rows[i]) || letter_of(&rows[i]) != letter)
			continue;
		if (read_value(&rows[i], o, text, err) == 0)
			return 0;
		snprintf(name, sizeof(name), "--%s", rows[i].names[0]);
		errbuf_prefix(err, name);
		return -1;
	}
	err->text[0] = '\0';	/* getopt_long has said it */
	return -1;
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

/* Columns that an option adds. */
static void
settle_groups(struct options *o)
{
	const struct { bool given; const char *group; } groups[] = {
		{ o->relative, "relative" },
		{ o->splt != 0, "splt" },
		{ o->labels != NULL, "labels" },
		{ o->by != NULL, "by" },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].given)
			o->groups[o->group_count++] = groups[i].group;
	o->settings.splt = (unsigned)o->splt;
}

/* getopt_long() begins its lines with argv[0], which is the command here. */
static int
read_options(struct options *o, const struct command *command,
    const struct getopt_tables *tables, int argc, char **argv,
    struct errbuf *err)
{
	char program[] = "pcapstat", *word = argv[0];
	int letter, status = 0;

	argv[0] = program;
	optind = 1;
	while (status == 0 && (letter = getopt_long(argc, argv, tables->shorts,
	    tables->longs, NULL)) != -1)
		status = set_option(o, command, letter, optarg, err);
	argv[0] = word;
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
	if (read_options(o, command, &tables, argc, argv, err) == -1)
		return -1;
	for (; optind < argc; optind++)
		o->inputs[o->input_count++] = argv[optind];
	if (o->from_ns >= o->to_ns) {
		errbuf_set(err, "--from is not before --to");
		return -1;
	}
	settle_groups(o);
	return settle_format(o, err);
}

void
options_reset(struct options *o)
{
	free(o->inputs);
	free(o->names.texts);
	free(o->clients.texts);
	free(o->peers.texts);
	o->inputs = NULL;
	o->names = o->clients = o->peers = (struct option_list){ NULL, 0 };
}

static void
help_row(const struct option_row *row)
{
	char left[64];
	int n = 0;

	if (row->letter != 0)
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
