#include "analyzer/dashboard/server.h"

#include <string.h>

#include "analyzer/dashboard/draft.h"
#include "analyzer/report/local_note.h"
#include "analyzer/report/panels.h"

/* More are there, but a page that long is of no use. */
enum { CAPTURES_TOLD_MAX = 5000 };

static unsigned long long
ull(uint64_t n)
{
	return n;
}

/* "name":"text", or null where there is none. */
static void
put_member(struct draft *d, const char *name, const char *text)
{
	draft_printf(d, "\"%s\":", name);
	draft_json(d, text[0] == '\0' ? NULL : text);
}

static void
put_source(const struct server *s, struct draft *d)
{
	const struct dashboard_setup *setup = s->setup;

	draft_printf(d, "\"source\":{\"kind\":\"%s\",\"name\":",
	    setup->live != NULL ? "live" : "captures");
	draft_json(d, setup->live != NULL ? setup->live_name :
	    setup->names[0]);
	draft_put(d, "},\n");
}

static void
put_capture(struct draft *d, const char *name, uint64_t bytes, bool first)
{
	draft_put(d, first ? "{\"name\":" : ",\n{\"name\":");
	draft_json(d, name);
	draft_printf(d, ",\"bytes\":%llu}", ull(bytes));
}

static void
put_captures(const struct server *s, struct draft *d)
{
	uint64_t bytes = 0;
	size_t told = 0;

	draft_put(d, "\"captures\":[");
	for (size_t i = 0; i < s->sources.count; i++) {
		const struct capture *c = &s->sources.list[i];

		bytes += c->foreign ? 0 : c->size_bytes;
		if (c->foreign || s->setup->join ||
		    told >= CAPTURES_TOLD_MAX)
			continue;
		put_capture(d, c->label, c->size_bytes, told++ == 0);
	}
	if (s->setup->live != NULL)
		put_capture(d, s->setup->live_name, 0, true);
	else if (s->setup->join)
		put_capture(d, s->setup->names[0], bytes, true);
	draft_put(d, "],\n");
}

/* The words of a command, "%s" for the panel's. */
static void
put_command(struct server *s, const struct view *view, struct draft *d)
{
	struct flow_command command = { .count = 0 };
	struct draft text = { 0 };
	const char *line;

	server_words(s, view, &command);
	draft_put(&text, "pcapstat %s");
	for (size_t i = 0; i < command.count; i++) {
		draft_put(&text, " ");
		draft_shell(&text, command.words[i]);
	}
	line = draft_text(&text);
	draft_put(d, "\"command\":");
	draft_json(d, line == NULL ? "" : line);
	draft_reset(&text);
	flow_command_reset(&command);
}

static void
put_records(const struct message_status *told, struct draft *d)
{
	draft_printf(d, "\"records\":%llu,",
	    ull(account_records(&told->account)));
	if (told->since_ns == INT64_MIN)
		draft_put(d, "\"since_ns\":null,");
	else
		draft_printf(d, "\"since_ns\":%lld,",
		    (long long)told->since_ns);
}

/* Lines of all runs. */
static void
put_lines(const struct stored_view *v, struct draft *d)
{
	bool first = true;

	draft_put(d, "\"error\":[");
	for (int i = 0; i < STORE_RUNS; i++) {
		const struct bytes *lines = &v->runs[i].lines.bytes;

		if (lines->len == 0)
			continue;
		draft_put(d, first ? "" : ",");
		draft_add(d, lines->data, lines->len);
		first = false;
	}
	draft_put(d, "]");
}

