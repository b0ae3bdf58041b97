#include "analyzer/commands/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/stats/forest.h"
#include "base/memory.h"
#include "base/parse.h"

enum { JOBS_MAX = 1024, SPLT_MAX = 65535,
    BUFFER_MIN = 4096, RING_MIN = 4096, RING_FILES = 10,
    RING_FILES_MAX = 100000, TOP_MAX = 1000000, WIDTH_MIN = 40, WIDTH_MAX = 1000 };

static int set_file(void *values, char *text, struct errbuf *err);
static int set_interface(void *values, char *text, struct errbuf *err);
static int set_ring(void *values, char *text, struct errbuf *err);
static int set_local(void *values, char *text, struct errbuf *err);
static int set_format(void *values, char *text, struct errbuf *err);
static int set_by_protocol(void *values, char *text, struct errbuf *err);
static int set_by_row(void *values, char *text, struct errbuf *err);
static int set_threshold(void *values, char *text, struct errbuf *err);
static int set_contamination(void *values, char *text, struct errbuf *err);
static int set_interval(void *values, char *text, struct errbuf *err);
static int set_jobs(void *values, char *text, struct errbuf *err);
static int set_progress(void *values, char *text, struct errbuf *err);

#define AT(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{ 'f', { "file", "filename" }, "FILE", OPTIONS_INPUT, OPTION_OTHER, 0,
	    "the same as naming FILE as INPUT", .set = set_file },
	{ 'i', { "interface" }, "IFACE", OPTIONS_INPUT, OPTION_OTHER, 0,
	    "capture from this interface instead, until a signal ends it",
	    .set = set_interface },
	{ 0, { "duration" }, "TIME", OPTIONS_INPUT, OPTION_DURATION,
	    AT(duration_ns), "with -i: capture for this long" },
	{ 0, { "count" }, "N", OPTIONS_INPUT, OPTION_NUMBER, AT(count),
	    "end after N packets (except for extract: with -i)",
	    1, UINT64_MAX - 1 },
	{ 0, { "buffer" }, "SIZE", OPTIONS_INPUT, OPTION_SIZE, AT(buffer),
	    "with -i: of the kernel, for packets that wait (64M)",
	    BUFFER_MIN, 0 },
	{ 0, { "ring" }, "SIZE[,N]", OPTIONS_INPUT, OPTION_OTHER, 0,
	    "with -i: also keep the packets, in N captures of SIZE (10)",
	    .set = set_ring },
	{ 0, { "ring-prefix" }, "PREFIX", OPTIONS_INPUT, OPTION_WORD,
	    AT(ring_prefix), "with --ring: PREFIX-00001.pcapng ... (IFACE)" },
	{ 'l', { "local" }, "NET[,NET...]", OPTIONS_SELECT, OPTION_OTHER, 0,
	    "local networks, IPv4 or IPv6 prefixes (192.168.0.0/16)",
	    .set = set_local },
	{ 'F', { "filter" }, "EXPR", OPTIONS_SELECT, OPTION_WORD, AT(filter),
	    "only packets that match this pcap-filter(7) expression" },
	{ 0, { "from" }, "TIME", OPTIONS_SELECT, OPTION_TIME, AT(from_ns),
	    "only packets of that time and later: RFC 3339 or epoch seconds" },
	{ 0, { "to" }, "TIME", OPTIONS_SELECT, OPTION_TIME, AT(to_ns),
	    "only packets before that time" },
	{ 0, { "join" }, NULL, OPTIONS_JOIN, OPTION_FLAG, AT(join),
	    "the inputs are one capture, in order of their first times" },
	{ 'o', { "output" }, "FILE", OPTIONS_OUTPUT, OPTION_WORD, AT(output),
	    "result file: .csv .json .ndjson .txt .db decides the format" },
	{ 'o', { "output" }, "DIAGRAM", OPTIONS_LADDER, OPTION_WORD, AT(output),
	    "the diagram: .txt .svg .mmd .puml decides the form" },
	{ 'o', { "output" }, "CAPTURE", OPTIONS_EXTRACT, OPTION_WORD,
	    AT(output),
	    "the new capture: .pcap or .pcapng decides the format" },
	{ 'o', { "output" }, "PICTURE", OPTIONS_PLOT, OPTION_WORD, AT(output),
	    "the picture: .png .svg .pdf or .txt decides the format" },
	{ 's', { "size" }, "SIZE", OPTIONS_PLOT, OPTION_WORD, AT(size),
	    "WIDTHxHEIGHT in pixels, or in characters of text" },
	{ 't', { "title" }, "TEXT", OPTIONS_PLOT, OPTION_WORD, AT(title),
	    "title of the picture" },
	{ 0, { "log" }, NULL, OPTIONS_PLOT, OPTION_FLAG, AT(log),
	    "log axis for what is counted" },
	{ 0, { "connection" }, "N", OPTIONS_PLOT, OPTION_NUMBER,
	    AT(connection),
	    "the TCP connection with this number (the one that carries most)",
	    1, UINT64_MAX - 1 },
	{ 'o', { "output" }, "RESULT", OPTIONS_ANSWERS, OPTION_WORD, AT(output),
	    "result file: .txt or .json decides the form" },
	{ 0, { "format" }, "KIND", OPTIONS_ANSWERS, OPTION_OTHER, 0,
	    "text or json (text)", .set = set_format },
	{ 0, { "format" }, "FORMAT", OPTIONS_OUTPUT, OPTION_OTHER, 0,
	    "csv, json, ndjson or text (text on a terminal, else csv)",
	    .set = set_format },
	{ 0, { "columns" }, "NAME[,NAME...]", OPTIONS_COLUMNS, OPTION_WORD,
	    AT(columns),
	    "which columns, in this order (pcapstat schema lists them)" },
	{ 0, { "top" }, "N", OPTIONS_TOP | OPTIONS_ANOMALIES, OPTION_NUMBER,
	    AT(top),
	    "only the N largest, largest first", 1, TOP_MAX },
	{ 0, { "by" }, "COLUMN", OPTIONS_TOP, OPTION_WORD, AT(top_by),
	    "the column that says what is large" },
	{ 0, { "by" }, "ROW", OPTIONS_ANOMALIES, OPTION_OTHER, 0,
	    "packet or flow: what a row is (packet)", .set = set_by_row },
	{ 0, { "anomalous" }, NULL, OPTIONS_ANOMALIES, OPTION_FLAG,
	    AT(settings.anomalies.flagged_only), "only rows that are" },
	{ 0, { "totals" }, NULL, OPTIONS_ANOMALIES, OPTION_FLAG, AT(totals),
	    "a row a capture instead: how many, by which rule" },
	{ 0, { "threshold" }, "X", OPTIONS_ANOMALIES, OPTION_OTHER, 0,
	    "a larger score is anomalous, however many have one", .set = set_threshold },
	{ 0, { "contamination" }, "P", OPTIONS_ANOMALIES, OPTION_OTHER, 0,
	    "this share of rows is anomalous: 0.1, say; at most 0.5",
	    .set = set_contamination },
	{ 0, { "seed" }, "N", OPTIONS_ANOMALIES, OPTION_NUMBER,
	    AT(settings.anomalies.seed), "another forest (0)",
	    0, UINT64_MAX - 1 },	/* the table tells it */
	{ 0, { "trees" }, "N", OPTIONS_ANOMALIES, OPTION_NUMBER,
	    AT(settings.anomalies.trees), "trees of the forest (100)",
	    1, FOREST_TREES_MAX },
	{ 0, { "sample" }, "N", OPTIONS_ANOMALIES, OPTION_NUMBER,
	    AT(settings.anomalies.sample),
	    "rows that each tree is grown from (256)",
	    2, FOREST_SAMPLE_MAX },
	{ 0, { "by" }, "WHAT", OPTIONS_SUMMARY, OPTION_OTHER, 0,
	    "protocol: a row a protocol, too", .set = set_by_protocol },
	{ 0, { "relative" }, NULL, OPTIONS_TCP | OPTIONS_LADDER, OPTION_FLAG,
	    AT(relative), "relative sequence numbers too" },
	{ 0, { "segments" }, NULL, OPTIONS_TCP, OPTION_FLAG, AT(segments),
	    "a row a segment instead, with what it is and why" },
	{ 0, { "handshakes" }, NULL, OPTIONS_TCP, OPTION_FLAG, AT(handshakes),
	    "a row a handshake segment instead" },
	{ 0, { "facts" }, NULL, OPTIONS_UDP, OPTION_FLAG, AT(facts),
	    "the facts of the UDP header, with an example, instead" },
	{ 0, { "conversations" }, NULL, OPTIONS_UDP, OPTION_FLAG,
	    AT(conversations),
	    "a row a conversation instead" },
	{ 0, { "features" }, "SET", OPTIONS_FLOWS, OPTION_WORD, AT(features),
	    "cic: the columns of CICFlowMeter instead, with correct values" },
	{ 0, { "splt" }, "N", OPTIONS_FLOWS, OPTION_NUMBER, AT(splt),
	    "lists lengths, times and senders of the first N packets too",
	    1, SPLT_MAX },
	{ 0, { "labels" }, "FILE", OPTIONS_FLOWS, OPTION_WORD, AT(labels),
	    "labels from a schedule (CSV) too" },
	{ 0, { "idle-timeout" }, "TIME", OPTIONS_FLOW, OPTION_DURATION,
	    AT(settings.idle_timeout_ns),
	    "silence that ends a flow (TCP: 1h, others: 120s)" },
	{ 0, { "active-timeout" }, "TIME", OPTIONS_FLOW, OPTION_DURATION,
	    AT(settings.active_timeout_ns),
	    "longer flows are split into parts (never)" },
	{ 0, { "max-memory" }, "SIZE", OPTIONS_FLOW | OPTIONS_TIMELINE,
	    OPTION_SIZE,
	    AT(settings.max_memory),
	    "bound on the tables of each capture that is read (4G)",
	    1 << 20, 0 },
	{ 0, { "interval" }, "TIME", OPTIONS_TIMELINE, OPTION_OTHER, 0,
	    "width of a bucket (1s); auto: what gives 2000 rows at most",
	    .set = set_interval },
	{ 0, { "interval" }, "WIDTH", OPTIONS_PLOT, OPTION_OTHER, 0,
	    "width of a bucket of throughput: a time, or auto (auto)",
	    .set = set_interval },
	{ 0, { "as" }, "FORM", OPTIONS_LADDER, OPTION_WORD, AT(as),
	    "text, svg, mermaid or plantuml" },
	{ 0, { "flow" }, "N", OPTIONS_LADDER | OPTIONS_EXTRACT, OPTION_NUMBER,
	    AT(flow), "only packets of the flow with this number",
	    1, UINT64_MAX - 1 },
	{ 0, { "all" }, NULL, OPTIONS_LADDER, OPTION_FLAG, AT(all),
	    "fold nothing" },
	{ 0, { "name" }, "IP=NAME", OPTIONS_LADDER | OPTIONS_ANSWERS,
	    OPTION_WORDS,
	    AT(names), "what to call a host; may be given again" },
	{ 0, { "ascii" }, NULL, OPTIONS_LADDER, OPTION_FLAG, AT(ascii),
	    "text in ASCII only" },
	{ 0, { "width" }, "N", OPTIONS_LADDER, OPTION_NUMBER, AT(width),
	    "width of the text (the terminal's, else 100)",
	    WIDTH_MIN, WIDTH_MAX },
	{ 0, { "direction" }, "WHICH", OPTIONS_EXTRACT, OPTION_WORD,
	    AT(direction),
	    "only packets in, out, other or skipped" },
	{ 0, { "snaplen" }, "N", OPTIONS_EXTRACT, OPTION_NUMBER, AT(snaplen),
	    "keep at most N bytes of each packet", 1, UINT32_MAX },
	{ 0, { "server" }, "HOST", OPTIONS_ANSWERS, OPTION_WORD, AT(server),
	    "the server: address, name or capture" },
	{ 0, { "client" }, "HOST", OPTIONS_ANSWERS, OPTION_WORDS, AT(clients),
	    "a client; may be given again" },
	{ 0, { "peer" }, "HOST", OPTIONS_ANSWERS, OPTION_WORDS, AT(peers),
	    "a peer of the first client; may be given again" },
	{ 0, { "items" }, "PART[,PART...]", OPTIONS_ANSWERS, OPTION_WORD,
	    AT(items),
	    "only these sections of the sheet" },
	{ 'O', { "output-dir" }, "DIR", OPTIONS_BATCH, OPTION_WORD, AT(folder),
	    "where the results go (.)" },
	{ 0, { "address" }, "ADDRESS", OPTIONS_DASHBOARD, OPTION_WORD,
	    AT(address), "where the page can be had (127.0.0.1)" },
	{ 0, { "port" }, "N", OPTIONS_DASHBOARD, OPTION_NUMBER, AT(port),
	    "its port (8050); 0 takes one that is free", 0, 65535 },
	{ 0, { "open" }, NULL, OPTIONS_DASHBOARD, OPTION_FLAG, AT(open),
	    "open the page in a browser" },
	{ 0, { "max-views" }, "N", OPTIONS_DASHBOARD, OPTION_NUMBER,
	    AT(max_views), "views kept at a time (16)", 2, 64 },
	{ 'o', { "output" }, "PAGE", OPTIONS_REPORT, OPTION_WORD, AT(page),
	    "the file of one capture (report.html); - is standard output" },
	{ 'O', { "output-dir" }, "FOLDER", OPTIONS_REPORT, OPTION_WORD,
	    AT(site),
	    "a page a capture and an index go there (report)" },
	{ 0, { "packets" }, NULL, OPTIONS_BATCH, OPTION_FLAG, AT(packets),
	    "also write NAME_out.csv for each capture NAME" },
	{ 0, { "tables" }, "NAME[,NAME...]", OPTIONS_BATCH, OPTION_WORD,
	    AT(tables),
	    "also write NAME.csv for each of these tables, in the same pass" },
	{ 0, { "resume" }, NULL, OPTIONS_BATCH, OPTION_FLAG, AT(resume),
	    "leave out captures that an earlier run has finished" },
	{ 'j', { "jobs" }, "N", OPTIONS_RUN, OPTION_OTHER, 0,
	    "threads (the number of processors); the output is the same",
	    .set = set_jobs },
	{ 0, { "progress" }, "WHEN", OPTIONS_RUN, OPTION_OTHER, 0,
	    "auto, always or never (auto: when stderr is a terminal)",
	    .set = set_progress },
	{ 'q', { "quiet" }, NULL, OPTIONS_RUN, OPTION_FLAG, AT(quiet),
	    "no accounting line, no progress" },
	{ 'v', { "verbose" }, NULL, OPTIONS_RUN, OPTION_FLAG, AT(verbose),
	    "name files that are passed over, count odd packets" },
	{ 0, { "strict" }, NULL, OPTIONS_RUN, OPTION_FLAG, AT(strict),
	    "snaplen-cut, malformed, unsupported packets make status 1 too" },
	{ 'h', { "help" }, NULL, OPTIONS_ALL, OPTION_FLAG, AT(help),
	    "this help" },
	{ 'V', { "version" }, NULL, OPTIONS_ALL, OPTION_FLAG, AT(version),
	    "the version" },
};

