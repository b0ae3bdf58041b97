/*
 * report: a capture as one HTML file, or a folder of them as a folder of such
 * files with an index.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "analyzer/commands/report_capture.h"
#include "analyzer/commands/report_page.h"
#include "analyzer/commands/report_site.h"
#include "analyzer/commands/run.h"
#include "base/outfile.h"

#define FILE_NAME	"report.html"
#define FOLDER_NAME	"report"

struct report {
	const struct command *command;
	const struct options *options;
	struct inputs inputs;
	struct totals totals;
	struct progress progress;
};

static bool
ends_in_html(const char *path)
{
	size_t len = path == NULL ? 0 : strlen(path);

	return (len > 5 && strcmp(path + len - 5, ".html") == 0) ||
	    (len > 4 && strcmp(path + len - 4, ".htm") == 0);
}

/* A name that promises what is not written. */
static bool
misleads(const char *path)
{
	static const char *const endings[] = { ".pdf", ".png", ".svg", ".jpg",
	    ".jpeg", ".gif", ".txt", ".md", ".xml", ".pcap", ".pcapng", ".gz",
	    ".xz", ".zst", ".lz4", ".zip" };
	const char *dot = path == NULL ? NULL : strrchr(path, '.');
	enum format format;

	for (size_t i = 0; dot != NULL &&
	    i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return dot != NULL && format_by_path(path, &format) == 0;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A page each, and an index?  The names say it, not what is found: a folder
 * with one capture today has two tomorrow. */
static bool
is_site(const struct options *o)
{
	if (o->join)
		return false;
	if (o->input_count > 1 || o->site != NULL)
		return true;
	return o->input_count == 1 && is_folder(o->inputs[0]);
}

/* Where it goes: -1 with the reason, which is wrong usage. */
static int
check_place(const struct options *o, struct errbuf *err)
{
	if (o->site != NULL && o->page != NULL)
		errbuf_set(err, "--output and --output-dir do not go "
		    "together");
	else if (o->site != NULL && o->join)
		errbuf_set(err, "--join makes one file: --output names it");
	else if (is_site(o) && ends_in_html(o->page))
		errbuf_set(err, "%s: several captures need a folder "
		    "(--output-dir DIR), or --join", o->page);
	else if (!is_site(o) && is_folder(o->page))
		errbuf_set(err, "%s: is a folder; --output-dir writes an index "
		    "into it, too", o->page);
	else if (!is_site(o) && misleads(o->page))
		errbuf_set(err, "--output %s: only HTML is written", o->page);
	else
		return 0;
	return -1;
}

/* --- one file --- */

static int
write_file(struct report_capture *c, const char *path, struct errbuf *err)
{
	struct outfile *file = outfile_open(path, err);
	struct errbuf ignored;

	if (file == NULL)
		return -1;
	if (report_page_write(c, -1, outfile_sink(file), err) == 0)
		return outfile_close(file, true, err);
	outfile_close(file, false, &ignored);
	return -1;
}

static int
make_file(struct report *r, struct report_capture *c, const char *path,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	int status;

	c->progress = &r->progress;
	status = report_capture_read(c, stop, err);
	for (size_t i = 0; i < c->count; i++)
		if (c->results[i].input != NULL)
			totals_add(&r->totals, &c->results[i]);
	totals_add_flows(&r->totals, &c->flows);
	if (status == -1 || !report_capture_is_fit(c))
		return status;
	if (c->lacks.len > 0) {
		r->totals.output_failed = true;
		progress_end(&r->progress);
		run_tell("%.*s", (int)c->lacks.len - 1,
		    (const char *)c->lacks.data);
	}
	return write_file(c, path, err);
}

static void
run_file(struct report *r, const char *path, const volatile sig_atomic_t *stop)
{
	struct report_capture c;
	struct errbuf err;
	int status = report_capture_init(&c, r->options, r->inputs.list,
	    r->inputs.count, &err);

	if (status == 0)
		status = make_file(r, &c, path, stop, &err);
	if (status == -1) {
		progress_end(&r->progress);
		run_complain(err.text);
		r->totals.output_failed = true;
	}
	report_capture_reset(&c);
}

/* --- the command --- */

static int
run_report(struct report *r, const volatile sig_atomic_t *stop)
{
	struct options as_file = *r->options;
	bool site = is_site(r->options);
	const char *place = r->options->page;
	struct errbuf err;

	if (place == NULL)
		place = r->options->site != NULL ? r->options->site :
		    site ? FOLDER_NAME : FILE_NAME;
	as_file.output = place;
	if (run_check_join(r->options, &r->inputs, &err) == -1)
		return run_usage(r->command, err.text);
	if (!site && run_check_output(&as_file, &r->inputs, &err) == -1) {
		run_complain(err.text);
		return EXIT_PARTIAL;
	}
	progress_init(&r->progress, r->options, r->inputs.size_bytes);
	r->totals = (struct totals){ .options = r->options,
	    .progress = &r->progress, .inputs = r->inputs.count };
	if (site)
		report_site(r->options, &r->inputs, place, &r->totals, stop);
	else if (r->inputs.count > 0)
		run_file(r, place, stop);
	return totals_finish(&r->totals, r->inputs.missing);
}

static int
run_options_given(struct report *r, const volatile sig_atomic_t *stop)
{
	const struct options *o = r->options;
	struct errbuf err;
	int status;

	if (o->input_count == 0)
		return run_usage(r->command, "no INPUT");
	if (check_place(o, &err) == -1)
		return run_usage(r->command, err.text);
	if (run_check_filter(o) == -1)
		return EXIT_USAGE;
	if (run_inputs_again(o, &r->inputs) == -1)
		return EXIT_NOTHING;
	status = run_report(r, stop);
	inputs_reset(&r->inputs);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct report report = { .command = command, .options = &options };
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = run_options_given(&report, stop);
	options_reset(&options);
	return status;
}

const struct command command_report = {
	.name = "report",
	.synopsis = "report [OPTION]... INPUT...",
	.purpose = "one HTML file with tables and pictures of a capture",
	.text = "Writes report.html, which needs no network and no script; of a "
	    "folder or several\ncaptures, the folder report with a page each "
	    "and an index.  See pcapstat-report(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN | OPTIONS_RUN |
	    OPTIONS_FLOW | OPTIONS_REPORT,
	.run = run,
};
