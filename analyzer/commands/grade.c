/*
 * grade: a student's sheet held against that of the captures.
 */
#include <string.h>

#include "analyzer/commands/lab.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/grade.h"
#include "analyzer/report/json.h"
#include "base/outfile.h"

static int
write_json(const struct grade *grade, struct sink *sink, struct errbuf *err)
{
	struct cut_sink rows;
	struct table_selection all;
	struct table_writer *writer;
	struct errbuf ignored;

	table_select_default(&grade_table, NULL, 0, &all);
	if (json_begin(&grade_table, &all, sink, err) == -1)
		return -1;
	writer = json_writer(&grade_table, &all, cut_sink_init(&rows, sink,
	    JSON_SEPARATOR_BYTES), err);
	if (writer == NULL)
		return -1;
	for (size_t i = 0; i < grade->count; i++)
		if (writer->row(writer, &grade->rows[i], err) == -1) {
			writer->close(writer, false, &ignored);
			return -1;
		}
	if (writer->close(writer, true, err) == -1)
		return -1;
	return json_end(sink, err);
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
	    write_json(grade, outfile_sink(file), err);
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

static int
make_and_put(const struct lab *lab, struct given *given, enum format format,
    struct grade *grade, struct errbuf *err)
{
	const struct grade_hosts hosts = { find_host, lab };

	if (run_check_output(lab->options, &lab->views.inputs, err) == -1 ||
	    grade_make(grade, &lab->sheet, given, &hosts, err) == -1)
		return -1;
	return put_out(lab->options, grade, format, err);
}

/* The sheet of the captures is there.  Is something missed, or not told? */
static bool
compare(const struct lab *lab, struct given *given, enum format format)
{
	struct grade grade = { 0 };
	struct errbuf err;
	bool missed = true;

	if (make_and_put(lab, given, format, &grade, &err) == -1) {
		run_complain(err.text);
	} else {
		missed = grade.counts[GRADE_MISSED] > 0;
		if (format != FORMAT_TEXT && !lab->options->quiet)
			run_tell("score: %zu of %zu", grade.counts[GRADE_OK],
			    grade.counts[GRADE_OK] +
			    grade.counts[GRADE_MISSED]);
	}
	grade_reset(&grade);
	return missed;
}

static int
grade_sheet(const struct command *command, const struct options *captures,
    struct given *given, enum format format,
    const volatile sig_atomic_t *stop)
{
	struct lab lab;
	int status = lab_read(&lab, command, captures, stop);

	/* Of a part of the captures nothing can be graded. */
	if (status == -1 && *stop)
		status = lab_close(&lab, true);
	if (status == -1) {
		bool missed = compare(&lab, given, format);

		status = lab_close(&lab, false);
		if (status == EXIT_OK && missed)
			status = EXIT_PARTIAL;
	}
	lab_reset(&lab);
	return status;
}

static bool
wants_stdin_twice(const struct options *options)
{
	for (size_t i = 1; i < options->input_count; i++)
		if (strcmp(options->inputs[0], "-") == 0 &&
		    strcmp(options->inputs[i], "-") == 0)
			return true;
	return false;
}

static int
read_and_grade(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct options captures = *options;
	struct given given;
	struct errbuf err;
	enum format format;
	int status = EXIT_USAGE;

	if (options->input_count < 2)
		return run_usage(command, "a SHEET and its captures are "
		    "wanted");
	if (wants_stdin_twice(options))
		return run_usage(command, "standard input cannot be both the "
		    "SHEET and a capture");
	if (lab_format(command, options, &format) == -1)
		return EXIT_USAGE;
	if (run_would_replace(options, options->inputs[0])) {
		run_tell("%s: is the sheet, and would be replaced",
		    options->output);
		return EXIT_USAGE;
	}
	captures.inputs++;
	captures.input_count--;
	if (sheet_read(&given, options->inputs[0], &err) == -1) {
		run_complain(err.text);
	} else {
		for (size_t i = 0; i < given.stranger_count; i++)
			run_tell("%s: no sheet has the key %s: not looked at",
			    options->inputs[0], given.strangers[i]);
		status = grade_sheet(command, &captures, &given, format,
		    stop);
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
	    "student has filled it in,\nwith what the INPUTs say, item by "
	    "item, and explains each miss.  Ends with status 1\nwhere "
	    "something is missed.  See pcapstat-grade(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_FLOW | OPTIONS_ANSWERS | OPTIONS_RUN,
	.words = 1,
	.run = run,
};