static const struct option_table table = {
	"pcapstat", rows, sizeof(rows) / sizeof(rows[0]),
};

static int
set_format(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	if (format_by_name(text, &o->format) == -1 ||
	    o->format == FORMAT_SQLITE) {
		errbuf_set(err, "%s: not csv, json, ndjson or text", text);
		return -1;
	}
	o->format_given = true;
	return 0;
}

static int
set_progress(void *values, char *text, struct errbuf *err)
{
	static const char *const names[] = { "auto", "always", "never" };
	struct options *o = values;

	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			o->progress = (enum progress_when)i;
			return 0;
		}
	errbuf_set(err, "%s: not auto, always or never", text);
	return -1;
}

static int
set_interface(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	if (o->interface != NULL) {
		errbuf_set(err, "one interface at a time (any is all of "
		    "them)");
		return -1;
	}
	o->interface = text;
	return 0;
}

/* SIZE[,N] */
static int
set_ring(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;
	char *comma = strchr(text, ',');
	int status;

	o->ring_files = RING_FILES;
	if (comma != NULL && parse_u64(comma + 1, 1, RING_FILES_MAX,
	    &o->ring_files, err) == -1)
		return -1;
	if (comma != NULL)
		*comma = '\0';
	status = parse_size(text, &o->ring_bytes, err);
	if (status == 0 && o->ring_bytes < RING_MIN) {
		errbuf_set(err, "%s is less than %d bytes", text, RING_MIN);
		status = -1;
	}
	if (comma != NULL)
		*comma = ',';
	return status;
}

