/*
 * Web-like exchanges in clear (VERB_BROWSE): the same requests and answers as
 * in virtual time, over sockets.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "traffic/hosts/actor_internal.h"
#include "traffic/hosts/child.h"
#include "traffic/synth/net/draw.h"
#include "traffic/synth/verbs/http_text.h"

enum { READ_BYTES = 65536, HEAD_MAX = 65536, WRITE_MAX = 65536 };

/* How long a server may be silent. */
#define SILENCE_NS INT64_C(60000000000)

/* One connection of the browser. */
struct link {
	int fd;			/* -1: not open */
	bool is_busy;
	struct bytes head;	/* of the answer, as far as it is there */
	bool has_head;
	uint64_t body_left;
	int64_t free_at_ns;	/* it pauses until then; 0: it does not */
};

struct browser {
	const struct actor *actor;
	const struct scenario_browse *how;
	const char *server_name;
	struct random random;
	struct link *links;	/* how->connections of them */
	struct pollfd *fds;
	uint64_t page, objects, asked;
	uint32_t busy;
};

static int
ask(struct browser *b, struct link *link, struct errbuf *err)
{
	struct bytes out = { .len = 0 };
	int64_t want = amount_draw(&b->how->request_bytes, &b->random);
	int status = http_request(&out, b->server_name, b->page, ++b->asked,
	    (size_t)want, &b->random);

	if (status == -1)
		errbuf_set(err, "out of memory");
	else
		status = socket_write(link->fd, out.data, out.len, err);
	bytes_reset(&out);
	link->is_busy = true;
	link->has_head = false;
	link->head.len = 0;
	b->busy++;
	return status;
}

/* To whoever is idle; the page comes alone, for it names the others. */
static int
ask_idle(struct browser *b, struct errbuf *err)
{
	int on = 1;

	for (uint32_t i = 0; i < b->how->connections &&
	    b->asked < b->objects && (b->asked != 1 || b->busy == 0); i++) {
		struct link *link = &b->links[i];

		if (link->is_busy)
			continue;
		if (link->fd == -1) {
			link->fd = actor_connect(b->actor, 0, err);
			if (link->fd == -1)
				return -1;
			setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on,
			    sizeof(on));
		}
		if (ask(b, link, err) == -1)
			return -1;
	}
	return 0;
}

/* The length that the head names, once it is whole; -1: damaged. */
static int
read_head(struct link *link, struct errbuf *err)
{
	static const char field[] = "\r\nContent-Length: ";
	const char *text, *end, *length;

	if (bytes_append(&link->head, "", 1) == -1) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	link->head.len--;
	text = (const char *)link->head.data;
	end = strstr(text, "\r\n\r\n");
	if (end == NULL && link->head.len < HEAD_MAX)
		return 0;
	length = strstr(text, field);
	if (end == NULL || length == NULL || length > end) {
		errbuf_set(err, "an answer without a length");
		return -1;
	}
	link->has_head = true;
	link->body_left = strtoull(length + sizeof(field) - 1, NULL, 10);
	/* What stands behind it is the body's. */
	link->body_left -= link->head.len - (size_t)(end + 4 - text);
	return 0;
}

static int
read_link(struct browser *b, struct link *link, struct errbuf *err)
{
	uint8_t data[READ_BYTES];
	ssize_t n = recv(link->fd, data, sizeof(data), 0);

	if (n <= 0) {
		errbuf_set(err, "%s", n == 0 ? "the server closed" :
		    strerror(errno));
		return -1;
	}
	if (link->has_head)
		link->body_left -= (uint64_t)n;
	else if (bytes_append(&link->head, data, (size_t)n) == -1 ||
	    read_head(link, err) == -1)
		return -1;
	if (link->has_head && link->body_left == 0)
		link->free_at_ns = child_now_ns() +
		    amount_draw(&b->how->pause_ns, &b->random);
	return 0;
}

/* Those whose pause is over are idle.  When the next one is. */
static int64_t
free_links(struct browser *b)
{
	int64_t now = child_now_ns(), next = now + SILENCE_NS;

	for (uint32_t i = 0; i < b->how->connections; i++) {
		struct link *link = &b->links[i];

		if (!link->is_busy || !link->has_head || link->body_left > 0)
			continue;
		if (link->free_at_ns <= now) {
			link->is_busy = false;
			b->busy--;
			next = now;
		} else if (link->free_at_ns < next) {
			next = link->free_at_ns;
		}
	}
	return next;
}

/* Until something has come, or a pause is over. */
static int
wait_for_links(struct browser *b, int64_t until_ns, struct errbuf *err)
{
	int64_t left_ms = (until_ns - child_now_ns() + 999999) / 1000000;
	int ready;

	for (uint32_t i = 0; i < b->how->connections; i++) {
		struct link *link = &b->links[i];
		bool reads = link->is_busy &&
		    !(link->has_head && link->body_left == 0);

		b->fds[i] = (struct pollfd){ .fd = reads ? link->fd : -1,
		    .events = POLLIN };
	}
	ready = poll(b->fds, b->how->connections,
	    left_ms > 0 ? (int)left_ms : 0);
	if (ready == 0 && left_ms >= SILENCE_NS / 1000000) {
		errbuf_set(err, "the server is silent");
		return -1;
	}
	for (uint32_t i = 0; i < b->how->connections && ready > 0; i++)
		if (b->fds[i].revents != 0 &&
		    read_link(b, &b->links[i], err) == -1)
			return -1;
	return 0;
}

