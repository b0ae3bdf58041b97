#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/synth.h"

static void
report(const struct scenario *s, const struct synth_options *o,
    const struct synth_result *r)
{
	const struct truth_totals *t = &r->totals;

	fprintf(stderr, "%s: %zu %s in %s, %" PRIu64 " frames; %" PRIu64
	    " packets sent in %.3f s%s\n", s->name, t->captures,
	    t->captures == 1 ? "capture" : "captures", o->folder, t->frames,
	    t->packets, (double)t->last_ns / 1e9,
	    r->cut_off ? "; cut off by its limit" : "");
}

/* Those that end us wait until what is half written is gone. */
static const int endings[] = { SIGHUP, SIGINT, SIGTERM };
enum { ENDINGS = sizeof(endings) / sizeof(*endings) };

static void
block_endings(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDINGS; i++)
		sigaddset(&set, endings[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

static bool
is_unwanted(void)
{
	sigset_t pending;
	bool is_there = false;

	if (sigpending(&pending) == -1)
		return false;
	for (size_t i = 0; i < ENDINGS; i++)
		is_there |= sigismember(&pending, endings[i]) == 1;
	return is_there;
}

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	const struct synth_options how = {
		.folder = options->out,
		.seed_set = options->seed_set,
		.seed = options->seed,
		.start_set = options->start_set,
		.start_ns = options->start_ns,
		.snaplen = (uint32_t)options->snaplen,
		.force = options->force,
		.is_unwanted = is_unwanted,
	};
	struct synth_result result;
	struct scenario *s = command_scenario(options, err);
	sigset_t before;
	int status;

	if (s == NULL)
		return PROGRAM_FAILED;
	/* All captures are open at the same time. */
	program_raise_file_limit();
	block_endings(&before);
	status = synth_play(s, &how, &result, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (status == 0)
		report(s, &how, &result);
	scenario_free(s);
	return status == 0 ? PROGRAM_DONE : PROGRAM_FAILED;
}

const struct labgen_command command_synth = {
	.name = "synth",
	.synopsis = "synth SCENARIO -o DIR [OPTION]...",
	.purpose = "play a scenario in virtual time: captures, and the truth",
	.text = "Plays the SCENARIO (one of `labgen list`, or a file) in "
	    "virtual time, and\nwrites what each capture point sees, and "
	    "truth.json, into DIR.  The same\nscenario and seed give the same "
	    "bytes on every machine.",
	.groups = LABGEN_OUTPUT | LABGEN_SYNTH,
	.operand = "SCENARIO",
	.run = run,
};