static int
set_local(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	if (networks_parse(text, &o->local, err) == -1)
		return -1;
	o->local_text = text;
	return 0;
}

static int
set_by_protocol(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	if (strcmp(text, "protocol") != 0) {
		errbuf_set(err, "%s: not protocol", text);
		return -1;
	}
	o->by = text;
	o->settings.by_protocol = true;
	return 0;
}

static int
set_by_row(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	o->by_flow = strcmp(text, "flow") == 0;
	if (o->by_flow || strcmp(text, "packet") == 0)
		return 0;
	errbuf_set(err, "%s: not packet or flow", text);
	return -1;
}

static int
set_threshold(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	return parse_fraction(text, &o->settings.anomalies.threshold, err);
}

static int
set_contamination(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;
	uint32_t *share = &o->settings.anomalies.contamination;

	if (parse_fraction(text, share, err) == -1)
		return -1;
	if (*share <= FOREST_ONE / 2)
		return 0;
	errbuf_set(err, "%s is more than 0.5", text);
	return -1;
}

static int
set_interval(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	o->settings.interval_auto = strcmp(text, "auto") == 0;
	return o->settings.interval_auto ? 0 :
	    parse_duration(text, &o->settings.interval_ns, err);
}

static int
set_jobs(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;
	uint64_t n;

	if (parse_u64(text, 1, JOBS_MAX, &n, err) == -1)
		return -1;
	o->jobs = (unsigned)n;
	return 0;
}

