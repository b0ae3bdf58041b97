/*
 * plot: a picture of a result table, by gnuplot.
 *
 * Captures are measured into the table first, by the run that its command is;
 * a table that is given is taken as it is.  Of either come the data, a script
 * that draws them, and what the script draws.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/commands/plot_data.h"
#include "analyzer/commands/plot_files.h"
#include "analyzer/commands/plot_look.h"
#include "analyzer/commands/plot_source.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/display.h"
#include "analyzer/report/gnuplot.h"
#include "analyzer/report/local_note.h"
#include "base/outfile.h"

enum {
	SETTINGS_MAX = 16,
	/* gnuplot draws more than 10 KB of data in a tenth of a second. */
	GNUPLOT_MS = 60 * 1000, GNUPLOT_BYTES_PER_MS = 100,
};

/* A signal that comes while gnuplot draws. */
static volatile sig_atomic_t again;

static void
on_again(int number)
{
	(void)number;
	again = 1;
}

struct plot {
	const struct command *command;
	const struct options *options;
	struct plot_look look;
	bool from_table;		/* an INPUT */
	bool live;			/* inputs is an interface */
	struct inputs inputs;
	struct plot_files files;
	struct plot_data data;
	struct bytes subject;		/* terminated, for the title */
};

static void
tell_ways(const struct plot *p, const struct direction_counts *ways)
{
	const char *table = p->look.kind->table;
	bool by_way = strcmp(table, "gaps") == 0 ||
	    strcmp(table, "timeline") == 0 || strcmp(table, "packets") == 0;
	char note[LOCAL_NOTE_BYTES];

	if (by_way && !p->options->quiet && local_note(note,
	    p->options->local_text, ways->in, ways->out, ways->other))
		run_tell("plot: %s", note);
}

/* --- the table --- */

/* The run of the table's own command, with the columns that are drawn.  The
 * exit status; `columns` is for free(). */
static int
measure(struct plot *p, char **columns, const volatile sig_atomic_t *stop)
{
	const struct plot_kind *k = p->look.kind;
	const char *also = k->also == NULL ? "" : k->also;
	struct account account = { .filtered = 0 };
	struct inputs inputs = p->inputs;
	struct options o;
	int status = -1;

	if (asprintf(columns, "%s%s%s%s", k->captures ? "" : "file,",
	    k->needs, also[0] == '\0' ? "" : ",", also) < 0) {
		*columns = NULL;
		run_complain("out of memory");
		return EXIT_PARTIAL;
	}
	o = *p->options;
	o.output = p->files.table;
	o.output_shown = p->options->output;
	o.format = FORMAT_CSV;
	o.columns = *columns;
	if (o.settings.interval_ns == 0)
		o.settings.interval_auto = true;
	if (!p->live)
		status = run_open(p->command, &o, &inputs);
	if (status != -1)
		return status;
	status = run_table_over(p->command, &o, &inputs, k->table, stop, NULL,
	    NULL, &account);
	if (!p->live)
		inputs_reset(&inputs);
	tell_ways(p, &account.directions);
	return status;
}

/* A result must not replace the table that it comes from. */
static int
check_table(const struct plot *p, struct errbuf *err)
{
	for (int i = 0; p->options->output != NULL && i < PLOT_FILES; i++) {
		struct options named = { .output = p->files.targets[i] };

		if (!run_would_replace(&named, p->options->inputs[0]))
			continue;
		errbuf_set(err, "%s: is the input, and would be replaced; "
		    "another --output helps", p->files.targets[i]);
		return -1;
	}
	return 0;
}

/* --- data, script, picture --- */

/* What the title names: the capture, else what was given. */
static int
name_subject(struct plot *p, struct errbuf *err)
{
	const char *name = p->data.file.len > 1 ?
	    (const char *)p->data.file.data : p->options->input_count == 1 ?
	    p->options->inputs[0] : "";
	size_t len = strlen(name);
	char *text;
	int status = -1;

	while (len > 1 && name[len - 1] == '/')
		len--;
	for (size_t i = len; i > 0; i--)
		if (name[i - 1] == '/' && len > 1) {
			name += i;
			len -= i;
			break;
		}
	text = strndup(strcmp(name, "-") == 0 ? "standard input" : name,
	    strcmp(name, "-") == 0 ? SIZE_MAX : len);
	if (text != NULL && display_clean(&p->subject, text) == 0)
		status = bytes_append(&p->subject, "", 1);
	free(text);
	if (status == -1)
		errbuf_set(err, "out of memory");
	return status;
}

