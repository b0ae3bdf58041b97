#include "chat/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/option_table.h"
#include "base/parse.h"
#include "chat/net/server.h"
#include "chat/wire/im_message.h"

/*
 * Which options there are: of a program (the low bits), or of a protocol's
 * server (bits 8 on) or client (bits 16 on).
 */
#define SERVER(bit) ((unsigned)(bit) << 8)
#define CLIENT(bit) ((unsigned)(bit) << 16)
#define EITHER(bit) (SERVER(bit) | CLIENT(bit))

enum {
	EVERY = 1,		/* both programs */
	EVERY_SERVER = 2,
	EVERY_CLIENT = 4,

	ECHO = 1,
	IM = 2,
	EIM = 4,
	P2P = 8,
	CLASS = 16,
};

enum { LINE_SHORTEST = 16, LINE_LONGEST = 60000, CLIENTS_MOST = 1000000,
    BUFFER_LEAST = 65536 };

#define AT(field) offsetof(struct chat_options, field)

static int
set_framing(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	if (strcmp(text, "none") == 0) {
		o->settings.framing = IM_FRAMING_NONE;
	} else if (strcmp(text, "length") == 0) {
		o->settings.framing = IM_FRAMING_LENGTH;
	} else {
		errbuf_set(err, "%s: not none or length", text);
		return -1;
	}
	return 0;
}

static int
set_keys(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	return eim_profile_find(text, &o->settings.key_profile, err);
}

static int
set_confidentiality_key(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	return secret_from_argument(&o->settings.confidentiality_key, text,
	    err);
}

static int
set_authenticity_key(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	return secret_from_argument(&o->settings.authenticity_key, text, err);
}

static int
set_password(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	o->settings.login = true;	/* of p2p: what else is it for? */
	return secret_from_argument(&o->settings.password, text, err);
}

static int
set_timeout(int64_t *ns, const char *text, struct errbuf *err)
{
	if (strcmp(text, "never") == 0) {
		*ns = 0;
		return 0;
	}
	return parse_duration(text, ns, err);
}

static int
set_idle_timeout(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	return set_timeout(&o->idle_timeout_ns, text, err);
}

static int
set_handshake_timeout(void *values, char *text, struct errbuf *err)
{
	struct chat_options *o = values;

	return set_timeout(&o->handshake_timeout_ns, text, err);
}

