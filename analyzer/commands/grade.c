/*
 * grade: a student's sheet held against that of the captures.
 */
#include "analyzer/commands/lab.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/format.h"
#include "analyzer/report/grade.h"
#include "base/outfile.h"

/* Text unless --format or the output's ending says otherwise. */
static enum format
format_of(const struct options *o)
{
	enum format by_path;

	if (o->format_given || (o->output != NULL &&
	    format_by_path(o->output, &by_path) == 0))
		return o->format;
	return FORMAT_TEXT;
}

static int
write_rows(const struct grade *grade, enum format format, struct sink *sink,
    struct errbuf *err)
{
	struct cut_sink rows;
	struct table_selection all;
	struct table_writer *writer;
	struct errbuf ignored;

	table_select_default(&grade_table, NULL, 0, &all);
	if (format_begin(format, &grade_table, &all, sink, err) == -1)
		return -1;
	writer = format_writer(format, &grade_table, &all,
	    cut_sink_init(&rows, sink, format_separator_bytes(format)), err);
	if (writer == NULL)
		return -1;
	for (size_t i = 0; i < grade->count; i++)
		if (writer->row(writer, &grade->rows[i], err) == -1) {
			writer->close(writer, false, &ignored);
			return -1;
		}
	if (writer->close(writer, true, err) == -1)
		return -1;
	return format_end(format, sink, err);
}

static int
put_out(const struct options *o, const struct grade *grade,
    enum format format, struct errbuf *err)
{
	struct outfile *file = outfile_open(o->output == NULL ? "-" :
	    o->output, err);
	struct errbuf ignored;
	int status;

	if (file == NULL)
		return -1;
	status = format == FORMAT_TEXT ?
	    grade_write_text(grade, outfile_sink(file), err) :
	    write_rows(grade, format, outfile_sink(file), err);
	if (status == -1) {
		outfile_close(file, false, &ignored);
		return -1;
	}
	return outfile_close(file, true, err);
}

static int
find_host(const void *context, const char *host, struct table_ip *out)
{
	const struct lab *lab = context;
	struct errbuf ignored;

	*out = (struct table_ip){ .version = 0 };
	return answers_host_find(lab->notes, lab->used, &lab->question, host,
	    out, &ignored);
}

/* The sheet of the captures is there.  Is something missed, or not told? */
static bool
compare(const struct lab *lab, struct given *given)
{
	const struct grade_hosts hosts = { find_host, lab };
	enum format format = format_of(lab->options);
	struct grade grade = { 0 };
	struct errbuf err;
	bool missed = true;

	if (run_check_output(lab->options, &lab->views.inputs, &err) == -1 ||
	    grade_make(&grade, &lab->sheet, given, &hosts, &err) == -1 ||
	    put_out(lab->options, &grade, format, &err) == -1)
		run_complain(err.text);
	else
		missed = grade.counts[GRADE_MISSED] > 0;
	if (format != FORMAT_TEXT && !lab->options->quiet)
		run_tell("score: %zu of %zu", grade.counts[GRADE_OK],
		    grade.counts[GRADE_OK] + grade.counts[GRADE_MISSED]);
	grade_reset(&grade);
	return missed;
}

static int
grade_sheet(const struct command *command, const struct options *captures,
    struct given *given, const volatile sig_atomic_t *stop)
{
	struct lab lab;
	int status = lab_read(&lab, command, captures, false, stop);

	if (status == -1) {
		bool missed = compare(&lab, given);

		status = lab_close(&lab, false);
		if (status == EXIT_OK && missed)
			status = EXIT_PARTIAL;
	}
	lab_reset(&lab);
	return status;
}

static int
read_and_grade(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct options captures = *options;
	struct given given;
	struct errbuf err;
	int status = EXIT_USAGE;

	if (options->input_count < 2)
		return run_usage(command, "a SHEET and its captures are "
		    "wanted");
	if (format_of(options) == FORMAT_SQLITE)
		return run_usage(command, "a grade is no database");
	captures.inputs++;
	captures.input_count--;
	if (sheet_read(&given, options->inputs[0], &err) == -1) {
		run_complain(err.text);
	} else {
		for (size_t i = 0; i < given.stranger_count; i++)
			run_tell("%s: no sheet has the key %s: not looked at",
			    options->inputs[0], given.strangers[i]);
		status = grade_sheet(command, &captures, &given, stop);
	}
	given_reset(&given);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = read_and_grade(command, &options, stop);
	options_reset(&options);
	return status;
}

const struct command command_grade = {
	.name = "grade",
	.synopsis = "grade [OPTION]... SHEET INPUT...",
	.purpose = "a student's answer sheet held against the captures",
	.text = "Compares SHEET, the JSON that pcapstat answers writes as a "
	    "student has filled it in,\nwith what the INPUTs say, item by item, "
	    "and explains each miss.  Ends with status 1\nwhere something is "
	    "missed.  See pcapstat-grade(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_RUN | OPTIONS_FLOW | OPTIONS_ANSWERS,
	.run = run,
};
