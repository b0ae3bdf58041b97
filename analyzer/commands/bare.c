/*
 * pcapstat without a command word, as the original program was called: over
 * pcap_files/, or over the INPUTs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analyses/summary.h"
#include "analyzer/commands/ipv4_packets.h"
#include "analyzer/commands/run.h"
#include "base/distance.h"
#include "base/memory.h"

#define SAMPLES "pcap_files"

enum { TYPOS_MAX = 2 };

/* NAME_out.csv in the current folder. */
static struct table_writer *
open_out(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	char *path = ipv4_packets_path(".",
	    ipv4_packets_base_name(input->path), err);
	struct table_writer *writer;

	(void)context;
	(void)ordered;
	if (path == NULL)
		return NULL;
	writer = ipv4_packets_open(path, err);
	free(path);
	return writer;
}

/* The original's line about its one file: IPv4 only. */
static void
print_counts(const void *data)
{
	const struct summary_row *row = data;

	if (row->packets_total == TABLE_NO_U64)
		return;
	printf("<%s: TCP:%llu UDP:%llu ICMP:%llu Other:%llu>\n",
	    ipv4_packets_base_name(row->file),
	    (unsigned long long)row->ipv4_tcp,
	    (unsigned long long)row->ipv4_udp,
	    (unsigned long long)row->ipv4_icmp,
	    (unsigned long long)row->ipv4_other);
	fflush(stdout);
}

/* -f NAME: one capture, also looked for among the samples. */
static int
run_one(const struct command *command, struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct table_selection all;
	const struct engine_output out = {
		.question = { &analysis_packets, 0 }, .open = open_out,
		.columns = &all, .own_file = true,
	};
	char sample[4096];
	struct stat st;
	int len = snprintf(sample, sizeof(sample), SAMPLES "/%s",
	    options->named_file);

	if (options->input_count > 1)
		return run_usage(command,
		    "-f NAME takes one capture and no INPUT beside it");
	if (strcmp(options->named_file, "-") != 0 &&
	    access(options->named_file, F_OK) == -1 &&
	    len < (int)sizeof(sample) && access(sample, F_OK) == 0)
		options->inputs[0] = sample;
	if (stat(options->inputs[0], &st) == 0 && S_ISDIR(st.st_mode))
		return run_usage(command, "-f NAME takes a capture, not a "
		    "folder");
	/* One capture is the same joined or not. */
	options->join = false;
	table_select_default(question_table(out.question), NULL, 0, &all);
	return run_table(command, options, "summary", stop, &out,
	    print_counts);
}

/* No INPUT: all samples, as a batch with packets and the same options. */
static int
run_samples(const struct command *command, const struct options *options,
    int argc, char **argv, const volatile sig_atomic_t *stop)
{
	char packets[] = "--packets", folder[] = SAMPLES;
	char **longer;
	struct stat st;
	int status;

	if (stat(SAMPLES, &st) == -1 || !S_ISDIR(st.st_mode))
		return run_usage(command, "no INPUT, and no folder " SAMPLES
		    "/ here");
	if (options->output != NULL || options->format_given || options->join)
		return run_usage(command, "-o, --format and --join need an "
		    "INPUT");
	longer = memory_array((size_t)argc + 3, sizeof(*longer));
	if (longer == NULL) {
		run_complain("out of memory");
		return EXIT_PARTIAL;
	}
	longer[0] = argv[0];
	longer[1] = packets;
	memcpy(longer + 2, argv + 1, (size_t)(argc - 1) * sizeof(*longer));
	longer[argc + 1] = folder;
	status = command_batch.run(&command_batch, argc + 2, longer, stop);
	free(longer);
	return status;
}

/* The command that a word may have been meant for, which is no file and has
 * nothing of a path; NULL: none. */
static const char *
meant_command(const char *word)
{
	if (strpbrk(word, "./-") != NULL || access(word, F_OK) == 0)
		return NULL;
	for (size_t i = 0; commands[i] != NULL; i++)
		if (edit_distance(commands[i]->name, word) <= TYPOS_MAX)
			return commands[i]->name;
	return NULL;
}

/* A command's word that stands where an input does, and is no file; NULL:
 * none. */
static const char *
late_command(const struct options *options)
{
	for (size_t i = 0; i < options->input_count; i++)
		for (size_t k = 0; commands[k] != NULL; k++)
			if (strcmp(options->inputs[i], commands[k]->name) ==
			    0 && access(options->inputs[i], F_OK) == -1)
				return commands[k]->name;
	return NULL;
}

static int
run_inputs_or_samples(const struct command *command, struct options *options,
    int argc, char **argv, const volatile sig_atomic_t *stop)
{
	const char *late = options->interface != NULL ? NULL :
	    late_command(options);
	struct errbuf line;

	if (late != NULL) {
		errbuf_set(&line, "%s: a command comes first: pcapstat %s "
		    "[OPTION]... INPUT...", late, late);
		return run_usage(command, line.text);
	}
	if (options->named_file != NULL)
		return run_one(command, options, stop);
	if (options->input_count > 0)
		return run_table(command, options, "summary", stop, NULL,
		    NULL);
	return run_samples(command, options, argc, argv, stop);
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	const char *meant = argc > 1 ? meant_command(argv[1]) : NULL;
	int status;

	if (meant != NULL) {
		struct errbuf line;

		errbuf_set(&line, "%s: no such command or capture; the nearest "
		    "command is %s", argv[1], meant);
		return run_usage(command, line.text);
	}
	status = run_options(&options, command, argc, argv);
	if (status == -1)
		status = run_inputs_or_samples(command, &options, argc, argv,
		    stop);
	options_reset(&options);
	return status;
}

const struct command command_bare = {
	.name = "",
	.synopsis = "[COMMAND] [OPTION]... [INPUT]...",
	.purpose = "",
	.text = "Without a command: summary of each INPUT; with -f NAME also "
	    "its packets in\nNAME_out.csv; without INPUT: batch --packets over "
	    SAMPLES "/.  Each command has\na --help of its own.  See "
	    "pcapstat(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN,
	.run = run,
};
