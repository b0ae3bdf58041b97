#include "traffic/hosts/lab.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "base/program.h"
#include "traffic/hosts/child.h"
#include "traffic/hosts/log_file.h"
#include "traffic/hosts/spaces.h"
#include "traffic/hosts/tap.h"
#include "traffic/hosts/wiring.h"

/* Before the first action, and behind the last one. */
#define SETTLE_NS INT64_C(100000000)
#define REST_NS INT64_C(1000000000)
/* What is left to be said when everybody has gone. */
#define LAST_PACKETS_NS INT64_C(200000000)
/* Somebody who is to end looks for it so often. */
#define LOOK_NS INT64_C(200000000)

struct stage {
	const struct lab *lab;
	int *spaces;
	struct tap *taps;
	size_t tap_count;
	struct cast cast;
	int64_t start_ns;
	size_t next, running;
	bool failed;		/* somebody did not play as written */
};

static void
say(const char *line)
{
	program_say("labgen", line);
}

/* The switch's capture stands in the middle, whose network is our own. */
static int
start_tap(struct stage *stage, const struct lab_point *point, int middle,
    struct errbuf *err)
{
	const struct scenario *s = stage->lab->scenario;
	char bridge[WIRING_NAME_BYTES];
	struct tap_setup setup = {
		.file = point->file, .fd = point->fd,
		.snaplen = stage->lab->snaplen,
	};

	if (point->host != SCENARIO_NONE) {
		setup.space = stage->spaces[point->host];
		setup.device = WIRING_HOST_DEVICE;
		setup.how = &s->hosts[point->host].capture;
		setup.offset_ns = s->hosts[point->host].clock_offset_ns;
	} else {
		wiring_bridge_name(bridge, point->network);
		setup.space = middle;
		setup.device = bridge;
		setup.promiscuous = true;
		setup.how = &s->networks[point->network].capture;
	}
	return tap_start(&stage->taps[stage->tap_count++], &setup, err);
}

static int
start_taps(struct stage *stage, struct errbuf *err)
{
	int middle = spaces_own_network(err);

	if (middle == -1)
		return -1;
	for (size_t i = 0; i < stage->lab->point_count; i++)
		if (start_tap(stage, &stage->lab->points[i], middle,
		    err) == -1)
			return -1;
	return 0;
}

static int
build(struct stage *stage, struct errbuf *err)
{
	const struct lab *lab = stage->lab;
	bool unshaped;

	stage->spaces = memory_array(lab->scenario->host_count + 1,
	    sizeof(*stage->spaces));
	stage->taps = memory_array(lab->point_count + 1,
	    sizeof(*stage->taps));
	if (stage->spaces == NULL || stage->taps == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	if (network_build(lab->scenario, &lab->tools, stage->spaces,
	    &unshaped, err) == -1)
		return -1;
	if (unshaped)
		say("this kernel cannot shape links (no netem): latency, "
		    "jitter, loss, duplicates and reordering are those of "
		    "the machine");
	return 0;
}

static int
raise_curtain(struct stage *stage, struct errbuf *err)
{
	if (cast_init(&stage->cast, stage->lab->scenario,
	    &stage->lab->programs, stage->spaces, err) == -1 ||
	    cast_prepare(&stage->cast, err) == -1)
		return -1;
	/* What IPv6 says of itself is said by then. */
	child_sleep(SETTLE_NS);
	if (start_taps(stage, err) == -1 ||
	    cast_open(&stage->cast, err) == -1)
		return -1;
	child_sleep(SETTLE_NS);
	stage->start_ns = child_now_ns();
	stage->next = stage->cast.first_action;
	return 0;
}

/* Who it was, and how it ended. */
static void
tell_of(struct stage *stage, const struct player_process *p, int status)
{
	const struct scenario *s = stage->lab->scenario;
	struct errbuf line;
	char how[64];

	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "was ended by signal %d",
		    WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "ended with status %d",
		    WEXITSTATUS(status));
	errbuf_set(&line, "%s:%zu: %s on %s %s", s->given, p->line, p->what,
	    s->hosts[p->host].name, how);
	say(line.text);
	log_say_last(p->log);
	stage->failed = true;
}

