#include "analyzer/dashboard/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/dashboard/assets.h"
#include "analyzer/report/panels.h"
#include "base/memory.h"
#include "base/parse.h"

static const char page_policy[] = "default-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/* A picture has its colours in it. */
static const char picture_policy[] = "default-src 'none'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'";

static const struct { const char *ending, *type; } forms[] = {
	[FORM_CSV] = { ".csv", "text/csv; charset=utf-8; header=present" },
	[FORM_JSON] = { ".json", "application/json" },
	[FORM_SVG] = { ".svg", "image/svg+xml" },
};

enum { FORMS_SERVED = 3 };

static void
answer_asset(struct http_request *r, const struct asset *asset)
{
	const char *known = http_header(r, "If-None-Match");

	http_add_header(r, "Content-Security-Policy", page_policy);
	http_add_header(r, "Cache-Control", "no-cache");
	http_add_header(r, "ETag", asset->etag);
	if (known != NULL && strcmp(known, asset->etag) == 0) {
		http_reply(r, 304, NULL, NULL, 0);
		return;
	}
	http_add_header(r, "Content-Encoding", "gzip");
	http_reply(r, 200, asset->type, asset->gzip, asset->gzip_len);
}

static const struct asset *
find_asset(const char *path)
{
	for (const struct asset *a = assets; a->path != NULL; a++)
		if (strcmp(a->path, path) == 0)
			return a;
	return NULL;
}

static bool
is_welcome(struct server *s, const char *token, size_t len)
{
	if (token_is(&s->token, token, len))
		return true;
	if (s->once_used || !token_is(&s->once, token, len))
		return false;
	s->once_used = true;
	return true;
}

/* The token for a cookie, which scripts cannot read and no other site's page
 * makes the browser send. */
static void
answer_session(struct server *s, struct http_request *r)
{
	char cookie[sizeof(s->cookie) + TOKEN_CHARS + 64];
	const char *body, *token;
	size_t body_len, len = 0;

	if (!http_is_post(r)) {
		http_add_header(r, "Allow", "POST");
		http_reply_error(r, 405, "a session is asked for by POST");
		return;
	}
	body = http_body(r, &body_len);
	token = token_in_body(body, body_len, &len);
	if (token == NULL || !is_welcome(s, token, len)) {
		http_reply_error(r, 403, "the token is not that of the link "
		    "that was printed last");
		return;
	}
	snprintf(cookie, sizeof(cookie),
	    "%s=%s; HttpOnly; SameSite=Strict; Path=/", s->cookie,
	    s->session.text);
	http_add_header(r, "Set-Cookie", cookie);
	http_reply(r, 204, NULL, NULL, 0);
	explicit_bzero(cookie, sizeof(cookie));
}

static bool
has_session(const struct server *s, const struct http_request *r)
{
	size_t len = 0;
	const char *value = token_in_cookies(http_header(r, "Cookie"),
	    s->cookie, &len);

	return value != NULL && token_is(&s->session, value, len);
}

/* {"error":"src: not an address","field":"src"} */
static void
refuse(struct http_request *r, const char *line)
{
	struct draft d = { 0 };
	size_t len = strcspn(line, ":");

	draft_put(&d, "{\"error\":");
	draft_json(&d, line);
	for (const char *const *name = view_names; *name != NULL; name++)
		if (strlen(*name) == len && strncmp(*name, line, len) == 0)
			draft_printf(&d, ",\"field\":\"%s\"", *name);
	draft_put(&d, "}\n");
	http_reply(r, 400, "application/json", d.bytes.data,
	    d.failed ? 0 : d.bytes.len);
	draft_reset(&d);
}

/* One name for a capture, however it was asked for. */
static int
settle_capture(const struct server *s, struct view *view, struct errbuf *err)
{
	const struct capture *capture;
	const struct dashboard_setup *setup = s->setup;
	const char *only = setup->live != NULL ? setup->live_name :
	    setup->join ? setup->names[0] : NULL;

	if (only != NULL && (view->capture[0] == '\0' ||
	    strcmp(view->capture, only) == 0)) {
		view->capture[0] = '\0';
		return 0;
	}
	capture = only != NULL ? NULL : sources_find(&s->sources,
	    view->capture);
	if (capture == NULL && (only != NULL || view->capture[0] != '\0')) {
		errbuf_set(err, "capture: there is none of this name");
		return -1;
	}
	/* A folder without a capture may get one. */
	if (capture != NULL && strlen(capture->label) < sizeof(view->capture))
		strcpy(view->capture, capture->label);
	return 0;
}

int
server_view(struct server *s, struct http_request *r,
    const char *const *others, struct query *query, struct view *view)
{
	const char *names[QUERY_PAIRS_MAX + 1];
	struct errbuf err;
	size_t n = 0;

	while (view_names[n] != NULL) {
		names[n] = view_names[n];
		n++;
	}
	while (*others != NULL)
		names[n++] = *others++;
	names[n] = NULL;
	if (query_parse(http_query(r), query, &err) == -1 ||
	    query_check(query, names, &err) == -1 ||
	    view_parse(query, &s->setup->base, view, &err) == -1 ||
	    settle_capture(s, view, &err) == -1) {
		refuse(r, err.text);
		return -1;
	}
	return 0;
}