static int
write_data(struct plot *p, struct errbuf *err)
{
	bool is_stdin = p->from_table &&
	    strcmp(p->options->inputs[0], "-") == 0;
	char *path = plot_files_path(&p->files, PLOT_DATA, err);
	struct outfile *file = path == NULL ? NULL : outfile_open(path, err);
	struct errbuf ignored;
	int status = -1;

	free(path);
	if (file == NULL)
		return -1;
	p->data = (struct plot_data){ .kind = p->look.kind,
	    .connection = p->options->connection,
	    .path = is_stdin ? "/dev/stdin" : p->from_table ?
	    p->options->inputs[0] : p->files.table,
	    .shown = is_stdin ? "standard input" :
	    p->options->input_count == 1 ? p->options->inputs[0] :
	    "the captures" };
	if (plot_data_write(&p->data, outfile_sink(file), err) == 0 &&
	    name_subject(p, err) == 0)
		status = 0;
	if (status == -1) {
		outfile_close(file, false, &ignored);
		return -1;
	}
	return outfile_close(file, true, err);
}

static void
set_number(struct gnuplot_setting *settings, size_t *n, const char *name,
    uint64_t number)
{
	if (number != 0)
		settings[(*n)++] = (struct gnuplot_setting){ .name = name,
		    .number = number };
}

static void
set_text(struct gnuplot_setting *settings, size_t *n, const char *name,
    const char *text)
{
	if (text != NULL)
		settings[(*n)++] = (struct gnuplot_setting){ .name = name,
		    .text = text };
}

static int
write_settings(const struct plot *p, const char *input, const char *output,
    struct sink *sink, struct errbuf *err)
{
	struct gnuplot_setting settings[SETTINGS_MAX];
	size_t n = 0;

	set_text(settings, &n, "input", input);
	set_text(settings, &n, "output", output);
	set_text(settings, &n, "subject", (const char *)p->subject.data);
	set_text(settings, &n, "caption", p->options->title);
	set_number(settings, &n, "width", p->look.width);
	set_number(settings, &n, "height", p->look.height);
	set_number(settings, &n, "log", p->options->log);
	if (p->look.kind->connection || p->look.kind->connections)
		set_number(settings, &n, "connection", p->data.connection);
	set_number(settings, &n, "connections", p->data.connections);
	return gnuplot_write(p->look.kind->script, settings, n, sink, err);
}

/* Names in the script are those beside it: ./NAME, since gnuplot takes some
 * that begin otherwise for something else. */
static int
write_script(const struct plot *p, struct errbuf *err)
{
	char *path = plot_files_path(&p->files, PLOT_SCRIPT, err);
	struct outfile *file = path == NULL ? NULL : outfile_open(path, err);
	char *input = NULL, *output = NULL;
	struct errbuf ignored;
	int status = -1;

	free(path);
	if (file == NULL)
		return -1;
	if (asprintf(&input, "./%s", p->files.names[PLOT_DATA]) < 0)
		input = NULL;
	if (asprintf(&output, "./%s", p->files.names[PLOT_PICTURE]) < 0)
		output = NULL;
	if (input == NULL || output == NULL)
		errbuf_set(err, "out of memory");
	else
		status = write_settings(p, input, output, outfile_sink(file),
		    err);
	free(input);
	free(output);
	if (outfile_close(file, status == 0, status == 0 ? err : &ignored) ==
	    -1)
		return -1;
	return status;
}

/* Is there something to tell?  A kind of point that does not occur is no news,
 * and what is empty the scripts have said in better words. */
static bool
is_news(const char *line)
{
	return line[strspn(line, " \t\r")] != '\0' &&
	    strstr(line, "No valid data points found in file") == NULL &&
	    strstr(line, "Skipping data file with no valid points") == NULL;
}

static void
tell_lines(char *said)
{
	char *rest, *line;

	for (line = strtok_r(said, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		if (is_news(line))
			run_tell("plot: %s", line);
}

/* The signal that ended the reading was not to end the drawing; the next one is,
 * and would end us with our folder still there. */
static const volatile sig_atomic_t *
listen_again(const volatile sig_atomic_t *stop)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_again }, was;

	if (!*stop)
		return stop;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	return &again;
}

/* Is there a picture?  If not the reason has been told. */
static bool
draw(struct plot *p, const volatile sig_atomic_t *stop)
{
	struct bytes said = { 0 };
	struct errbuf err;
	int64_t limit_ms = GNUPLOT_MS +
	    (int64_t)(p->data.bytes / GNUPLOT_BYTES_PER_MS);
	int status = gnuplot_run(p->files.folder, p->files.names[PLOT_SCRIPT],
	    limit_ms, listen_again(stop), &said, &err);

	if (bytes_append(&said, "", 1) == 0)
		tell_lines((char *)said.data);
	if (status == -1)
		run_complain(err.text);
	bytes_reset(&said);
	return status == 0;
}

