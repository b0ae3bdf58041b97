/*
 * chat_load: clients that load a chat server, and check all that they get.
 * chat_load --help tells the modes.  Each prints its result as a line of JSON;
 * status 1 says that something was lost, altered, out of order, or late, 77
 * that the descriptor limit is too low.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/option_table.h"
#include "base/parse.h"
#include "tests/bench/chat_crowd.h"

enum { TICK_MS = 1, SETTLE_MS = 100, PROBE_PAUSE_US = 500 };

static const int64_t second_ns = 1000000000;

struct options {
	const char *words[2];	/* mode, protocol */
	size_t count_words;
	bool help, stuck;
	uint64_t port, clients, messages, window, at_once, text_len, rate;
	int64_t deadline_ns;
};

static void
ignore(void *context, struct client *client)
{
	(void)context;
	(void)client;
}

static void
crowd_of(struct crowd *c, const struct options *o, const struct talk *talk)
{
	*c = (struct crowd){
		.talk = talk,
		.port = (uint16_t)o->port,
		.count = o->clients,
		.at_once = o->at_once,
		.text_len = o->text_len,
		.deadline_ns = now_ns() + o->deadline_ns,
		.got = ignore,
	};
}

static bool
input_ended(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;

	return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

/* Now the other end of the pipe may measure. */
static void
say_ready(void)
{
	puts("ready");
	fflush(stdout);
}


/* One speaks, all count. */
struct broadcast {
	struct crowd *crowd;
	uint64_t receivers, messages, window;
	uint64_t sent, low;	/* all have what is below `low` */
	uint32_t *arrived;	/* receivers of a number, modulo window */
};

static void
count_arrival(void *context, struct client *client)
{
	struct broadcast *b = context;

	b->arrived[(client->next - 1) % b->window]++;
	while (b->low < b->sent &&
	    b->arrived[b->low % b->window] == b->receivers) {
		b->arrived[b->low % b->window] = 0;
		b->low++;
	}
}

static void
speak(struct broadcast *b, struct talk_template *message)
{
	const struct client *speaker = crowd_speaker(b->crowd);

	while (b->sent < b->messages && b->sent - b->low < b->window) {
		talk_template_number(message, b->sent);
		if (!client_send(b->crowd, speaker, message))
			return;
		b->sent++;
	}
}

/* Returns how long it took until all had all, in ns. */
static int64_t
broadcast_run(struct broadcast *b)
{
	struct talk_template message;
	int64_t start_ns;

	b->receivers = b->crowd->count - b->crowd->stuck -
	    !b->crowd->talk->to_sender;
	b->arrived = calloc(b->window, sizeof(*b->arrived));
	if (b->arrived == NULL)
		die("out of memory");
	b->crowd->got = count_arrival;
	b->crowd->context = b;
	crowd_speaker_template(b->crowd, &message);
	start_ns = now_ns();
	while (b->low < b->messages) {
		speak(b, &message);
		crowd_turn(b->crowd, TICK_MS);
	}
	free(b->arrived);
	return now_ns() - start_ns;
}

/* The server has dropped who did not read: what it gets ends too soon. */
static uint64_t
stuck_bytes(struct crowd *c, uint64_t all)
{
	static uint8_t data[65536];
	struct pollfd wait = { .fd = c->clients[0].fd, .events = POLLIN };
	uint64_t bytes = 0;
	ssize_t n;

	do {
		if (poll(&wait, 1, 5000) != 1)
			die("who does not read was not dropped");
		n = recv(wait.fd, data, sizeof(data), 0);
		if (n > 0)
			bytes += (uint64_t)n;
	} while (n > 0);
	if (bytes >= all)
		die("who does not read got it all");
	return bytes;
}

static int
broadcast(const struct options *o, const struct talk *talk)
{
	struct crowd c;
	struct broadcast b = { &c, .messages = o->messages,
	    .window = o->window };
	int64_t wall_ns;

	crowd_of(&c, o, talk);
	c.stuck = o->stuck;
	c.count = o->clients + 1 + o->stuck;
	crowd_gather(&c);
	crowd_settle(&c, SETTLE_MS);
	say_ready();
	wall_ns = broadcast_run(&b);
	printf("{\"wall_ns\": %" PRId64 ", \"messages\": %" PRIu64
	    ", \"receivers\": %" PRIu64 ", \"message_bytes\": %zu", wall_ns,
	    b.messages, b.receivers, c.expected.len);
	if (o->stuck)
		printf(", \"stuck_bytes\": %" PRIu64,
		    stuck_bytes(&c, b.messages * c.expected.len));
	puts("}");
	crowd_close(&c);
	return 0;
}


/* Each client gets its own next message. */
static void
echo_once(struct crowd *c)
{
	struct talk_template message;

	crowd_speaker_template(c, &message);
	for (size_t i = 0; i < c->count; i++) {
		uint64_t due = c->clients[i].next;

		talk_template_number(&message, due);
		if (!client_send(c, &c->clients[i], &message))
			die("client %zu cannot send", i);
		while (c->clients[i].next == due)
			crowd_turn(c, TICK_MS);
	}
}

/* Silent until standard input ends; then each has to be there still. */
static int
idle(const struct options *o, const struct talk *talk)
{
	struct crowd c;
	struct broadcast b = { &c, .messages = 1, .window = 1 };

	crowd_of(&c, o, talk);
	crowd_gather(&c);
	crowd_settle(&c, SETTLE_MS);
	say_ready();
	while (!input_ended())
		crowd_turn(&c, SETTLE_MS);
	if (talk->alone)
		echo_once(&c);
	else
		broadcast_run(&b);
	printf("{\"clients\": %zu}\n", c.count);
	crowd_close(&c);
	return 0;
}


/* Clients that talk to themselves by way of the server, each with one message
 * on its way at most. */
struct chatter {
	struct crowd *crowd;
	struct talk_template message;
	uint64_t answered;
};

static void
chatter_send(struct chatter *t, struct client *client)
{
	talk_template_number(&t->message, client->next % TALK_NUMBER_MAX);
	if (!client_send(t->crowd, client, &t->message))
		die("a client of the chatter cannot send");
}

static void
chatter_again(void *context, struct client *client)
{
	struct chatter *t = context;

	t->answered++;
	chatter_send(t, client);
}

static void
chatter_count(void *context, struct client *client)
{
	struct chatter *t = context;

	(void)client;
	t->answered++;
}

/* Those whose turn it is, where they have their last answer. */
static void
chatter_paced(struct chatter *t, uint64_t rate, uint64_t *spoken,
    int64_t start_ns)
{
	struct crowd *c = t->crowd;
	uint64_t due = (uint64_t)((double)(now_ns() - start_ns) * 1e-9 *
	    (double)rate);

	for (; *spoken < due; ++*spoken) {
		struct client *client = &c->clients[*spoken % c->count];

		/* said so far: the first message, and one a turn */
		if (client->next == 1 + *spoken / c->count)
			chatter_send(t, client);
		else
			return;
	}
}

static int
chatter(const struct options *o, const struct talk *talk)
{
	struct crowd c;
	struct chatter t = { &c };
	uint64_t spoken = 0;
	int64_t start_ns;

	crowd_of(&c, o, talk);
	crowd_gather(&c);
	crowd_speaker_template(&c, &t.message);
	c.context = &t;
	c.got = o->rate == 0 ? chatter_again : chatter_count;
	say_ready();
	start_ns = now_ns();
	for (size_t i = 0; o->rate == 0 && i < c.count; i++)
		chatter_send(&t, &c.clients[i]);
	while (!input_ended()) {
		if (o->rate > 0)
			chatter_paced(&t, o->rate, &spoken, start_ns);
		crowd_turn(&c, TICK_MS);
	}
	printf("{\"wall_ns\": %" PRId64 ", \"messages\": %" PRIu64 "}\n",
	    now_ns() - start_ns, t.answered);
	crowd_close(&c);
	return 0;
}


static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One client that measures how long each answer takes. */
static int
probe(const struct options *o, const struct talk *talk)
{
	struct options one = *o;
	struct crowd c;
	struct talk_template message;
	int64_t *ns = calloc(o->messages, sizeof(*ns));

	if (ns == NULL)
		die("out of memory");
	one.clients = 1;
	crowd_of(&c, &one, talk);
	crowd_gather(&c);
	crowd_speaker_template(&c, &message);
	for (uint64_t i = 0; i < o->messages; i++) {
		int64_t start_ns = now_ns();

		talk_template_number(&message, i + 1);
		if (!client_send(&c, &c.clients[0], &message))
			die("the probe cannot send");
		while (c.clients[0].next == i + 1)
			crowd_turn(&c, 1000);
		ns[i] = now_ns() - start_ns;
		usleep(PROBE_PAUSE_US);
	}
	qsort(ns, o->messages, sizeof(*ns), by_size);
	printf("{\"p50_ns\": %" PRId64 ", \"p99_ns\": %" PRId64
	    ", \"max_ns\": %" PRId64 "}\n", ns[(o->messages - 1) / 2],
	    ns[(o->messages - 1) * 99 / 100], ns[o->messages - 1]);
	crowd_close(&c);
	free(ns);
	return 0;
}


#define AT(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{ 'p', { "port" }, "PORT", 1, OPTION_NUMBER, AT(port),
	    "of the server, on 127.0.0.1", 1, UINT16_MAX },
	{ 'c', { "clients" }, "N", 1, OPTION_NUMBER, AT(clients),
	    "clients; of broadcast: receivers (200)", 1, 100000 },
	{ 'n', { "messages" }, "N", 1, OPTION_NUMBER, AT(messages),
	    "broadcast, probe: how many (1000)", 1, TALK_NUMBER_MAX },
	{ 'w', { "window" }, "N", 1, OPTION_NUMBER, AT(window),
	    "broadcast: most on their way (32)", 1, 100000 },
	{ 'b', { "bytes" }, "N", 1, OPTION_NUMBER, AT(text_len),
	    "of a message's text (64)", TALK_TEXT_MIN, TALK_TEXT_MAX },
	{ 'r', { "rate" }, "N", 1, OPTION_NUMBER, AT(rate),
	    "chatter: messages a second of all; 0: as fast as answered (0)",
	    0, 10000000 },
	{ 'a', { "at-once" }, "N", 1, OPTION_NUMBER, AT(at_once),
	    "most that are being let in (16)", 1, 1000 },
	{ 's', { "stuck" }, NULL, 1, OPTION_FLAG, AT(stuck),
	    "broadcast: one more, who does not read" },
	{ 'd', { "deadline" }, "TIME", 1, OPTION_DURATION, AT(deadline_ns),
	    "by when all has to be over (60s)" },
	{ 'h', { "help" }, NULL, 1, OPTION_FLAG, AT(help), "this help" },
};