static void
one_ended(struct stage *stage, pid_t pid, int status)
{
	struct player_process *p = cast_find(&stage->cast, pid);

	if (p == NULL)
		return;		/* a tap says so itself */
	p->pid = -1;
	if (p->role == ROLE_ACTION)
		stage->running--;
	if (!cast_is_content(&stage->cast, p, status))
		tell_of(stage, p, status);
}

static int
start_due(struct stage *stage, struct errbuf *err)
{
	struct cast *cast = &stage->cast;
	int64_t now = child_now_ns() - stage->start_ns;

	while (stage->next < cast->count &&
	    cast->list[stage->next].at_ns <= now) {
		if (cast_start(cast, &cast->list[stage->next], err) == -1)
			return -1;
		stage->next++;
		stage->running++;
	}
	return 0;
}

static int64_t
next_look(const struct stage *stage, int64_t now)
{
	int64_t next = now + LOOK_NS;

	if (stage->next < stage->cast.count &&
	    stage->cast.list[stage->next].at_ns < next)
		next = stage->cast.list[stage->next].at_ns;
	return next;
}

static void
over_limit(struct stage *stage)
{
	struct errbuf line;
	size_t left = stage->running + stage->cast.count - stage->next;

	errbuf_set(&line, "%s: the limit of %" PRId64 " s is over, and %zu "
	    "%s not", stage->lab->scenario->given,
	    stage->lab->scenario->limit_ns / 1000000000, left,
	    left == 1 ? "action is" : "actions are");
	say(line.text);
	stage->failed = true;
}

/* Until all actions are done, or the scenario's time is. */
static int
play(struct stage *stage, struct errbuf *err)
{
	for (;;) {
		int status;
		pid_t pid;
		int64_t now;

		if (start_due(stage, err) == -1)
			return -1;
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			one_ended(stage, pid, status);
		if (stage->next == stage->cast.count && stage->running == 0)
			return 0;
		now = child_now_ns() - stage->start_ns;
		if (now >= stage->lab->scenario->limit_ns) {
			over_limit(stage);
			return 0;
		}
		child_sleep(next_look(stage, now) - now);
	}
}

static void
end_actions(struct stage *stage)
{
	struct cast *cast = &stage->cast;
	int status;

	for (size_t i = cast->first_action; i < stage->next; i++) {
		if (cast->list[i].pid > 0) {
			kill(cast->list[i].pid, SIGKILL);
			child_wait(cast->list[i].pid, REST_NS, &status);
			cast->list[i].pid = -1;
		}
	}
}

/* As play.c does in virtual time: a second, then the services. */
static void
lower_curtain(struct stage *stage)
{
	int64_t end = child_now_ns() + REST_NS;
	struct errbuf err;

	end_actions(stage);
	while (child_now_ns() < end)
		child_sleep(end - child_now_ns());
	if (cast_close(&stage->cast, &err) == -1) {
		say(err.text);
		stage->failed = true;
	}
	end = child_now_ns() + LAST_PACKETS_NS;
	while (child_now_ns() < end)
		child_sleep(end - child_now_ns());
}

static int
report(struct stage *stage)
{
	struct tap_report report;
	struct errbuf line;
	int status = 0;

	for (size_t i = 0; i < stage->tap_count; i++)
		tap_stop(&stage->taps[i]);
	for (size_t i = 0; i < stage->tap_count; i++) {
		const struct tap *tap = &stage->taps[i];

		if (tap_finish(&stage->taps[i], &report, &line) == -1) {
			status = -1;
		} else {
			errbuf_set(&line, "%s: %" PRIu64 " frames, %" PRIu64
			    " dropped", tap->file, report.frames,
			    report.dropped);
			stage->failed |= report.dropped > 0;
		}
		say(line.text);
	}
	return status;
}

static int
perform(struct stage *stage, struct errbuf *err)
{
	if (build(stage, err) == -1 || raise_curtain(stage, err) == -1 ||
	    play(stage, err) == -1)
		return -1;
	lower_curtain(stage);
	return 0;
}

int
lab_play(void *context)
{
	struct stage stage = { .lab = context };
	struct errbuf err = { "" };

	child_block_signals();
	program_raise_file_limit();
	if (perform(&stage, &err) == -1) {
		say(err.text);
		return LAB_NOTHING;
	}
	if (report(&stage) == -1)
		return LAB_NOTHING;
	return stage.failed ? LAB_FAILED : LAB_DONE;
}