static int
set_file(void *values, char *text, struct errbuf *err)
{
	struct options *o = values;

	(void)err;
	o->named_file = text;
	o->inputs[o->input_count++] = text;
	return 0;
}

static void
set_defaults(struct options *o)
{
	static char local[] = "192.168.0.0/16";
	struct errbuf err;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	o->from_ns = INT64_MIN;
	o->to_ns = INT64_MAX;
	o->jobs = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX :
	    (unsigned)processors;
	o->folder = ".";
	o->address = "127.0.0.1";
	o->port = 8050;
	o->max_views = 16;
	set_local(o, local, &err);
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

static void
add_input(void *values, const char *text)
{
	struct options *o = values;

	if (o->wants_kind && o->kind == NULL)
		o->kind = text;
	else
		o->inputs[o->input_count++] = text;
}

/* An interface stands where the inputs do. */
static int
settle_interface(struct options *o, const struct command *command,
    struct errbuf *err)
{
	const struct { bool given; const char *name; } live_only[] = {
		{ o->duration_ns != 0, "--duration" },
		{ o->count != 0 && !o->counts_results, "--count" },
		{ o->buffer != 0, "--buffer" },
		{ o->ring_bytes != 0, "--ring" },
		{ o->ring_prefix != NULL, "--ring-prefix" },
	};

	if (o->interface == NULL) {
		for (size_t i = 0; i < sizeof(live_only) /
		    sizeof(live_only[0]); i++)
			if (live_only[i].given) {
				errbuf_set(err, "%s is for --interface",
				    live_only[i].name);
				return -1;
			}
		return 0;
	}
	if (o->input_count > command->words) {
		errbuf_set(err, "--interface and %s: it is either an "
		    "interface or INPUTs", o->inputs[command->words]);
		return -1;
	}
	if (o->ring_prefix != NULL && o->ring_bytes == 0) {
		errbuf_set(err, "--ring-prefix is for --ring");
		return -1;
	}
	o->inputs[o->input_count++] = o->interface;
	return 0;
}

int
options_parse(struct options *o, const struct command *command, int argc,
    char **argv, struct errbuf *err)
{
	*o = (struct options){ 0 };
	set_defaults(o);
	o->wants_kind = command->groups & OPTIONS_PLOT;
	o->inputs = memory_array((size_t)argc + 1, sizeof(*o->inputs));
	if (o->inputs == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	if (option_table_read(&table, command->groups | OPTIONS_ALL, o,
	    add_input, argc, argv, err) == -1)
		return -1;
	if (o->from_ns >= o->to_ns) {
		errbuf_set(err, "--from is not before --to");
		return -1;
	}
	o->counts_results = command->groups & OPTIONS_EXTRACT;
	if (settle_interface(o, command, err) == -1)
		return -1;
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

void
options_help(const struct command *command)
{
	printf("usage: pcapstat %s\n\n%s\n\noptions:\n", command->synopsis,
	    command->text);
	option_table_help(&table, command->groups | OPTIONS_ALL);
}