static void
put_view(struct server *s, const struct stored_view *v, struct draft *d)
{
	static const char *const names[] = {
		[RUN_WAITING] = "waiting", [RUN_RUNNING] = "running",
		[RUN_COMPLETE] = "complete", [RUN_FAILED] = "failed",
	};
	const struct view *view = &v->view;
	const struct capture *capture = s->setup->live != NULL ||
	    s->setup->join ? NULL : sources_find(&s->sources, view->capture);
	const struct { const char *name, *value; } members[] = {
		{ "capture", capture == NULL ? "" : capture->label },
		{ "src", view->src }, { "dst", view->dst },
		{ "proto", view->proto }, { "port", view->port },
		{ "from", view->from }, { "to", view->to },
	};

	draft_put(d, "\"view\":{");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		put_member(d, members[i].name, members[i].value);
		draft_put(d, ",");
	}
	draft_put(d, "\n");
	put_command(s, view, d);
	draft_printf(d, ",\n\"status\":\"%s\",\"generation\":%llu,",
	    names[store_status(v)], ull(v->generation));
	put_records(&v->runs[0].told, d);
	put_lines(v, d);
	draft_put(d, "},\n");
}

static void
put_account(const struct message_status *told, struct draft *d)
{
	const struct account *a = &told->account;
	const struct direction_counts *c = &a->directions;

	draft_printf(d, "\"accounting\":{\"in\":%llu,\"out\":%llu,"
	    "\"other\":%llu,\"skipped\":%llu,\"filtered\":%llu,"
	    "\"truncated\":%llu,\"malformed\":%llu,\"unsupported\":%llu},\n",
	    ull(c->in), ull(c->out), ull(c->other), ull(c->skipped),
	    ull(a->filtered), ull(a->truncated), ull(a->malformed),
	    ull(a->unsupported));
	if (!told->has_drops) {
		draft_put(d, "\"drops\":null,\n");
		return;
	}
	draft_printf(d, "\"drops\":{\"received\":%llu,\"kernel\":%llu,"
	    "\"interface\":%llu},\n", ull(told->drops.received),
	    ull(told->drops.kernel), ull(told->drops.interface));
}

/* A filter asks for one direction often enough: no hint then. */
static void
put_local(const struct server *s, const struct stored_view *v,
    struct draft *d)
{
	const struct direction_counts *c = &v->runs[0].told.account.directions;
	bool whole = !view_is_filtered(&v->view);
	char note[LOCAL_NOTE_BYTES];

	local_note(note, s->setup->local_text, whole ? c->in : 0,
	    whole ? c->out : 0, whole ? c->other : 0);
	put_member(d, "local", note);
	draft_put(d, ",\n");
}

static void
put_text(struct draft *d, const char *name, const struct blob *blob)
{
	char text[2048];
	size_t len = blob == NULL ? 0 : blob->len;

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	if (len > 0)
		memcpy(text, blob->data, len);
	text[len] = '\0';
	draft_put(d, ",");
	put_member(d, name, text);
}

static void
put_panel(const struct panel *panel, const struct stored_panel *stored,
    bool first, struct draft *d)
{
	draft_put(d, first ? "{" : ",\n{");
	put_member(d, "name", panel->name);
	draft_put(d, ",");
	put_member(d, "title", panel->title);
	draft_put(d, ",");
	put_member(d, "table", panel->table);
	draft_put(d, ",");
	put_member(d, "command", panel->command);
	draft_printf(d, ",\"picture\":%s,\"generation\":%llu",
	    panel->draw != NULL ? "true" : "false", ull(stored->generation));
	put_text(d, "finding", stored->forms[FORM_FINDING]);
	put_text(d, "fault", stored->fault);
	draft_put(d, "}");
}

struct blob *
server_state(void *context, const struct stored_view *v)
{
	struct server *s = context;
	struct draft d = { 0 };
	struct blob *blob = NULL;
	bool first = true;

	draft_printf(&d, "{\"schema_version\":1,\"server\":\"%.16s\",\n",
	    s->id.text);
	put_source(s, &d);
	put_captures(s, &d);
	put_view(s, v, &d);
	put_account(&v->runs[0].told, &d);
	put_local(s, v, &d);
	draft_put(&d, "\"panels\":[");
	for (size_t i = 0; panels[i].name != NULL; i++) {
		if (panels[i].report_only)
			continue;
		put_panel(&panels[i], &v->panels[i], first, &d);
		first = false;
	}
	draft_put(&d, "]}\n");
	if (!d.failed)
		blob = blob_new(d.bytes.data, d.bytes.len);
	draft_reset(&d);
	return blob;
}
