#include "traffic/hosts/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "base/program.h"
#include "traffic/hosts/can_run.h"
#include "traffic/hosts/lab.h"
#include "traffic/hosts/results.h"
#include "traffic/hosts/spaces.h"

struct run {
	struct lab lab;
	struct lab_point *points;
	struct results *results;
};

static int
add_point(struct run *run, const char *name, struct lab_point point,
    const struct scenario_capture *how, struct errbuf *err)
{
	struct lab_point *p = &run->points[run->lab.point_count];

	if (!how->wanted)
		return 0;
	*p = point;
	snprintf(p->file, sizeof(p->file), "%s.%s", name,
	    how->format == CAPTURE_PCAPNG ? "pcapng" : "pcap");
	p->fd = results_add(run->results, p->file, err);
	run->lab.point_count++;
	return p->fd == -1 ? -1 : 0;
}

static int
add_points(struct run *run, struct errbuf *err)
{
	const struct scenario *s = run->lab.scenario;

	run->points = memory_array(s->host_count + s->network_count + 1,
	    sizeof(*run->points));
	if (run->points == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	run->lab.points = run->points;
	for (size_t i = 0; i < s->host_count; i++)
		if (add_point(run, s->hosts[i].name,
		    (struct lab_point){ .host = i }, &s->hosts[i].capture,
		    err) == -1)
			return -1;
	for (size_t i = 0; i < s->network_count; i++)
		if (add_point(run, s->networks[i].name,
		    (struct lab_point){ .host = SCENARIO_NONE, .network = i },
		    &s->networks[i].capture, err) == -1)
			return -1;
	return results_replace(run->results, "truth.json", err);
}

static void
complain(void *context, const struct errbuf *err)
{
	(void)context;
	program_say("labgen", err->text);
}

static void
watched_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

/* Until the lab has ended, or somebody wants that.  The wait status; -1: it was
 * ended. */
static int
watch(pid_t lab, const sigset_t *set)
{
	int status;

	for (;;) {
		int signal_number = sigwaitinfo(set, NULL);

		if (signal_number == SIGINT || signal_number == SIGTERM) {
			kill(lab, SIGKILL);
			waitpid(lab, &status, 0);
			return -1;
		}
		if (waitpid(lab, &status, WNOHANG) == lab)
			return status;
	}
}

static enum run_status
finish(struct run *run, int status, struct errbuf *err)
{
	const char *name = run->lab.scenario->given;

	if (status == -1) {
		errbuf_set(err, "interrupted: no capture is kept");
		return RUN_FAILED;
	}
	if (!WIFEXITED(status)) {
		errbuf_set(err, "%s: the lab was ended by signal %d", name,
		    WTERMSIG(status));
		return RUN_FAILED;
	}
	if (WEXITSTATUS(status) != LAB_DONE &&
	    WEXITSTATUS(status) != LAB_FAILED)
		return RUN_FAILED;
	if (results_keep(run->results, err) == -1)
		return RUN_FAILED;
	if (WEXITSTATUS(status) == LAB_DONE)
		return RUN_DONE;
	errbuf_set(err, "%s: the captures are those of a run that failed",
	    name);
	return RUN_FAILED;
}

static enum run_status
perform(struct run *run, struct errbuf *err)
{
	const char *const programs[] = { run->lab.programs.server,
	    run->lab.programs.client, run->lab.tools.ip, NULL };
	const struct spaces_start start = { .play = lab_play,
	    .context = &run->lab, .complain = complain,
	    .programs = programs };
	enum run_status status = RUN_FAILED;
	sigset_t set, before;
	pid_t lab;

	/* Whoever started us may have it ignored: then nobody could be waited
	 * for. */
	signal(SIGCHLD, SIG_DFL);
	watched_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	lab = spaces_start(&start, err);
	if (lab != -1)
		status = finish(run, watch(lab, &set), err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

enum run_status
run_scenario(const struct scenario *scenario,
    const struct run_options *options, struct errbuf *err)
{
	struct run run = { .lab = { .scenario = scenario,
	    .snaplen = options->snaplen } };
	enum run_status status = RUN_FAILED;

	if (can_run(scenario, err) == -1)
		return RUN_REFUSED;
	if (network_tools_find(&run.lab.tools, err) == -1 ||
	    cast_find_programs(&run.lab.programs, scenario, err) == -1)
		return RUN_FAILED;
	run.results = results_new(options->folder, options->force, err);
	if (run.results != NULL && add_points(&run, err) == 0)
		status = perform(&run, err);
	results_free(run.results);
	free(run.points);
	return status;
}
