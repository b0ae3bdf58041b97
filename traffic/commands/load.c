#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/load/load.h"

/* 2026-01-01. */
#define START_NS (INT64_C(1767225600) * 1000000000)

/* A pipe or a device is no file that could be lost. */
static int
check_output(const struct labgen_options *o, struct errbuf *err)
{
	struct stat st;

	if (o->force || strcmp(o->out, "-") == 0 ||
	    lstat(o->out, &st) == -1 || !S_ISREG(st.st_mode))
		return 0;
	errbuf_set(err, "%s: the file is there already (-f replaces it)",
	    o->out);
	return -1;
}

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	const struct load_settings settings = {
		.seed = options->seed,
		.packets = options->packets,
		.rate = options->rate,
		.flows = options->flows,
		.start_ns = options->start_set ? options->start_ns : START_NS,
		.snaplen = (uint32_t)options->snaplen,
		.life = (uint32_t)options->life,
		.size = options->size,
		.ip = options->ip,
		.microseconds = options->microseconds,
	};
	struct load_result result;

	if (settings.start_ns < 0) {
		errbuf_set(err, "--start-time: pcap has no times before 1970");
		return PROGRAM_USAGE;
	}
	if (check_output(options, err) == -1)
		return PROGRAM_FAILED;
	signal(SIGPIPE, SIG_IGN);
	if (load_write(&settings, options->out, &result, err) == -1)
		return PROGRAM_FAILED;
	fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " bytes\n",
	    result.packets, result.bytes);
	return PROGRAM_DONE;
}

const struct labgen_command command_load = {
	.name = "load",
	.synopsis = "load -o FILE|- [OPTION]...",
	.purpose = "traffic without end, for measurements",
	.text = "Writes a capture of TCP and UDP conversations until --packets "
	    "are there, the\nreader of the pipe goes, or SIGINT comes.  The "
	    "same options and seed give the\nsame bytes on every machine.",
	.groups = LABGEN_LOAD,
	.run = run,
};
