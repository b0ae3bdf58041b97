#include "analyzer/dashboard/server.h"

#include <string.h>

bool
server_is_live(const struct server *s, const struct view *view)
{
	return s->setup->live != NULL && !view_is_filtered(view);
}

uint64_t
server_changed(void *context, const struct view *view)
{
	const struct server *s = context;
	const struct capture *capture;

	if (s->setup->live != NULL)
		return tape_changed(s->tape);
	if (s->setup->join)
		return s->sources.changed;
	capture = sources_find(&s->sources, view->capture);
	return capture == NULL ? 0 : capture->changed;
}

/* The worker that reads the folder tells it. */
static void
ignore_complaint(void *context, const char *line)
{
	(void)context;
	(void)line;
}

/* What the view is read from, as s->inputs. */
static int
list_inputs(struct server *s, const struct view *view, struct errbuf *err)
{
	const struct dashboard_setup *setup = s->setup;
	const struct capture *capture;

	inputs_reset(&s->inputs);
	if (setup->live != NULL)
		return tape_inputs(s->tape, &s->inputs, err);
	if (!setup->join) {
		capture = sources_find(&s->sources, view->capture);
		if (capture != NULL)
			return inputs_add(&s->inputs, capture->path,
			    ignore_complaint, NULL, err);
		errbuf_set(err, "%s: there is no such capture",
		    view->capture);
		return -1;
	}
	for (size_t i = 0; i < setup->name_count; i++)
		if (inputs_add(&s->inputs, setup->names[i], ignore_complaint,
		    NULL, err) == -1)
			return -1;
	return 0;
}

int
server_task(void *context, const struct view *view, const struct run *run,
    struct worker_task *out, uint64_t *changed, struct errbuf *err)
{
	struct server *s = context;

	*changed = server_changed(s, view);
	if (list_inputs(s, view, err) == -1)
		return -1;
	*out = (struct worker_task){
		.inputs = s->inputs.list, .input_count = s->inputs.count,
		.join = s->setup->join || s->setup->live != NULL,
		.filter = view->filter[0] == '\0' ? NULL : view->filter,
		.from_ns = view->from_ns, .to_ns = view->to_ns,
		.local = s->setup->local, .settings = &s->setup->settings,
		.share = run->share, .stop = s->setup->stop,
	};
	return 0;
}

struct worker_task
server_live_task(struct server *s)
{
	const struct dashboard_setup *setup = s->setup;

	return (struct worker_task){
		.inputs = setup->live, .input_count = 1,
		.filter = setup->base.filter, .from_ns = setup->base.from_ns,
		.to_ns = setup->base.to_ns, .local = setup->local,
		.settings = &setup->settings, .share = MAKER_CHEAP,
		.stop = setup->stop, .live = true, .ring = setup->ring,
		.tap = tape_take, .tap_end = tape_end, .context = s->tape,
	};
}

static void
add_option(struct flow_command *c, const char *option, const char *value)
{
	flow_word(c, option);
	flow_word(c, value);
}

static void
add_time(struct flow_command *c, const char *option, int64_t ns,
    int64_t open)
{
	char time[VIEW_TIME_BYTES];

	if (ns == open)
		return;
	view_time(ns, time);
	add_option(c, option, time);
}

/* What begins as options do comes behind "--", as all that follows it. */
static void
add_name(struct flow_command *c, const char *name, bool *names_only)
{
	if (!*names_only && name[0] == '-' && name[1] != '\0') {
		flow_word(c, "--");
		*names_only = true;
	}
	flow_word(c, name);
}

/* What is read, in the words of a command line. */
static void
add_names(struct server *s, const struct view *view, struct flow_command *c)
{
	const struct capture *capture;
	bool names_only = false;
	struct errbuf err;

	if (server_is_live(s, view) && s->setup->live_is_interface) {
		add_option(c, "-i", s->setup->live_name);
	} else if (server_is_live(s, view)) {
		add_name(c, s->setup->live_name, &names_only);
	} else if (s->setup->live != NULL) {
		if (list_inputs(s, view, &err) == -1)
			c->failed = true;
		for (size_t i = 0; i < s->inputs.count; i++)
			add_name(c, s->inputs.list[i].path, &names_only);
	} else if (s->setup->join) {
		for (size_t i = 0; i < s->setup->name_count; i++)
			add_name(c, s->setup->names[i], &names_only);
	} else {
		capture = sources_find(&s->sources, view->capture);
		add_name(c, capture == NULL ? "" : capture->path,
		    &names_only);
	}
}

void
server_words(struct server *s, const struct view *view,
    struct flow_command *c)
{
	if (s->setup->local_given)
		add_option(c, "--local", s->setup->local_text);
	if (view->filter[0] != '\0')
		add_option(c, "--filter", view->filter);
	add_time(c, "--from", view->from_ns, INT64_MIN);
	add_time(c, "--to", view->to_ns, INT64_MAX);
	if (s->setup->join ||
	    (s->setup->live != NULL && !server_is_live(s, view)))
		flow_word(c, "--join");
	add_names(s, view, c);
}
