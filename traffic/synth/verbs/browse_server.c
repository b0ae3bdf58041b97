#include "traffic/synth/verbs/browse.h"

#include "traffic/synth/net/draw.h"
#include "traffic/synth/verbs/http_text.h"
#include "traffic/synth/verbs/tls_text.h"
#include "traffic/synth/verbs/verb.h"

enum { TOKEN_RESPONSE, TOKEN_BURST, TOKEN_ROOM };

void
browse_server_accepted(void *app, struct conn *conn)
{
	struct browse_link *link = app;

	link->server = conn;
}

/* What is in the buffer is on its way: the client waits for it. */
static void
answer(struct browse_link *link)
{
	link->client_awaits += link->browse->scratch.len;
	browse_write(link, link->server);
}

static void
greet(struct browse_link *link)
{
	if (tls_server_flight(&link->browse->scratch,
	    BROWSE_CERTIFICATE_BYTES, &link->random) == -1)
		verb_out_of_memory(link->browse->play);
	link->server_greeted = true;
	answer(link);
}

/* As much of the burst as finds room, behind a header, where there is one in
 * the buffer; then also nothing. */
static void
write_body(struct browse_link *link)
{
	struct browse *b = link->browse;

	do {
		size_t some = link->burst_left < VERB_WRITE_MAX ?
		    (size_t)link->burst_left : VERB_WRITE_MAX;
		int status = b->how->security == BROWSE_TLS ?
		    tls_data(&b->scratch, some, &link->random) :
		    http_body(&b->scratch, some, &link->random);

		if (status == -1)
			verb_out_of_memory(b->play);
		link->body_left -= some;
		link->burst_left -= some;
		answer(link);
	} while (link->burst_left > 0 && verb_has_room(link->server));
}

static uint64_t
burst_bytes(struct browse_link *link)
{
	int64_t some = amount_draw(&link->browse->how->burst_bytes,
	    &link->random);

	return some <= 0 || (uint64_t)some > link->body_left ?
	    link->body_left : (uint64_t)some;
}

static void server_event(void *owner, uint64_t token);

static void
go_on(struct browse_link *link)
{
	const struct browse *b = link->browse;

	write_body(link);
	if (link->burst_left > 0)
		clock_after(b->play->clock, VERB_AGAIN_NS, server_event, link,
		    TOKEN_ROOM);
	else if (link->body_left > 0)
		clock_after(b->play->clock,
		    amount_draw(&b->how->burst_ns, &link->random),
		    server_event, link, TOKEN_BURST);
}

static void
next_burst(struct browse_link *link)
{
	link->burst_left = burst_bytes(link);
	go_on(link);
}

static void
respond(struct browse_link *link)
{
	struct browse *b = link->browse;
	int64_t body = amount_draw(&b->how->response_bytes, &link->random);

	if (b->how->security == BROWSE_TLS && body == 0)
		body = 1;	/* a record is never empty */
	link->body_left = (uint64_t)body;
	if (b->how->security == BROWSE_CLEAR &&
	    http_response_head(&b->scratch, link->object,
	    link->body_left) == -1)
		verb_out_of_memory(b->play);
	next_burst(link);
}

static void
server_event(void *owner, uint64_t token)
{
	struct browse_link *link = owner;

	if (link->server == NULL)
		return;
	if (token == TOKEN_RESPONSE)
		respond(link);
	else if (token == TOKEN_BURST)
		next_burst(link);
	else
		go_on(link);
}

static void
received(void *app, struct conn *conn, const uint8_t *data, size_t len)
{
	struct browse_link *link = app;
	const struct browse *b = link->browse;

	(void)conn;
	(void)data;
	link->server_awaits -= len;
	if (link->server_awaits > 0)
		return;
	if (b->how->security == BROWSE_TLS && !link->server_greeted)
		greet(link);
	else
		clock_after(b->play->clock,
		    amount_draw(&b->how->server_ns, &link->random),
		    server_event, link, TOKEN_RESPONSE);
}

static void
ended(void *app, struct conn *conn, enum tcp_end why)
{
	struct browse_link *link = app;

	(void)conn;
	(void)why;
	link->server = NULL;
}

const struct conn_calls browse_server_calls = {
	.received = received,
	.ended = ended,
};
