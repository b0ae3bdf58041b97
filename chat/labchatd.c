/* labchatd: the server of every chat protocol. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chat/net/line_output.h"
#include "chat/net/server.h"
#include "chat/options.h"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static void
say(const char *line)
{
	fprintf(stderr, "labchatd: %s\n", line);
}

/* While it serves: nobody waits for whoever reads standard error. */
static void
complain(const char *line)
{
	struct line_output out;
	struct errbuf text;

	errbuf_set(&text, "labchatd: %s", line);
	line_output_init(&out, STDERR_FILENO);
	line_output_write(&out, text.text);
	line_output_reset(&out);
}

/* An empty line has been said already. */
static int
usage(const struct errbuf *err)
{
	if (err->text[0] != '\0')
		say(err->text);
	fprintf(stderr, "Try 'labchatd --help'.\n");
	return USAGE;
}

static int
check_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return DONE;
	say("standard output cannot be written");
	return FAILED;
}

static int
print_version(void)
{
	printf("labchatd %s\nlibevent %s\n%s\nSQLite %s\n", PACKAGE_VERSION,
	    event_get_version(), OpenSSL_version(OPENSSL_VERSION),
	    sqlite3_libversion());
	return check_output();
}

/* Without them the first sockets and files would be standard input and
 * output, and a client would be sent the log. */
static int
open_standard(struct errbuf *err)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0) {
		errbuf_set(err, "/dev/null: %s", strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
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
	int status = -1;

	if (open_standard(err) == 0)
		status = server_run(&setup, err);
	if (status >= 0)
		return status;
	say(err->text);
	return FAILED;
}

int
main(int argc, char **argv)
{
	struct chat_options options;
	struct errbuf err = { "" };
	int status = DONE;

	if (chat_options_parse(&options, CHAT_SERVER, argc, argv, &err) != 0) {
		status = usage(&err);
	} else if (options.help) {
		chat_options_help(&options, CHAT_SERVER);
		status = check_output();
	} else if (options.version) {
		status = print_version();
	} else {
		status = serve(&options, &err);
	}
	chat_options_reset(&options);
	return status;
}