static const struct option_row rows[] = {
	{ 's', { "servername" }, "HOST", EVERY_CLIENT, OPTION_WORD, AT(host),
	    "the server: a name or an address (localhost)" },
	{ 'p', { "port" }, "PORT", EVERY_SERVER, OPTION_NUMBER, AT(port),
	    "TCP port, 0 for one that is free (the protocol's)",
	    0, UINT16_MAX },
	{ 'p', { "port" }, "PORT", EVERY_CLIENT, OPTION_NUMBER, AT(port),
	    "TCP port (the protocol's)", 1, UINT16_MAX },
	{ 'b', { "bind" }, "ADDRESS", EVERY_SERVER, OPTION_WORD, AT(bind),
	    "listen there: an address of this machine (127.0.0.1)" },
	{ 'b', { "bind" }, "SOURCE", EVERY_CLIENT, OPTION_WORD, AT(bind),
	    "source address, of UDP too (the kernel's choice)" },
	{ 'n', { "nickname" }, "NAME", EVERY_CLIENT, OPTION_WORD,
	    AT(settings.name),
	    "your name (asked for; echo and caps need none)" },
	{ 'r', { "reverse" }, NULL, SERVER(ECHO), OPTION_FLAG,
	    AT(settings.reverse), "send each chunk back reversed" },
	{ 0, { "framing" }, "KIND", EITHER(IM), OPTION_OTHER, 0,
	    "none, as the original, or length before each message (none)",
	    .set = set_framing },
	{ 'c', { "confidentiality-key", "confiendtiality-key" }, "KEY",
	    CLIENT(EIM), OPTION_OTHER, 0,
	    "text that encrypts; @FILE reads it, @@ is a leading @",
	    .set = set_confidentiality_key },
	{ 'a', { "authenticity-key" }, "KEY", CLIENT(EIM), OPTION_OTHER, 0,
	    "text that authenticates, given likewise",
	    .set = set_authenticity_key },
	{ 0, { "keys" }, "PROFILE", CLIENT(EIM), OPTION_OTHER, 0,
	    "how keys are made of the texts (toolkit)", .set = set_keys },
	{ 0, { "explain" }, "TEXT", CLIENT(EIM), OPTION_WORD, AT(explain),
	    "show how TEXT is sealed and opened, step by step, and end" },
	{ 0, { "users" }, "FILE", SERVER(P2P | CLASS), OPTION_WORD, AT(users),
	    "names need a password; they are kept in this database" },
	{ 0, { "login" }, NULL, CLIENT(P2P), OPTION_FLAG, AT(settings.login),
	    "log in, to a server with --users (a new name is registered)" },
	{ 0, { "register" }, NULL, CLIENT(P2P | CLASS), OPTION_FLAG,
	    AT(settings.make_user), "log in as a new user, who is registered" },
	{ 0, { "password" }, "WORD", CLIENT(P2P | CLASS), OPTION_OTHER, 0,
	    "the password (asked for); @FILE reads it, @@ is a leading @",
	    .set = set_password },
	{ 0, { "peer-port" }, "PORT", CLIENT(P2P), OPTION_NUMBER,
	    AT(peer_port), "UDP port of all peers (5000)", 1, UINT16_MAX },
	{ 0, { "files" }, "DIR", EITHER(CLASS), OPTION_WORD, AT(files),
	    "where files that come are kept (labchatd-files; a client's: .)" },
	{ 0, { "max-file" }, "SIZE", EITHER(CLASS), OPTION_SIZE, AT(max_file),
	    "largest file that is taken (100M)", 1, 0 },
	{ 0, { "script" }, "FILE", EVERY_CLIENT, OPTION_WORD, AT(script),
	    "what to say and when, instead of a user who types" },
	{ 0, { "max-line" }, "BYTES", EVERY, OPTION_NUMBER, AT(max_line),
	    "longest message (1024; im: 1280)", LINE_SHORTEST, LINE_LONGEST },
	{ 0, { "max-clients" }, "N", EVERY_SERVER, OPTION_NUMBER,
	    AT(max_clients), "more are turned away (1000)", 1,
	    CLIENTS_MOST },
	{ 0, { "send-buffer" }, "SIZE", EVERY_SERVER, OPTION_SIZE,
	    AT(send_buffer),
	    "a client for whom more waits unread is dropped (1M)",
	    BUFFER_LEAST, 0 },
	{ 0, { "idle-timeout" }, "SILENCE", EVERY_SERVER, OPTION_OTHER, 0,
	    "silence that ends a connection, or never (1h)",
	    .set = set_idle_timeout },
	{ 0, { "handshake-timeout" }, "TIME", EVERY_SERVER, OPTION_OTHER, 0,
	    "by when a client has to say who it is, or never (2m)",
	    .set = set_handshake_timeout },
	{ 0, { "events" }, "FILE", EVERY, OPTION_WORD, AT(events),
	    "add a line of JSON for each event to FILE" },
	{ 'h', { "help" }, NULL, EVERY, OPTION_FLAG, AT(help), "this help" },
	{ 'V', { "version" }, NULL, EVERY, OPTION_FLAG, AT(version),
	    "the version" },
};

static const struct program {
	const char *name, *synopsis, *text;
	unsigned every;
	unsigned shift;		/* of a protocol's bits */
} programs[] = {
	[CHAT_SERVER] = { "labchatd",
	    "PROTOCOL [-p PORT] [-b ADDRESS] [OPTION]...",
	    "Serves a chat protocol of the networking labs.",
	    EVERY | EVERY_SERVER, 8 },
	[CHAT_CLIENT] = { "labchat",
	    "PROTOCOL [-s HOST] [-p PORT] [-n NAME] [OPTION]...",
	    "Talks to a server of a chat protocol of the networking labs.",
	    EVERY | EVERY_CLIENT, 16 },
};

static struct option_table
table_of(enum chat_program program)
{
	return (struct option_table){ programs[program].name, rows,
	    sizeof(rows) / sizeof(rows[0]) };
}

/* The groups of a program; all of them where no protocol is named. */
static unsigned
groups_of(enum chat_program program, const struct protocol *protocol)
{
	static const struct {
		const struct protocol *protocol;
		unsigned bit;
	} own[] = {
		{ &protocol_echo, ECHO },
		{ &protocol_im, IM },
		{ &protocol_eim, EIM },
		{ &protocol_p2p, P2P },
		{ &protocol_class, CLASS },
	};
	unsigned groups = programs[program].every;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (protocol == NULL || protocol == own[i].protocol)
			groups |= own[i].bit << programs[program].shift;
	return groups;
}

static void
set_defaults(struct chat_options *o)
{
	*o = (struct chat_options){
		.host = "localhost",
		.port = UINT64_MAX,
		.peer_port = 5000,
		.max_file = SERVER_FILE_MAX,
		.max_clients = SERVER_CLIENTS,
		.send_buffer = SERVER_SEND_BUFFER,
		.idle_timeout_ns = SERVER_IDLE_NS,
		.handshake_timeout_ns = SERVER_HANDSHAKE_NS,
	};
}

