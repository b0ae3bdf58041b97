#include "analyzer/dashboard/dashboard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/panels.h"
#include "base/program.h"

/* Of what is without an end, the tables too have one; more flows at a time
 * than fit are told, as --max-memory does it elsewhere. */
#define LIVE_MEMORY (UINT64_C(256) * 1024 * 1024)

/* The browser outlives us, and its words are not ours. */
static void
open_browser(const char *link)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		/* A grandchild, so that nobody has to wait for it. */
		if (fork() != 0)
			_exit(0);
		close_range(3, ~0U, 0);
		if (freopen("/dev/null", "r", stdin) == NULL ||
		    freopen("/dev/null", "w", stdout) == NULL ||
		    freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		execlp("xdg-open", "xdg-open", link, (char *)NULL);
		_exit(1);
	}
	if (child == -1)
		run_tell("xdg-open: %s", strerror(errno));
	else
		waitpid(child, &status, 0);
}

/* What the callbacks get. */
struct serving {
	const struct options *options;
	struct inputs inputs;		/* an interface */
};

static void
on_started(void *context)
{
	struct serving *s = context;

	inputs_reset(&s->inputs);
}

/* A link that nobody can read leads nowhere: run_flush() tells it. */
static int
on_ready(void *context, const char *link, const char *once)
{
	const struct serving *s = context;

	if (printf("dashboard: %s\n", link) < 0 || fflush(stdout) != 0)
		return -1;
	if (s->options->open)
		open_browser(once);
	return 0;
}

/* Others than this machine's users can see it then: said loudly. */
static void
warn_of_address(const char *address)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET, address, &in) == 1 &&
	    ntohl(in.s_addr) >> 24 == IN_LOOPBACKNET)
		return;
	if (inet_pton(AF_INET6, address, &in6) == 1 ?
	    IN6_IS_ADDR_LOOPBACK(&in6) :
	    inet_pton(AF_INET, address, &in) != 1)
		return;		/* what is no address is told later */
	run_tell("warning: %s is no loopback address: the page and its token "
	    "cross the network unencrypted, and whoever reads them sees the "
	    "captures", address);
	if (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0)
		run_tell("from elsewhere, put an address of this machine in "
		    "the place of 127.0.0.1 in the link; host names are "
		    "refused");
}

/* Standard input, a FIFO: what can be read once only, as it comes. */
static bool
is_stream(const char *name)
{
	struct stat st;

	return strcmp(name, "-") == 0 || (stat(name, &st) == 0 &&
	    !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

/* Is the file no capture, and no beginning of one?  A process of its own opens
 * it: the one that serves has to stay clear of what is in files. */
static bool
is_foreign(const char *name)
{
	pid_t child = fork(), ended;
	int status;

	if (child == 0) {
		bool foreign = false;
		struct errbuf ignored;

		_exit(reader_open(name, &foreign, &ignored) == NULL &&
		    foreign);
	}
	if (child == -1)
		return false;
	do
		ended = waitpid(child, &status, 0);
	while (ended == -1 && errno == EINTR);
	return ended == child && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 1;
}

/* Will there ever be something to show?  Folders may grow. */
static bool
is_any_capture(const struct options *options)
{
	struct stat st;

	for (size_t i = 0; i < options->input_count; i++) {
		const char *name = options->inputs[i];

		if (is_stream(name) || stat(name, &st) == -1 ||
		    S_ISDIR(st.st_mode) || st.st_size == 0 ||
		    !is_foreign(name))
			return true;
	}
	for (size_t i = 0; i < options->input_count; i++)
		run_tell("%s: not a capture", options->inputs[i]);
	return false;
}

/* -1, or the exit status after having complained. */
static int
check_inputs(const struct command *command, const struct options *options)
{
	struct errbuf line;
	struct stat st;

	if (options->interface != NULL)
		return -1;
	if (options->input_count == 0)
		return run_usage(command, "no INPUT");
	for (size_t i = 0; i < options->input_count; i++) {
		const char *name = options->inputs[i];

		if (is_stream(name) && options->input_count > 1) {
			errbuf_set(&line, "%s is read as it comes, and so has "
			    "to be the only INPUT", name);
			return run_usage(command, line.text);
		}
		if (!is_stream(name) && stat(name, &st) == -1) {
			run_tell("%s: %s", name, strerror(errno));
			return EXIT_NOTHING;
		}
	}
	return is_any_capture(options) ? -1 : EXIT_NOTHING;
}

/* What is live, if anything is; -1 after having complained. */
static int
open_live(const struct options *o, struct serving *s, struct input *stream,
    struct dashboard_setup *setup)
{
	inputs_init(&s->inputs);
	if (o->interface != NULL) {
		if (run_inputs(o, &s->inputs) == -1)
			return -1;
		setup->live = &s->inputs.list[0];
		setup->live_name = o->interface;
		setup->live_is_interface = true;
		setup->ring = s->inputs.ring;
		if (setup->ring != NULL)
			setup->ring_prefix = o->ring_prefix != NULL ?
			    o->ring_prefix : o->interface;
	} else if (is_stream(o->inputs[0])) {
		stream->path = (char *)(uintptr_t)o->inputs[0];
		stream->name = stream->path;
		setup->live = stream;
		setup->live_name = stream->name;
	}
	return 0;
}

static int
serve(const struct options *options, const volatile sig_atomic_t *stop)
{
	struct serving serving = { .options = options };
	struct input stream = { .path = NULL };
	struct dashboard_setup setup = {
		.address = options->address, .port = (uint16_t)options->port,
		.names = options->inputs, .name_count = options->input_count,
		.join = options->join, .local = &options->local,
		.local_text = options->local_text,
		.base = { options->filter, options->from_ns, options->to_ns },
		.settings = options->settings,
		.views_max = options->max_views, .stop = stop,
		.started = on_started, .ready = on_ready, .context = &serving,
	};
	struct errbuf err;
	int status;

	if (open_live(options, &serving, &stream, &setup) == -1)
		return EXIT_NOTHING;
	setup.local_given = strcmp(options->local_text,
	    "192.168.0.0/16") != 0;
	panels_settle(&setup.settings);
	if (setup.live != NULL)
		setup.settings.max_memory = LIVE_MEMORY;
	warn_of_address(options->address);
	status = dashboard_run(&setup, &err);
	inputs_reset(&serving.inputs);
	if (status == 0)
		return run_flush();
	run_complain(err.text);
	return EXIT_NOTHING;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct errbuf err;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = check_inputs(command, &options);
	if (status == -1 && run_check_filter(&options) == -1)
		status = EXIT_USAGE;
	if (status == -1 && program_reserve_files(&err) == -1) {
		run_complain(err.text);
		status = EXIT_NOTHING;
	}
	if (status == -1)
		status = serve(&options, stop);
	options_reset(&options);
	return status;
}

const struct command command_dashboard = {
	.name = "dashboard",
	.synopsis = "dashboard [OPTION]... INPUT...",
	.purpose = "a page that shows captures, or live traffic, in a browser",
	.text = "Serves a page on 127.0.0.1 and prints its link: volume, "
	    "sizes, protocols, top flows,\ngaps, TCP health, with filters, "
	    "ladders, and each panel as CSV, JSON and SVG.\nINPUT is a "
	    "capture, a folder of captures (that may grow), or a FIFO or - "
	    "for standard\ninput, which is shown as it comes; -i shows an "
	    "interface.  See pcapstat-dashboard(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_DASHBOARD,
	.run = run,
};
