/*
 * Requests to the dashboard's server, bytes as a client sends them, over
 * loopback.  In them PORT stands for the server's port.  Nothing is read or run:
 * there is one capture, and no worker may be started.
 *
 * Whatever comes, the server answers in HTTP or closes, nothing but the page is
 * had without the session, and no session without the token.
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "analyzer/dashboard/server.h"
#include "tests/fuzz/fuzz.h"

enum { LEN_MAX = 30000, ROOM = LEN_MAX * 2, ROUNDS = 50 };

static const char token[] = "0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef";
static const char session[] = "fedcba9876543210fedcba9876543210"
    "fedcba9876543210fedcba9876543210";

static int
no_task(void *context, const struct view *view, const struct run *run,
    struct worker_task *out, uint64_t *changed, struct errbuf *err)
{
	(void)context;
	(void)view;
	(void)run;
	(void)out;
	*changed = 1;
	errbuf_set(err, "nothing is read here");
	return -1;
}

static uint64_t
always(void *context, const struct view *view)
{
	(void)context;
	(void)view;
	return 1;
}

static void
ignore(void *context, struct stored_view *view)
{
	(void)context;
	(void)view;
}

/* One for all inputs; what an input leaves there is found by the next ones. */
static struct server *
make_server(void)
{
	static char path[] = "a.pcap", label[] = "a.pcap";
	static struct capture capture = { .path = path, .label = label };
	static const char *const names[] = { "folder" };
	static struct networks local;
	static struct dashboard_setup setup = { .names = names,
	    .name_count = 1, .local = &local,
	    .base = { NULL, INT64_MIN, INT64_MAX } };
	static struct server s;
	const struct store_calls calls = { no_task, always, ignore, &s };
	struct errbuf err;

	signal(SIGPIPE, SIG_IGN);
	s = (struct server){ .setup = &setup, .base = event_base_new(),
	    .sources = { names, 1, false, &capture, 1, 1, 1 } };
	strcpy(s.token.text, token);
	s.once_used = true;	/* there is no other */
	strcpy(s.session.text, session);
	strcpy(s.id.text, token);
	s.store = store_new(s.base, 4, &calls, &err);
	s.flows = flow_runs_new(s.base, 0);
	s.events = events_new(s.base, server_state, &s, &err);
	s.http = http_open(s.base, "127.0.0.1", 0, server_handle, &s, &err);
	FUZZ_CHECK(s.http != NULL);
	snprintf(s.cookie, sizeof(s.cookie), "pcapstat-%u",
	    http_port(s.http));
	return &s;
}

/* The input with the port in it; its length. */
static size_t
with_port(const struct server *s, const uint8_t *data, size_t len,
    char out[ROOM])
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++)
		if (len - i >= 4 && memcmp(data + i, "PORT", 4) == 0) {
			used += (size_t)sprintf(out + used, "%u",
			    http_port(s->http));
			i += 3;
		} else {
			out[used++] = (char)data[i];
		}
	return used;
}

static int
connect_to(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(http_port(s->http)),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	struct linger at_once = { 1, 0 };

	/* No port is to be kept waiting for each of many inputs. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	(void)connect(fd, (struct sockaddr *)&to, sizeof(to));
	return fd;
}

/* Sends and takes until nothing more comes; the answers' length. */
static size_t
talk(struct server *s, const char *in, size_t len, char *out, size_t room)
{
	int fd = connect_to(s);
	size_t sent = 0, got = 0;
	bool ended = false;

	for (int i = 0, idle = 0; i < 4000 && idle < ROUNDS && !ended; i++) {
		ssize_t n = sent == len ? 0 : send(fd, in + sent, len - sent,
		    MSG_NOSIGNAL);

		sent += n > 0 ? (size_t)n : 0;
		if (sent == len && n >= 0 && idle == 0)
			shutdown(fd, SHUT_WR);
		event_base_loop(s->base, EVLOOP_NONBLOCK);
		n = recv(fd, out + got, room - got, 0);
		got += n > 0 ? (size_t)n : 0;
		ended = n == 0;
		idle = n > 0 ? 1 : idle + 1;
	}
	close(fd);
	event_base_loop(s->base, EVLOOP_NONBLOCK);
	return got;
}

static bool
has(const char *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

static void
check_answer(const char *in, size_t in_len, const char *out, size_t len)
{
	FUZZ_CHECK(len == 0 || has(out, len < 5 ? len : 5, "HTTP/"));
	FUZZ_CHECK(has(in, in_len, session) ||
	    (!has(out, len, "{\"schema_version\"") &&
	    !has(out, len, "\nContent-Type: text/event-stream")));
	if (has(in, in_len, token))
		return;
	FUZZ_CHECK(!has(out, len, "\nSet-Cookie:") && !has(out, len, token));
	FUZZ_CHECK(has(in, in_len, session) || !has(out, len, session));
}

/* A view, written as it is told and read again, is the same. */
static void
check_view(const char *text)
{
	static const struct view_base base = { NULL, INT64_MIN, INT64_MAX };
	struct query query, again;
	struct view view, second;
	struct errbuf err;
	char line[QUERY_BYTES];

	if (query_parse(text, &query, &err) == -1) {
		fuzz_check_line(&err, NULL);
		return;
	}
	if (view_parse(&query, &base, &view, &err) == -1) {
		fuzz_check_line(&err, NULL);
		return;
	}
	snprintf(line, sizeof(line), "src=%s&dst=%s&proto=%s&port=%s&from=%s"
	    "&to=%s", view.src, view.dst, view.proto, view.port, view.from,
	    view.to);
	FUZZ_CHECK(query_parse(line, &again, &err) == 0);
	FUZZ_CHECK(view_parse(&again, &base, &second, &err) == 0);
	strcpy(second.capture, view.capture);
	FUZZ_CHECK(view_equal(&view, &second));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct server *server;
	static char in[ROOM + 1], out[256 * 1024];
	struct errbuf err;
	size_t n;

	if (len > LEN_MAX)
		return -1;
	if (server == NULL)
		server = make_server();
	n = with_port(server, data, len, in);
	in[n] = '\0';
	check_view(in);
	check_answer(in, n, out, talk(server, in, n, out, sizeof(out)));
	/* Streams end by a client's silence, which takes long. */
	events_free(server->events);
	server->events = events_new(server->base, server_state, server, &err);
	return 0;
}
