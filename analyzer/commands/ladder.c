/*
 * ladder: the sequence diagram of one or several captures.
 *
 * One capture goes straight into the diagram, which folds while it is read, so
 * that memory follows what is drawn.  Several are kept until all are read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "analyzer/commands/host_names.h"
#include "analyzer/commands/views.h"
#include "analyzer/report/ladder.h"
#include "analyzer/report/ladder_write.h"
#include "base/memory.h"
#include "base/outfile.h"
#include "base/parse.h"

enum { WIDTH = 100, WIDTH_MIN = 40, WIDTH_MAX = 1000 };

/* For all views together. */
#define MEMORY	(UINT64_C(1) << 30)

/* A view and what had to be left out of it. */
struct sight {
	struct ladder_view view;
	uint64_t left_out;	/* for want of memory */
	uint64_t flow_packets;	/* of the flow that is asked for */
};

struct drawing {
	const struct options *options;
	struct views views;
	struct ladder ladder;
	struct ladder_style style;
	struct host_names names;
	struct sight *sights;	/* one a view; owned */
	uint64_t room;		/* bytes for each */
	bool only;		/* one view: goes into the ladder at once */
};

/* --- reading --- */

static uint64_t
held(const struct drawing *d, const struct sight *s)
{
	return d->only ? d->ladder.bytes : s->view.bytes;
}

static int
take_row(void *context, size_t view, const void *data, struct errbuf *err)
{
	struct drawing *d = context;
	struct sight *s = &d->sights[view];
	const struct exchange_row *row = data;
	struct ladder_packet packet;
	int status;

	if (view == 0 && row->flow == d->options->flow)
		s->flow_packets++;
	/* Of several views all packets tell where these were taken. */
	else if (d->only && d->options->flow != 0)
		return 0;
	if (held(d, s) > d->room) {
		place_hosts_add(&s->view.hosts, &row->src, &row->dst);
		s->left_out++;
		return 0;
	}
	if (ladder_packet_init(&packet, row, err) == -1)
		return -1;
	status = d->only ? ladder_add_packet(&d->ladder, &packet, err) :
	    ladder_view_add(&s->view, &packet, err);
	if (status == -1)
		ladder_packet_reset(&packet);
	return status;
}

/* Has the first view the flow that is asked for, if one is? */
static bool
has_flow(const struct drawing *d)
{
	return d->options->flow == 0 || d->sights[0].flow_packets > 0;
}

/* Where a filter or a window has left out packets, these, too, tell where
 * views were taken. */
static int
count_all_hosts(struct drawing *d, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct place_hosts *hosts;

	if (d->only || !views_are_selected(&d->views))
		return 0;
	hosts = views_count_hosts(&d->views, stop, err);
	if (hosts == NULL)
		return -1;
	for (size_t v = 0; v < d->views.count; v++)
		d->sights[v].view.hosts = hosts[v];
	free(hosts);
	return 0;
}

/* The views that saw packets, in a row, for the merging. */
static struct ladder_view *
gather(struct drawing *d, size_t *n, struct errbuf *err)
{
	struct ladder_view *list = memory_array(d->views.count,
	    sizeof(*list));

	*n = 0;
	if (list == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return NULL;
	}
	for (size_t v = 0; v < d->views.count; v++) {
		if (d->sights[v].view.count == 0)
			continue;
		list[*n] = d->sights[v].view;
		list[*n].name = views_name(&d->views, v);
		d->sights[v].view = (struct ladder_view){ 0 };
		++*n;
	}
	return list;
}

static int
merge(struct drawing *d, struct errbuf *err)
{
	size_t n;
	struct ladder_view *list = gather(d, &n, err);
	int status = -1;

	if (list == NULL)
		return -1;
	if (n > LADDER_VIEWS_MAX)
		errbuf_set(err, "%zu captures: a diagram joins at most %d", n,
		    LADDER_VIEWS_MAX);
	else if (n == 0 || !has_flow(d))
		status = 0;
	else
		status = ladder_merge(&d->ladder, list, n, err);
	for (size_t v = 0; v < n; v++)
		ladder_view_reset(&list[v]);
	free(list);
	return status;
}

/* --- what the options say --- */

static const char *
find_name(const void *context, const struct table_ip *ip)
{
	return host_names_find(context, ip);
}

/* Of a terminal, as it says or COLUMNS does; files are alike everywhere. */
static unsigned
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct errbuf ignored;
	uint64_t width = 0;

	if (!isatty(STDOUT_FILENO))
		return WIDTH;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0 && (columns == NULL || parse_u64(columns, 0, WIDTH_MAX,
	    &width, &ignored) == -1))
		width = 0;
	return width == 0 ? WIDTH : width < WIDTH_MIN ? WIDTH_MIN :
	    (unsigned)width;
}

static const char *
ending_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash == NULL ? path : slash + 1, '.');

	return dot;
}

/* -1 with the reason: wrong usage. */
static int
settle_style(const struct options *o, struct ladder_style *style,
    struct errbuf *err)
{
	*style = (struct ladder_style){ .form = LADDER_AS_TEXT,
	    .ascii = o->ascii, .width = (unsigned)o->width };
	if (style->width == 0)
		style->width = o->output == NULL ? terminal_width() : WIDTH;
	if (o->as != NULL && ladder_form_by_name(o->as, &style->form) == -1) {
		errbuf_set(err, "--as %s: not text, svg, mermaid or plantuml",
		    o->as);
		return -1;
	}
	if (o->as == NULL && o->output != NULL &&
	    ladder_form_by_path(o->output, &style->form) == -1 &&
	    ending_of(o->output) != NULL) {
		errbuf_set(err, "--output %s: .txt, .svg, .mmd or .puml says "
		    "what is written, or --as", o->output);
		return -1;
	}
	if (style->form != LADDER_AS_TEXT && (o->ascii || o->width != 0)) {
		errbuf_set(err, "--%s is about text, which is not what is "
		    "written", o->ascii ? "ascii" : "width");
		return -1;
	}
	return 0;
}