/* Text without a name is for the reader. */
static int
show(const struct plot *p, struct errbuf *err)
{
	char *path = plot_files_path(&p->files, PLOT_PICTURE, err);
	FILE *file = path == NULL ? NULL : fopen(path, "re");
	char text[4096];
	size_t n;

	free(path);
	if (file == NULL) {
		errbuf_set(err, "gnuplot has left no picture");
		return -1;
	}
	while ((n = fread(text, 1, sizeof(text), file)) > 0)
		fwrite(text, 1, n, stdout);
	fclose(file);
	return 0;
}

/* What lies in our folder the user has no name for: the picture is meant. */
static void
complain(const struct plot *p, const struct errbuf *err)
{
	size_t len = strlen(p->files.folder);
	const char *reason = strstr(err->text, ": ");

	if (p->options->output != NULL && reason != NULL &&
	    strncmp(err->text, p->files.folder, len) == 0)
		run_tell("%s: not drawn%s", p->options->output, reason);
	else
		run_complain(err->text);
}

/* The table is there: the exit status of what follows. */
static int
picture(struct plot *p, const volatile sig_atomic_t *stop)
{
	struct errbuf err;
	bool drawn;
	int status;

	if (write_data(p, &err) == -1 || write_script(p, &err) == -1) {
		complain(p, &err);
		return p->data.foreign ? EXIT_NOTHING : EXIT_PARTIAL;
	}
	drawn = draw(p, stop);
	if (p->options->output != NULL)
		status = plot_files_keep(&p->files, drawn, &err);
	else
		status = drawn ? show(p, &err) : 0;
	if (status == -1) {
		complain(p, &err);
		return EXIT_PARTIAL;
	}
	if (!drawn && p->options->output != NULL)
		run_tell("%s: not drawn; script and data are beside it",
		    p->options->output);
	return drawn ? run_flush() : EXIT_PARTIAL;
}

/* The files are open. */
static int
table_and_picture(struct plot *p, const volatile sig_atomic_t *stop)
{
	struct errbuf err;
	char *columns = NULL;
	int status = EXIT_OK;
	bool usage = false;

	if ((!p->live && plot_source_find(p->options, p->files.table,
	    &p->from_table, &usage, &err) == -1) ||
	    (p->from_table && check_table(p, &err) == -1)) {
		if (usage)
			return run_usage(p->command, err.text);
		run_complain(err.text);
		return EXIT_PARTIAL;
	}
	if (!p->from_table) {
		status = measure(p, &columns, stop);
		free(columns);
	}
	if (status == EXIT_OK || (status == EXIT_PARTIAL &&
	    access(p->files.table, R_OK) == 0)) {
		int drawn = picture(p, stop);

		status = drawn == EXIT_OK ? status : drawn;
	}
	return status;
}

static int
run_plot(struct plot *p, const volatile sig_atomic_t *stop)
{
	struct errbuf err;
	int status;

	if (plot_look_settle(&p->look, p->options, &err) == -1)
		return run_usage(p->command, err.text);
	/* With an interface open, the rights go that opened it: what is written
	 * is the user's. */
	p->live = p->options->interface != NULL;
	if (p->live) {
		status = run_open(p->command, p->options, &p->inputs);
		if (status != -1)
			return status;
	}
	if (plot_files_open(&p->files, p->options->output, &err) == 0) {
		status = table_and_picture(p, stop);
	} else {
		run_complain(err.text);
		status = EXIT_PARTIAL;
	}
	if (p->live)
		inputs_reset(&p->inputs);
	plot_files_close(&p->files);
	plot_data_reset(&p->data);
	bytes_reset(&p->subject);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct plot plot = { .command = command, .options = &options };
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = run_plot(&plot, stop);
	options_reset(&options);
	return status;
}

const struct command command_plot = {
	.name = "plot",
	.synopsis = "plot [OPTION]... KIND INPUT...",
	.purpose = "pictures of results, by gnuplot: PNG, SVG, PDF or text",
	.text = "Draws captures, or a table of pcapstat as CSV.  KIND is\n"
	    "  gaps, cdf         inter-arrival times: histogram, distribution\n"
	    "  throughput        bits a second over time\n"
	    "  sizes             frame lengths by protocol\n"
	    "  sequence, window  of a TCP connection over time\n"
	    "  rtt               round-trip times of TCP over time\n"
	    "  packets, packet-sizes, packet-gaps\n"
	    "                    length and gap of each packet over time\n"
	    "  captures, captures-packets, captures-bytes, captures-gaps\n"
	    "                    captures side by side\n"
	    "The script and its data are kept beside the picture.  See "
	    "pcapstat-plot(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_RUN | OPTIONS_FLOW | OPTIONS_PLOT,
	.run = run,
};