static int
load_page(struct browser *b, struct errbuf *err)
{
	int64_t objects = amount_draw(&b->how->objects, &b->random);

	b->page++;
	b->objects = objects > 0 ? (uint64_t)objects : 1;
	b->asked = 0;
	do {
		if (ask_idle(b, err) == -1 ||
		    wait_for_links(b, free_links(b), err) == -1)
			return -1;
		free_links(b);
	} while (b->asked < b->objects || b->busy > 0);
	return 0;
}

static int
browser_init(struct browser *b, const struct actor *actor,
    struct errbuf *err)
{
	const struct scenario_action *action = actor->action;
	const struct scenario_host *to =
	    &actor->scenario->hosts[action->to];

	*b = (struct browser){ .actor = actor, .how = &action->browse,
	    .server_name = to->dns_name != NULL ? to->dns_name : to->name };
	actor_random(actor, false, &b->random);
	b->links = memory_array(b->how->connections, sizeof(*b->links));
	b->fds = memory_array(b->how->connections, sizeof(*b->fds));
	if (b->links == NULL || b->fds == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (uint32_t i = 0; i < b->how->connections; i++)
		b->links[i].fd = -1;
	return 0;
}

static void
browser_reset(struct browser *b)
{
	for (uint32_t i = 0; b->links != NULL && i < b->how->connections;
	    i++) {
		if (b->links[i].fd != -1)
			close(b->links[i].fd);
		bytes_reset(&b->links[i].head);
	}
	free(b->links);
	free(b->fds);
}

int
actor_browse(const struct actor *actor, struct errbuf *err)
{
	struct browser b;
	int status = browser_init(&b, actor, err);

	while (status == 0 && b.page < b.how->pages) {
		if (b.page > 0)
			actor_every(-1, &b.how->think_ns, &b.random);
		status = load_page(&b, err);
	}
	browser_reset(&b);
	return status;
}

/* Which object is asked for; 0: the client has closed. */
static int
read_request(int fd, uint64_t *object, struct errbuf *err)
{
	char text[HEAD_MAX + 1];
	size_t len = 0;

	do {
		ssize_t n = recv(fd, text + len, HEAD_MAX - len, 0);

		if (n == 0 && len == 0) {
			*object = 0;
			return 0;
		}
		if (n <= 0) {
			errbuf_set(err, "%s", n == 0 ? "half a request" :
			    strerror(errno));
			return -1;
		}
		len += (size_t)n;
		text[len] = '\0';
	} while (strstr(text, "\r\n\r\n") == NULL);
	if (sscanf(text, "GET /page%*u/object%" SCNu64, object) != 1)
		*object = 1;
	return 0;
}

/* So much text behind what is in the buffer already. */
static int
write_text(int fd, struct bytes *out, uint64_t len, struct random *random,
    struct errbuf *err)
{
	int status;

	do {
		size_t some = len < WRITE_MAX ? (size_t)len : WRITE_MAX;

		if (http_body(out, some, random) == -1) {
			errbuf_set(err, "out of memory");
			return -1;
		}
		status = socket_write(fd, out->data, out->len, err);
		out->len = 0;
		len -= some;
	} while (len > 0 && status == 0);
	return status;
}

static int
respond(const struct scenario_browse *how, int fd, uint64_t object,
    struct random *random, struct errbuf *err)
{
	struct bytes out = { .len = 0 };
	uint64_t left = (uint64_t)amount_draw(&how->response_bytes, random);
	int status = http_response_head(&out, object, left);

	if (status == -1)
		errbuf_set(err, "out of memory");
	while (status == 0) {
		int64_t drawn = amount_draw(&how->burst_bytes, random);
		uint64_t some = drawn <= 0 || (uint64_t)drawn > left ? left :
		    (uint64_t)drawn;

		status = write_text(fd, &out, some, random, err);
		left -= some;
		if (left == 0)
			break;
		actor_every(-1, &how->burst_ns, random);
	}
	bytes_reset(&out);
	return status;
}

int
actor_browse_far(const struct actor *actor, int fd,
    struct errbuf *err)
{
	const struct scenario_browse *how = &actor->action->browse;
	struct random random;
	uint64_t object;
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	actor_random(actor, true, &random);
	for (;;) {
		if (read_request(fd, &object, err) == -1)
			return -1;
		if (object == 0)
			return 0;
		actor_every(-1, &how->server_ns, &random);
		if (respond(how, fd, object, &random, err) == -1)
			return -1;
	}
}