/* --- the end --- */

static uint64_t
left_out(const struct drawing *d)
{
	uint64_t sum = 0;

	for (size_t v = 0; v < d->views.count; v++)
		sum += d->sights[v].left_out;
	return sum;
}

static int
finish_ladder(struct drawing *d, struct errbuf *err)
{
	struct ladder_names names = { .find = find_name,
	    .context = &d->names };
	struct table_ip *first = memory_array(d->names.given_count + 1,
	    sizeof(*first));
	int status = -1;

	if (first == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (size_t i = 0; i < d->names.given_count; i++)
		first[i] = d->names.given[i].ip;
	names.first = first;
	names.first_count = d->names.given_count;
	if (d->only && d->views.count > 0) {
		d->ladder.places[0].name = views_name(&d->views, 0);
		d->ladder.place_count = 1;
	}
	if (d->only || merge(d, err) == 0)
		status = ladder_finish(&d->ladder, &names, err);
	free(first);
	return status;
}

static int
write_ladder(const struct drawing *d, struct errbuf *err)
{
	struct outfile *file = outfile_open(d->options->output == NULL ? "-" :
	    d->options->output, err);
	struct errbuf ignored;

	if (file == NULL)
		return -1;
	if (ladder_write(&d->ladder, &d->style, outfile_sink(file), err) ==
	    -1) {
		outfile_close(file, false, &ignored);
		return -1;
	}
	return outfile_close(file, true, err);
}

/* Tells what the diagram lacks; is that so? */
static bool
tell_lacks(const struct drawing *d)
{
	uint64_t n = left_out(d);

	if (n > 0)
		run_tell("--max-memory: the diagram lacks %llu %s; --filter "
		    "or more memory helps", (unsigned long long)n,
		    n == 1 ? "packet" : "packets");
	if (!has_flow(d))
		run_tell("--flow %llu: no packet of %s has it",
		    (unsigned long long)d->options->flow,
		    views_name(&d->views, 0));
	return n > 0 || !has_flow(d);
}

static bool
draw(struct drawing *d, const volatile sig_atomic_t *stop)
{
	const struct views_table table = { "exchange", take_row, d };
	struct errbuf err;
	bool lacks = views_run(&d->views, &table, 1, stop) == -1;

	if (d->views.totals.read == 0)
		return true;
	lacks |= tell_lacks(d);
	if (!has_flow(d))
		return true;
	if (count_all_hosts(d, stop, &err) == -1 ||
	    host_names_read(&d->names, &d->views.inputs, stop, &err) == -1 ||
	    finish_ladder(d, &err) == -1 || write_ladder(d, &err) == -1) {
		run_complain(err.text);
		return true;
	}
	return lacks;
}

/* The inputs are listed: -1 after having complained. */
static int
prepare(struct drawing *d)
{
	struct errbuf err;
	uint64_t memory = d->options->settings.max_memory;

	if (run_check_output(d->options, &d->views.inputs, &err) == -1) {
		run_complain(err.text);
		return -1;
	}
	d->sights = memory_array(d->views.count + 1, sizeof(*d->sights));
	if (d->sights == NULL) {
		run_complain("out of memory");
		return -1;
	}
	d->only = d->views.count <= 1;
	d->room = (memory == 0 ? MEMORY : memory) /
	    (d->views.count == 0 ? 1 : d->views.count);
	ladder_init(&d->ladder, d->options->all, d->options->relative);
	d->ladder.merge_flow = d->options->flow;
	return 0;
}

static int
run_ladder(const struct command *command, struct drawing *d,
    const volatile sig_atomic_t *stop)
{
	struct errbuf err;
	int status;

	if (host_names_init(&d->names, d->options, &err) == -1 ||
	    settle_style(d->options, &d->style, &err) == -1)
		return run_usage(command, err.text);
	status = views_open(&d->views, command, d->options);
	if (status == -1)
		status = views_check_count(&d->views, command,
		    LADDER_VIEWS_MAX, stop);
	if (status != -1)
		return status;
	if (prepare(d) == -1) {
		inputs_reset(&d->views.inputs);
		status = EXIT_PARTIAL;
	} else {
		bool lacks = draw(d, stop);
		size_t n = d->views.count;

		status = views_close(&d->views, lacks);
		for (size_t v = 0; v < n; v++)
			ladder_view_reset(&d->sights[v].view);
		ladder_reset(&d->ladder);
	}
	free(d->sights);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct drawing drawing = { .options = &options };
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = run_ladder(command, &drawing, stop);
	host_names_reset(&drawing.names);
	options_reset(&options);
	return status;
}

const struct command command_ladder = {
	.name = "ladder",
	.synopsis = "ladder [OPTION]... INPUT...",
	.purpose = "the sequence diagram of one or several captures",
	.text = "Draws who sent what to whom: hosts as columns, time "
	    "downwards, an arrow a packet.\nSeveral INPUTs are views of one "
	    "exchange: a packet that two of them saw is one\narrow.  INPUT is "
	    "a capture, a folder of captures, or - for standard input.\nSee "
	    "pcapstat-ladder(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_FLOW | OPTIONS_LADDER | OPTIONS_RUN,
	.run = run,
};