/* The same, as it is stored. */
static struct stored_view *
find_view(struct server *s, struct http_request *r,
    const char *const *others, struct query *query)
{
	struct stored_view *v;
	struct view view;

	if (server_view(s, r, others, query, &view) == -1)
		return NULL;
	v = store_view(s->store, &view);
	if (v == NULL)
		http_reply_error(r, 503, "too many views are open: see "
		    "--max-views");
	return v;
}

static void
answer_state(struct server *s, struct http_request *r)
{
	static const char *const others[] = { NULL };
	struct query query;
	struct stored_view *v = find_view(s, r, others, &query);
	struct blob *state;

	if (v == NULL)
		return;
	state = server_state(s, v);
	if (state == NULL)
		http_reply_error(r, 503, "out of memory");
	else
		http_reply_blob(r, 200, "application/json", state);
	blob_drop(state);
}

static void
answer_events(struct server *s, struct http_request *r)
{
	static const char *const others[] = { NULL };
	struct query query;
	struct stored_view *v = find_view(s, r, others, &query);

	if (v != NULL)
		events_open(s->events, r, v);
}

/* "volume.csv": the panel and the form; NULL where there is none. */
static const struct panel *
find_panel(const char *name, int *form)
{
	char word[64];
	const char *dot = strrchr(name, '.');
	const struct panel *panel;

	if (dot == NULL || (size_t)(dot - name) >= sizeof(word))
		return NULL;
	memcpy(word, name, (size_t)(dot - name));
	word[dot - name] = '\0';
	for (*form = 0; *form < FORMS_SERVED; ++*form)
		if (strcmp(forms[*form].ending, dot) == 0)
			break;
	panel = *form == FORMS_SERVED ? NULL : panel_find(word);
	if (panel == NULL || panel->report_only ||
	    (*form == FORM_SVG && panel->draw == NULL))
		return NULL;
	return panel;
}

static void
add_attachment(struct http_request *r, const char *name,
    const char *ending)
{
	char header[128];

	snprintf(header, sizeof(header), "attachment; filename=\"%s%s\"",
	    name, ending);
	http_add_header(r, "Content-Disposition", header);
}

static void
answer_stored(struct http_request *r, const struct stored_panel *stored,
    int form)
{
	char line[1024];

	if (stored->forms[form] != NULL) {
		http_reply_blob(r, 200, forms[form].type,
		    stored->forms[form]);
	} else if (stored->fault != NULL) {
		snprintf(line, sizeof(line), "%.*s", (int)stored->fault->len,
		    (const char *)stored->fault->data);
		http_reply_error(r, 500, line);
	} else {
		http_add_header(r, "Retry-After", "1");
		http_reply_error(r, 503, "not read yet: try again");
	}
}

static void
answer_panel(struct server *s, struct http_request *r, const char *name)
{
	static const char *const others[] = { "download", NULL };
	struct query query;
	struct stored_view *v;
	int form;
	const struct panel *panel = find_panel(name, &form);

	if (panel == NULL) {
		http_reply_error(r, 404, "there is no such panel");
		return;
	}
	v = find_view(s, r, others, &query);
	if (v == NULL)
		return;
	if (query_find(&query, "download") != NULL)
		add_attachment(r, panel->name, forms[form].ending);
	http_add_header(r, "Content-Security-Policy", picture_policy);
	answer_stored(r, &v->panels[panel - panels], form);
}

void
server_handle(void *context, struct http_request *r)
{
	static const char panel[] = "/api/panel/";
	struct server *s = context;
	const char *path = http_path(r);
	const struct asset *asset = find_asset(path);

	if (strcmp(path, "/api/session") == 0)
		answer_session(s, r);
	else if (http_is_post(r)) {
		http_add_header(r, "Allow", "GET");
		http_reply_error(r, 405, "this is asked for by GET");
	} else if (asset != NULL)
		answer_asset(r, asset);
	else if (strncmp(path, "/api/", 5) != 0)
		http_reply_error(r, 404, "there is no such page");
	else if (!has_session(s, r))
		http_reply_error(r, 403, "no session: use the link that was "
		    "printed at the start");
	else if (strcmp(path, "/api/state") == 0)
		answer_state(s, r);
	else if (strcmp(path, "/api/events") == 0)
		answer_events(s, r);
	else if (strncmp(path, panel, sizeof(panel) - 1) == 0)
		answer_panel(s, r, path + sizeof(panel) - 1);
	else if (strncmp(path, "/api/flow.", 10) == 0)
		server_flow(s, r, path + 10);
	else
		http_reply_error(r, 404, "there is nothing of this name");
}
