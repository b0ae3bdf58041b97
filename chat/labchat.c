/* labchat: the client of every chat protocol. */
#include <event2/event.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/bytes.h"
#include "chat/crypto/eim_explain.h"
#include "chat/net/client.h"
#include "chat/options.h"
#include "base/program.h"
#include "chat/terminal/ask.h"
#include "chat/terminal/plain.h"
#include "chat/terminal/script.h"
#include "chat/terminal/terminal.h"

static const char name[] = "labchat";

/* What a run has, beside its options. */
struct run {
	struct chat_options *options;
	struct event_base *base;
	struct user_calls calls;
	struct user *user;
	struct secret name;	/* that was asked for */
};

static int
print_version(void)
{
	printf("labchat %s\nlibevent %s\n%s\n", PACKAGE_VERSION,
	    event_get_version(), OpenSSL_version(OPENSSL_VERSION));
	return program_check_output(name);
}

/* A reader that goes away, and a file that grows past its limit, are errors of
 * write(2). */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* A script is read whole before anything else, so that a slip in it is found
 * at once: *status is then PROGRAM_USAGE. */
static int
open_user(struct run *r, int *status, struct errbuf *err)
{
	const char *path = r->options->script;
	struct script_steps steps;

	if (path != NULL) {
		if (script_read(&steps, path, err) == -1) {
			script_steps_reset(&steps);
			*status = PROGRAM_USAGE;
			return -1;
		}
		r->user = script_open(r->base, path, &steps, &r->calls, err);
	} else if (terminal_is_there()) {
		r->user = terminal_open(r->base, &r->calls, err);
	} else {
		r->user = plain_open(r->base, &r->calls, err);
	}
	return r->user == NULL ? -1 : 0;
}

/* Where the name is part of a dialogue with the server its side asks for it. */
static int
ask_name(struct run *r, int *status, struct errbuf *err)
{
	struct chat_options *o = r->options;
	unsigned needs = o->protocol->needs;

	if (o->settings.name != NULL || (needs & PROTOCOL_NAME) == 0 ||
	    (needs & PROTOCOL_HANDSHAKE) != 0)
		return 0;
	*status = PROGRAM_USAGE;
	if (o->script != NULL) {
		errbuf_set(err, "a script cannot be asked for a nickname: "
		    "-n NAME is missing");
		return -1;
	}
	if (ask(r->user, &r->calls, r->base, "Nickname: ", false, &r->name,
	    err) == -1) {
		errbuf_prefix(err, "no nickname");
		return -1;
	}
	o->settings.name = (const char *)r->name.data;
	return 0;
}

/* Only somebody at a terminal is asked: in a pipe a key would stand among the
 * messages, where it might be sent. */
static int
ask_key(struct run *r, const char *what, const char *option,
    struct secret *key, struct errbuf *err)
{
	char question[64];

	if (key->data != NULL)
		return 0;
	if (r->options->script != NULL || !terminal_is_there()) {
		errbuf_set(err, "the %s key is missing: %s @FILE gives it",
		    what, option);
		return -1;
	}
	snprintf(question, sizeof(question), "%s key: ", what);
	question[0] = (char)(question[0] - 'a' + 'A');
	if (ask(r->user, &r->calls, r->base, question, true, key, err) == 0)
		return 0;
	errbuf_prefix(err, "no key");
	return -1;
}

static int
ask_keys(struct run *r, int *status, struct errbuf *err)
{
	struct chat_settings *s = &r->options->settings;

	if ((r->options->protocol->needs & PROTOCOL_KEYS) == 0)
		return 0;
	*status = PROGRAM_USAGE;
	if (ask_key(r, "confidentiality", "-c", &s->confidentiality_key, err)
	    == -1)
		return -1;
	return ask_key(r, "authenticity", "-a", &s->authenticity_key, err);
}

static int
talk(struct run *r, int *status, struct errbuf *err)
{
	const struct chat_options *o = r->options;
	const struct client_setup setup = {
		.protocol = o->protocol,
		.settings = &o->settings,
		.host = o->host,
		.port = (uint16_t)o->port,
		.source = o->bind,
		.events = o->events,
		.files = o->files,
		.file_max = o->max_file,
	};
	struct client *client;

	if (open_user(r, status, err) == -1 ||
	    ask_name(r, status, err) == -1 || ask_keys(r, status, err) == -1)
		return -1;
	*status = PROGRAM_FAILED;
	client = client_open(r->base, &setup, r->user, err);
	if (client == NULL)
		return -1;
	r->calls = client_user_calls(client);
	*status = client_run(client);
	client_close(client);
	return 0;
}

/* Nobody is connected to: the keys are all that is asked for. */
static int
explain(struct run *r, int *status, struct errbuf *err)
{
	const struct chat_settings *s = &r->options->settings;
	struct eim_message message = {
		.nickname = s->name == NULL ? "alice" : s->name,
		.text = r->options->explain,
	};
	struct bytes walk = { NULL, 0, 0 };
	int result;

	if (open_user(r, status, err) == -1 || ask_keys(r, status, err) == -1)
		return -1;
	*status = PROGRAM_FAILED;
	if (getrandom(message.iv, sizeof(message.iv), 0) !=
	    (ssize_t)sizeof(message.iv)) {
		errbuf_set(err, "no random bytes");
		return -1;
	}
	result = eim_explain(s->key_profile, &s->confidentiality_key,
	    &s->authenticity_key, &message, &walk, err);
	user_close(r->user);
	r->user = NULL;
	if (result == 0) {
		fwrite(walk.data, 1, walk.len, stdout);
		*status = program_check_output(name);
	}
	if (walk.len > 0)	/* the keys stand in it */
		explicit_bzero(walk.data, walk.len);
	bytes_reset(&walk);
	return result;
}

/* The terminal is itself again before anything is said about it. */
static int
run(struct chat_options *options, struct errbuf *err)
{
	struct run r = { .options = options, .base = event_base_new() };
	int status = PROGRAM_FAILED, result;

	if (r.base == NULL) {
		program_say(name, "no event loop");
		return PROGRAM_FAILED;
	}
	result = (options->explain == NULL ? talk : explain)(&r, &status, err);
	user_close(r.user);
	secret_reset(&r.name);
	event_base_free(r.base);
	libevent_global_shutdown();
	if (result == -1)
		program_say(name, err->text);
	return status;
}

int
main(int argc, char **argv)
{
	struct chat_options options;
	struct errbuf err = { "" };
	int status = PROGRAM_DONE;

	ignore_signals();
	if (program_reserve_files(&err) == -1) {
		program_say(name, err.text);
		return PROGRAM_FAILED;
	}
	if (chat_options_parse(&options, CHAT_CLIENT, argc, argv, &err) == -1) {
		status = program_usage(name, &err);
	} else if (options.help) {
		chat_options_help(&options, CHAT_CLIENT);
		status = program_check_output(name);
	} else if (options.version) {
		status = print_version();
	} else {
		status = run(&options, &err);
	}
	chat_options_reset(&options);
	return status;
}
