/*
 * answers: the sheet of a lab, and below its text the sequence diagram.
 */
#include "analyzer/commands/lab.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/rows.h"
#include "analyzer/report/sheet_write.h"
#include "base/outfile.h"

enum { DIAGRAM_WIDTH = 100 };

/* Hosts are called as in the sheet. */
static const char *
find_name(const void *context, const struct table_ip *ip)
{
	const struct sheet *sheet = context;
	const struct sheet_host *host;

	for (size_t i = 0; (host = sheet_row(sheet, SHEET_HOSTS, i)) != NULL;
	    i++)
		if (sheet_ip_equal(&host->ip, ip))
			return host->name;
	return NULL;
}

static int
make_ladder(struct lab *lab, struct ladder *ladder, struct errbuf *err)
{
	const struct ladder_names names = { .find = find_name,
	    .context = &lab->sheet };

	ladder_init(ladder, false, false);
	if (ladder_merge(ladder, lab->sights, lab->used, err) == -1)
		return -1;
	return ladder_finish(ladder, &names, err);
}

static int
write_diagram(struct lab *lab, struct sink *sink, struct errbuf *err)
{
	const struct ladder_style style = { .form = LADDER_AS_TEXT,
	    .width = DIAGRAM_WIDTH };
	struct ladder ladder;
	int status;

	if (lab->used == 0 || sheet_is_hidden(&lab->sheet, SHEET_DIAGRAM))
		return 0;
	if (lab->sights_cut)
		return sink_puts(sink, "\nThere are too many packets for a "
		    "diagram here.\n", err);
	status = make_ladder(lab, &ladder, err);
	if (status == 0)
		status = sink_puts(sink, "\n", err);
	if (status == 0)
		status = ladder_write(&ladder, &style, sink, err);
	ladder_reset(&ladder);
	return status;
}

static int
write_sheet(struct lab *lab, enum format format, struct sink *sink,
    struct errbuf *err)
{
	if (format == FORMAT_JSON)
		return sheet_write_json(&lab->sheet, sink, err);
	if (sheet_write_text(&lab->sheet, sink, err) == -1)
		return -1;
	return write_diagram(lab, sink, err);
}

/* Did it not become what it should? */
static bool
put_out(struct lab *lab, enum format format)
{
	const char *path = lab->options->output == NULL ? "-" :
	    lab->options->output;
	struct errbuf err, ignored;
	struct outfile *file = outfile_open(path, &err);

	if (file != NULL && write_sheet(lab, format, outfile_sink(file),
	    &err) == -1)
		outfile_close(file, false, &ignored);
	else if (file != NULL && outfile_close(file, true, &err) == 0)
		return false;
	run_complain(err.text);
	return true;
}

static int
answer(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct lab lab;
	enum format format;
	struct errbuf err;
	int status;

	if (lab_format(command, options, &format) == -1)
		return EXIT_USAGE;
	status = lab_read(&lab, command, options, stop);
	if (status == -1 && run_check_output(options, &lab.views.inputs,
	    &err) == -1) {
		run_complain(err.text);
		status = lab_close(&lab, true);
	}
	if (status == -1)
		status = lab_close(&lab, put_out(&lab, format));
	lab_reset(&lab);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = answer(command, &options, stop);
	options_reset(&options);
	return status;
}

const struct command command_answers = {
	.name = "answers",
	.synopsis = "answers [OPTION]... INPUT...",
	.purpose = "the answer sheet of a lab: handshake, UDP, DNS, sockets",
	.text = "Answers what a lab asks about an exchange: the numbers of the "
	    "first handshake, the\nfacts of UDP, DNS before each connection, "
	    "socket pairs, connections at once, clear\ntext, a sequence "
	    "diagram.  INPUTs are captures of the same exchange.  HOST is an\n"
	    "address, a name, or the name of the capture that was taken "
	    "there.  See\npcapstat-answers(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_FLOW | OPTIONS_ANSWERS | OPTIONS_RUN,
	.run = run,
};
