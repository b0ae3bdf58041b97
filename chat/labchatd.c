/* labchatd: the server of every chat protocol. */
#include <event2/event.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "chat/net/line_output.h"
#include "chat/net/server.h"
#include "chat/options.h"
#include "base/program.h"

static const char name[] = "labchatd";

/* While it serves: nobody waits for whoever reads standard error. */
static void
complain(const char *line)
{
	struct line_output out;
	struct errbuf text;

	errbuf_set(&text, "%s: %s", name, line);
	line_output_init(&out, STDERR_FILENO);
	line_output_write(&out, text.text);
	line_output_reset(&out);
}

static int
print_version(void)
{
	printf("labchatd %s\nlibevent %s\n%s\nSQLite %s\n", PACKAGE_VERSION,
	    event_get_version(), OpenSSL_version(OPENSSL_VERSION),
	    sqlite3_libversion());
	return program_check_output(name);
}

static int
serve(const struct chat_options *o, struct errbuf *err)
{
	const struct server_setup setup = {
		.protocol = o->protocol,
		.settings = &o->settings,
		.host = o->bind,
		.port = (uint16_t)o->port,
		.clients_max = o->max_clients,
		.send_buffer = o->send_buffer,
		.idle_ns = o->idle_timeout_ns,
		.handshake_ns = o->handshake_timeout_ns,
		.users = o->users,
		.files = o->files,
		.file_max = o->max_file,
		.events = o->events,
		.log_fd = STDOUT_FILENO,
		.console_fd = STDIN_FILENO,
		.complain = complain,
	};
	int status = server_run(&setup, err);

	if (status >= 0)
		return status;
	program_say(name, err->text);
	return PROGRAM_FAILED;
}

int
main(int argc, char **argv)
{
	struct chat_options options;
	struct errbuf err = { "" };
	int status = PROGRAM_DONE;

	if (program_reserve_files(&err) == -1) {
		program_say(name, err.text);
		return PROGRAM_FAILED;
	}
	if (chat_options_parse(&options, CHAT_SERVER, argc, argv, &err) != 0) {
		status = program_usage(name, &err);
	} else if (options.help) {
		chat_options_help(&options, CHAT_SERVER);
		status = program_check_output(name);
	} else if (options.version) {
		status = print_version();
	} else {
		status = serve(&options, &err);
	}
	chat_options_reset(&options);
	return status;
}