/* Where nothing was said. */
static void
settle_defaults(struct chat_options *o, enum chat_program program)
{
	if (o->port == UINT64_MAX)
		o->port = o->protocol->port;
	/* Users name folders there: not those of the operator. */
	if (o->files == NULL)
		o->files = program == CHAT_SERVER ? "labchatd-files" : ".";
	/* As much as the originals take in one read. */
	if (o->max_line == 0)
		o->max_line = o->protocol == &protocol_im ?
		    IM_MESSAGE_ORIGINAL_MAX : 1024;
	o->settings.line_max = o->max_line;
	o->settings.peer_port = (uint16_t)o->peer_port;
	o->settings.users = o->users != NULL;
	o->settings.login |= o->settings.make_user;
}

/* What stands in argv wins; the environment is emptied either way. */
static int
settle_secrets(struct chat_options *o, struct errbuf *err)
{
	struct chat_settings *s = &o->settings;
	const struct {
		struct secret *secret;
		const char *variable;
	} sources[] = {
		{ &s->password, "LABCHAT_PASSWORD" },
		{ &s->confidentiality_key, "LABCHAT_CONFIDENTIALITY_KEY" },
		{ &s->authenticity_key, "LABCHAT_AUTHENTICITY_KEY" },
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct secret found = { NULL, 0 };

		if (secret_from_environment(&found, sources[i].variable,
		    err) == -1)
			return -1;
		if (sources[i].secret->data == NULL)
			*sources[i].secret = found;
		else
			secret_reset(&found);
	}
	return 0;
}

static void
say_protocols(char *at, size_t room)
{
	for (size_t i = 0; protocols[i] != NULL; i++) {
		int n = snprintf(at, room, "%s%s", i == 0 ? "" :
		    protocols[i + 1] == NULL ? " or " : ", ",
		    protocols[i]->name);

		if (n < 0 || (size_t)n >= room)
			return;
		at += n;
		room -= (size_t)n;
	}
}

/* The first word names the protocol. */
static int
find_protocol(struct chat_options *o, const char *word, struct errbuf *err)
{
	char names[128];

	o->protocol = protocol_find(word);
	if (o->protocol != NULL)
		return 0;
	say_protocols(names, sizeof(names));
	errbuf_set(err, "%s: no such protocol; there are %s", word, names);
	return -1;
}

static void
take_operand(void *values, const char *text)
{
	struct chat_options *o = values;

	if (o->stray == NULL)
		o->stray = text;
}

/* --help and --version stand alone; everything else needs a protocol, and no
 * second word. */
static int
check(const struct chat_options *o, struct errbuf *err)
{
	char names[128];

	if (o->help || o->version)
		return 0;
	if (o->protocol == NULL) {
		say_protocols(names, sizeof(names));
		errbuf_set(err, "the first word has to be a protocol: %s",
		    names);
		return -1;
	}
	if (o->stray != NULL) {
		errbuf_set(err, "%s: nothing more is expected here",
		    o->stray);
		return -1;
	}
	return 0;
}

int
chat_options_parse(struct chat_options *o, enum chat_program program,
    int argc, char **argv, struct errbuf *err)
{
	const struct option_table table = table_of(program);
	bool named = argc > 1 && argv[1][0] != '-';

	set_defaults(o);
	if (named && find_protocol(o, argv[1], err) == -1)
		return -1;
	if (option_table_read(&table, groups_of(program, o->protocol), o,
	    take_operand, argc - named, argv + named, err) == -1 ||
	    check(o, err) == -1)
		return -1;
	if (o->protocol != NULL)
		settle_defaults(o, program);
	return settle_secrets(o, err);
}

void
chat_options_reset(struct chat_options *o)
{
	secret_reset(&o->settings.password);
	secret_reset(&o->settings.confidentiality_key);
	secret_reset(&o->settings.authenticity_key);
}

void
chat_options_help(const struct chat_options *o, enum chat_program program)
{
	const struct option_table table = table_of(program);

	printf("usage: %s %s\n\n%s\n\n", programs[program].name,
	    programs[program].synopsis, programs[program].text);
	printf("protocols:\n");
	for (size_t i = 0; protocols[i] != NULL; i++)
		if (o->protocol == NULL || o->protocol == protocols[i])
			printf("  %-8s%s (port %u)\n", protocols[i]->name,
			    protocols[i]->purpose, protocols[i]->port);
	printf("\noptions:\n");
	option_table_help(&table, groups_of(program, o->protocol));
}