static const struct option_table table = { "chat_load", rows,
    sizeof(rows) / sizeof(rows[0]) };

static const struct {
	const char *name;
	bool alone;	/* of a protocol that answers the sender alone */
	bool shared;	/* of one that has other receivers */
	int (*run)(const struct options *o, const struct talk *talk);
	const char *help;
} modes[] = {
	{ "idle", true, true, idle,
	    "connects, says ready, is silent until standard input ends" },
	{ "broadcast", false, true, broadcast,
	    "one speaks: the time until all have all" },
	{ "chatter", true, false, chatter,
	    "talks until standard input ends" },
	{ "probe", true, false, probe, "times of answers" },
};

static void
take_word(void *values, const char *text)
{
	struct options *o = values;

	if (o->count_words < 2)
		o->words[o->count_words] = text;
	o->count_words++;
}

static int
help(void)
{
	printf("usage: chat_load MODE echo|im|room|class|bare-room|bare-class "
	    "-p PORT [OPTION]...\n\n");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		printf("  %-11s%s\n", modes[i].name, modes[i].help);
	putchar('\n');
	option_table_help(&table, 1);
	return 0;
}

static int
run(const struct options *o)
{
	const struct talk *talk = o->count_words == 2 ?
	    talk_find(o->words[1]) : NULL;

	for (size_t i = 0; talk != NULL && i < sizeof(modes) / sizeof(*modes);
	    i++)
		if (strcmp(modes[i].name, o->words[0]) == 0 &&
		    (talk->alone ? modes[i].alone : modes[i].shared))
			return modes[i].run(o, talk);
	fprintf(stderr, "chat_load: no such mode or protocol; see --help\n");
	return 2;
}

int
main(int argc, char **argv)
{
	struct options o = { .clients = 200, .messages = 1000, .window = 32,
	    .text_len = 64, .at_once = 16, .deadline_ns = 60 * second_ns };
	struct errbuf err;

	if (option_table_read(&table, 1, &o, take_word, argc, argv,
	    &err) == -1) {
		if (err.text[0] != '\0')
			fprintf(stderr, "chat_load: %s\n", err.text);
		return 2;
	}
	if (o.help)
		return help();
	if (o.port == 0) {
		fprintf(stderr, "chat_load: --port is missing\n");
		return 2;
	}
	return run(&o);
}
