#include "analyzer/dashboard/dashboard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/commands/run.h"
#include "analyzer/report/panels.h"
#include "base/program.h"

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

static void
on_ready(void *context, const char *link)
{
	const struct options *options = context;

	printf("dashboard: %s\n", link);
	fflush(stdout);
	if (options->open)
		open_browser(link);
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
	if (inet_pton(AF_INET6, address, &in6) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&in6))
		return;
	run_tell("warning: %s is no loopback address: the page and its token "
	    "cross the network unencrypted, and whoever reads them sees the "
	    "captures", address);
}

/* Standard input, a FIFO: what can be read once only, as it comes. */
static bool
is_stream(const char *name)
{
	struct stat st;

	return strcmp(name, "-") == 0 || (stat(name, &st) == 0 &&
	    !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

/* -1, or the exit status after having complained. */
static int
check_inputs(const struct command *command, const struct options *options,
    bool *live)
{
	struct stat st;

	*live = options->input_count == 1 && is_stream(options->inputs[0]);
	if (options->input_count == 0)
		return run_usage(command, "no INPUT");
	for (size_t i = 0; !*live && i < options->input_count; i++) {
		if (is_stream(options->inputs[i])) {
			run_tell("%s is read as it comes, and so has to be "
			    "the only INPUT", options->inputs[i]);
			return run_usage(command, "");
		}
		if (stat(options->inputs[i], &st) == -1) {
			run_tell("%s: %s", options->inputs[i],
			    strerror(errno));
			return EXIT_NOTHING;
		}
	}
	return -1;
}

static int
serve(const struct options *options, bool live,
    const volatile sig_atomic_t *stop)
{
	char path[2] = "-";
	struct input input = { .path = path };
	struct dashboard_setup setup = {
		.address = options->address, .port = (uint16_t)options->port,
		.names = options->inputs, .name_count = options->input_count,
		.join = options->join, .local = &options->local,
		.local_text = options->local_text,
		.base = { options->filter, options->from_ns, options->to_ns },
		.settings = options->settings,
		.views_max = options->max_views, .stop = stop,
		.ready = on_ready,
		.context = (void *)(uintptr_t)options,
	};
	struct errbuf err;

	if (live) {
		input.path = (char *)(uintptr_t)options->inputs[0];
		input.name = input.path;
		setup.live = &input;
	}
	setup.local_given = strcmp(options->local_text,
	    "192.168.0.0/16") != 0;
	panels_settle(&setup.settings);
	warn_of_address(options->address);
	if (dashboard_run(&setup, &err) == 0)
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
	bool live;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = check_inputs(command, &options, &live);
	if (status == -1 && run_check_filter(&options) == -1)
		status = EXIT_USAGE;
	if (status == -1 && program_reserve_files(&err) == -1) {
		run_complain(err.text);
		status = EXIT_NOTHING;
	}
	if (status == -1)
		status = serve(&options, live, stop);
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
	    "for standard\ninput, which is shown as it comes.  See "
	    "pcapstat-dashboard(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_DASHBOARD,
	.run = run,
};
