#include "traffic/synth/verbs/browse.h"

#include <stdlib.h>

#include "traffic/synth/net/draw.h"
#include "traffic/synth/verbs/far_end.h"
#include "traffic/synth/verbs/http_text.h"
#include "traffic/synth/verbs/tls_text.h"
#include "traffic/synth/verbs/verb.h"

enum { TOKEN_NEXT_PAGE, TOKEN_LINK_FREE };

static void give_objects(struct browse *b);

void
browse_write(struct browse_link *link, struct conn *conn)
{
	struct bytes *out = &link->browse->scratch;

	conn_write(conn, out->data, out->len);
	out->len = 0;
}

static void
close_links(struct browse *b)
{
	for (struct browse_link *l = b->links; l != NULL; l = l->next)
		if (l->client != NULL)
			conn_close(l->client);
}

static void
begin_page(struct browse *b)
{
	int64_t objects = amount_draw(&b->how->objects, &b->random);

	b->page++;
	b->page_objects = objects > 0 ? (uint64_t)objects : 1;
	b->objects_left = b->page_objects;
	b->has_first = false;
	give_objects(b);
}

static void
page_event(void *owner, uint64_t token)
{
	(void)token;
	begin_page(owner);
}

static void
end_page(struct browse *b)
{
	if (b->page < b->how->pages) {
		clock_after(b->play->clock,
		    amount_draw(&b->how->think_ns, &b->random), page_event,
		    b, TOKEN_NEXT_PAGE);
		return;
	}
	close_links(b);
	play_done(b->play);
}

/* Its object is there, or lost with the connection. */
static void
object_over(struct browse_link *link)
{
	struct browse *b = link->browse;

	link->is_busy = false;
	b->busy--;
	b->has_first = true;
	if (b->objects_left > 0)
		give_objects(b);
	else if (b->busy == 0)
		end_page(b);
}

static void
ask(struct browse_link *link)
{
	struct browse *b = link->browse;
	int64_t want = amount_draw(&b->how->request_bytes, &link->random);
	int status = b->how->security == BROWSE_TLS ?
	    tls_data(&b->scratch, (size_t)want, &link->random) :
	    http_request(&b->scratch, b->server_name, b->page, link->object,
	    (size_t)want, &link->random);

	if (status == -1)
		verb_out_of_memory(b->play);
	link->stage = BROWSE_FETCHING;
	link->server_awaits += b->scratch.len;
	browse_write(link, link->client);
}

static void
connected(void *app, struct conn *conn)
{
	struct browse_link *link = app;
	struct browse *b = link->browse;

	if (b->how->security == BROWSE_CLEAR) {
		ask(link);
		return;
	}
	if (tls_client_hello(&b->scratch, b->server_name, &link->random)
	    == -1)
		verb_out_of_memory(b->play);
	link->server_awaits = b->scratch.len;
	browse_write(link, conn);
}

/* Finished and the first request are said in one breath. */
static void
finish_greeting(struct browse_link *link)
{
	struct bytes *out = &link->browse->scratch;

	if (tls_client_finished(out, &link->random) == -1)
		verb_out_of_memory(link->browse->play);
	link->server_awaits += out->len;
	browse_write(link, link->client);
	ask(link);
}

static void
link_event(void *owner, uint64_t token)
{
	struct browse_link *link = owner;

	(void)token;
	if (link->stage != BROWSE_PAUSING)
		return;		/* the connection is gone meanwhile */
	link->stage = BROWSE_IDLE;
	object_over(link);
}

static void
received(void *app, struct conn *conn, const uint8_t *data, size_t len)
{
	struct browse_link *link = app;
	struct browse *b = link->browse;

	(void)conn;
	(void)data;
	link->client_awaits -= len;
	if (link->client_awaits > 0 || link->body_left > 0)
		return;
	if (link->stage == BROWSE_OPENING) {
		finish_greeting(link);
		return;
	}
	link->stage = BROWSE_PAUSING;
	clock_after(b->play->clock, amount_draw(&b->how->pause_ns,
	    &link->random), link_event, link, TOKEN_LINK_FREE);
}

/* Whatever was under way is lost; a server that goes on writes to nobody. */
static void
ended(void *app, struct conn *conn, enum tcp_end why)
{
	struct browse_link *link = app;

	(void)conn;
	(void)why;
	link->client = NULL;
	link->stage = BROWSE_IDLE;
	link->browse->open_links--;
	if (link->is_busy)
		object_over(link);
}

static const struct conn_calls client_calls = {
	.connected = connected,
	.received = received,
	.ended = ended,
};

static int
connect_link(struct browse *b, struct browse_link *link, struct errbuf *err)
{
	const struct far_caller caller = {
		&browse_server_calls, browse_server_accepted, link,
	};
	struct endpoint own;

	link->client = host_connect(verb_host(b->play, b->action),
	    &b->server, 0, b->action->label, &client_calls, link, err);
	if (link->client == NULL)
		return -1;
	b->open_links++;
	conn_own(link->client, &own);
	return far_end_expect(b->play, b->action->to, b->server.port, &own,
	    &caller, err);
}

static struct browse_link *
new_link(struct browse *b)
{
	struct browse_link *link = calloc(1, sizeof(*link));
	struct errbuf err;

	if (link == NULL) {
		verb_out_of_memory(b->play);
		return NULL;
	}
	link->browse = b;
	random_init(&link->random, random_next(&b->random), "browse", 0);
	link->next = b->links;
	b->links = link;
	if (connect_link(b, link, &err) == -1) {
		verb_fail(b->play, &err);
		return NULL;
	}
	return link;
}

static struct browse_link *
find_idle(struct browse *b)
{
	for (struct browse_link *l = b->links; l != NULL; l = l->next)
		if (l->client != NULL && l->stage == BROWSE_IDLE)
			return l;
	return NULL;
}

/* To whoever is idle, and to new connections as far as they are allowed.  The
 * page itself comes first, alone: it names the others. */
static void
give_objects(struct browse *b)
{
	while (b->objects_left > 0 && (b->has_first || b->busy == 0)) {
		struct browse_link *link = find_idle(b);
		bool is_new = link == NULL;

		if (is_new && b->open_links >= b->how->connections)
			return;
		if (is_new)
			link = new_link(b);
		if (link == NULL)
			return;		/* the scenario ends */
		link->object = b->page_objects - b->objects_left + 1;
		b->objects_left--;
		b->busy++;
		link->is_busy = true;
		if (!is_new)
			ask(link);
	}
}

static void
found(void *app, const struct endpoint *to)
{
	struct browse *b = app;

	if (to == NULL) {
		play_done(b->play);	/* nobody of that name */
		return;
	}
	b->server = *to;
	begin_page(b);
}

static void
reset_browse(void *state)
{
	struct browse *b = state;

	while (b->links != NULL) {
		struct browse_link *next = b->links->next;

		free(b->links);
		b->links = next;
	}
	bytes_reset(&b->scratch);
}

int
browse_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	const struct scenario_host *to = &play->scenario->hosts[action->to];
	struct browse *b = verb_new(play, sizeof(*b), reset_browse, err);

	if (b == NULL || far_end_listen(play, action->to, action->port, err)
	    == -1)
		return -1;
	b->play = play;
	b->action = action;
	b->how = &action->browse;
	b->server_name = to->dns_name != NULL ? to->dns_name : to->name;
	play_random(play, action, &b->random);
	return play_target(play, action, found, b, err);
}
