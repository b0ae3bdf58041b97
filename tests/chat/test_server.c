#include "chat/net/server.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chat/net/address.h"
#include "tests/unit/temporary_folder.h"

/*
 * A server in a child process, with a side of a few words: "end" ends it,
 * "flood" sends far more than fits, "shut" closes, "admit" admits, "login NAME"
 * and "new NAME" ask the store, "keep" keeps a file; all else is sent back.
 */
enum { LOG_BYTES = 65536, FLOOD_BYTES = 100000, FLOODS = 200 };

struct word_state {
	struct world *world;
	struct peer *last;
};

static struct server_setup setup;
static struct protocol protocol;
static struct chat_settings settings;
static struct side side;
static pid_t child;
static int log_fd;		/* reads what the server logs */
static char log_text[LOG_BYTES];
static size_t log_len;
static uint16_t port;

static void *
words_open(struct world *world, const struct chat_settings *s,
    struct errbuf *err)
{
	static struct word_state state;

	(void)s;
	(void)err;
	state.world = world;
	return &state;
}

static int
words_joined(void *context, struct peer *peer)
{
	struct word_state *s = context;

	s->last = peer;
	return 0;
}

static void
flood(struct word_state *s, struct peer *peer)
{
	static char data[FLOOD_BYTES];

	for (int i = 0; i < FLOODS; i++)
		world_send(s->world, peer, data, sizeof(data));
}

static void
log_in(struct word_state *s, struct peer *peer, bool make, const char *name)
{
	const struct login login = {
		.make = make, .name = name, .password = "secret",
		.password_len = 6,
	};

	world_login(s->world, peer, &login);
}

static void
keep(struct word_state *s, struct peer *peer)
{
	struct errbuf err;
	struct world_file *f = world_file_make(s->world, "f", "x", &err);
	char name[300] = "";

	if (f == NULL ||
	    world_file_write(s->world, f, "data", 4, &err) != 0 ||
	    world_file_keep(s->world, f, name, sizeof(name), &err) != 0)
		world_send(s->world, peer, err.text, strlen(err.text));
	else
		world_send(s->world, peer, name, strlen(name));
}

static void
words_received(void *context, struct peer *peer, const uint8_t *data,
    size_t len)
{
	struct word_state *s = context;
	char text[100];

	snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)data);
	if (strcmp(text, "end") == 0)
		world_end(s->world, 3);
	else if (strcmp(text, "flood") == 0)
		flood(s, peer);
	else if (strcmp(text, "shut") == 0)
		world_close(s->world, peer, false);
	else if (strcmp(text, "admit") == 0)
		world_admit(s->world, peer);
	else if (strcmp(text, "keep") == 0)
		keep(s, peer);
	else if (strncmp(text, "login ", 6) == 0)
		log_in(s, peer, false, text + 6);
	else if (strncmp(text, "new ", 4) == 0)
		log_in(s, peer, true, text + 4);
	else
		world_send(s->world, peer, data, len);
}

static void
words_left(void *context, struct peer *peer, enum left why)
{
	struct word_state *s = context;

	(void)why;
	if (s->last == peer)
		s->last = NULL;
}

static void
words_answered(void *context, struct peer *peer, enum login_answer answer)
{
	struct word_state *s = context;
	char text[20];

	snprintf(text, sizeof(text), "answer %d", answer);
	world_send(s->world, peer, text, strlen(text));
}

static void
words_line(void *context, const char *text, size_t len)
{
	struct word_state *s = context;

	world_event(s->world, NULL, "line", NULL, 0, text);
	if (s->last != NULL)
		world_send(s->world, s->last, text, len);
}

static void
words_stop(void *context)
{
	struct word_state *s = context;

	if (s->last != NULL)
		world_send(s->world, s->last, "farewell", 8);
}

static void
words_close(void *context)
{
	(void)context;
}

static void
set_up(void)
{
	temporary_folder_enter();
	settings = (struct chat_settings){ .line_max = 1000 };
	side = (struct side){
		.open = words_open, .joined = words_joined,
		.received = words_received, .left = words_left,
		.answered = words_answered, .line = words_line,
		.stop = words_stop, .close = words_close,
	};
	protocol = (struct protocol){ .name = "words", .server = &side };
	setup = (struct server_setup){
		.protocol = &protocol, .settings = &settings,
		.clients_max = 10, .send_buffer = 1000000,
		.file_max = 1000, .console_fd = -1,
	};
	signal(SIGPIPE, SIG_IGN);
}

/* In the child.  What goes wrong at its start goes to the log. */
static void
serve(const struct rlimit *descriptors)
{
	struct errbuf err;
	int status;

	if (descriptors != NULL)
		setrlimit(RLIMIT_NOFILE, descriptors);
	status = server_run(&setup, &err);
	if (status < 0)
		dprintf(setup.log_fd, "%s\n", err.text);
	_exit(status < 0 ? 99 : status);
}

/* Waits until the log has the text, at most 10 s. */
static void
await_log(const char *text)
{
	struct pollfd p = { .fd = log_fd, .events = POLLIN };
	ssize_t n = 1;

	while (strstr(log_text, text) == NULL && n > 0) {
		ck_assert_msg(poll(&p, 1, 10000) == 1, "no '%s' in: %s", text,
		    log_text);
		n = read(log_fd, log_text + log_len,
		    sizeof(log_text) - 1 - log_len);
		ck_assert_int_ge(n, 0);
		log_len += (size_t)n;
		log_text[log_len] = '\0';
	}
	ck_assert_msg(strstr(log_text, text) != NULL, "no '%s' in: %s", text,
	    log_text);
}

static void
start_with(const struct rlimit *descriptors)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	log_fd = ends[0];
	setup.log_fd = ends[1];
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(ends[0]);
		serve(descriptors);
	}
	close(ends[1]);
	await_log("\n");
	ck_assert_msg(strncmp(log_text, "listening on ", 13) == 0, "%s",
	    log_text);
	port = (uint16_t)atoi(strrchr(log_text, ':') + 1);
}

static void
start(void)
{
	start_with(NULL);
}

/* Its status; it ends within 20 s, or is killed. */
static int
await_end(void)
{
	int status = -1;

	for (int i = 0; i < 2000; i++) {
		if (waitpid(child, &status, WNOHANG) == child) {
			child = -1;
			ck_assert(WIFEXITED(status));
			return WEXITSTATUS(status);
		}
		usleep(10000);
	}
	ck_abort_msg("the server does not end");
}

static void
tear_down(void)
{
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	temporary_folder_leave();
}

static int
connect_to(const char *host)
{
	const struct timeval patience = { .tv_sec = 10 };
	struct addresses found;
	struct sockaddr_storage ss;
	struct errbuf err;
	socklen_t len;
	int fd;

	ck_assert_int_eq(address_resolve(host, port, SOCK_STREAM, &found,
	    &err), 0);
	len = address_to_socket(&found.list[0], &ss);
	fd = socket(ss.ss_family, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&ss, len), 0);
	return fd;
}

static int
connect_here(void)
{
	return connect_to("127.0.0.1");
}

static void
say(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), 0),
	    (ssize_t)strlen(text));
}

static void
expect(int fd, const char *text)
{
	char data[1000] = "";
	size_t len = 0;

	while (len < strlen(text)) {
		ssize_t n = recv(fd, data + len, sizeof(data) - 1 - len, 0);

		ck_assert_msg(n > 0, "'%s' and no more of '%s'", data, text);
		len += (size_t)n;
	}
	ck_assert_str_eq(data, text);
}

static void
expect_end(int fd)
{
	char byte;

	ck_assert_int_eq(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void
expect_echo(int fd)
{
	say(fd, "are you there?");
	expect(fd, "are you there?");
}

/* CPU time of the child so far, in clock ticks. */
static long
cpu_ticks(void)
{
	char path[64], text[1000];
	unsigned long user, system;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	fclose(f);
	ck_assert_int_eq(sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d "
	    "%*d %*u %*u %*u %*u %*u %lu %lu", &user, &system), 2);
	return (long)(user + system);
}

/* A tenth of a second's time at most in half a second. */
static void
expect_no_spin(void)
{
	long before = cpu_ticks();

	usleep(500000);
	ck_assert_int_le(cpu_ticks() - before, sysconf(_SC_CLK_TCK) / 10);
}

START_TEST(it_serves_until_a_signal_ends_it_in_order)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	int fd;

	start();
	fd = connect_here();
	expect_echo(fd);
	kill(child, signals[_i]);
	expect(fd, "farewell");
	expect_end(fd);
	ck_assert_int_eq(await_end(), 0);
	await_log("left (stop)");
}
END_TEST

START_TEST(ipv6_works_as_ipv4_does)
{
	int fd;

	setup.host = "::1";
	start();
	ck_assert_int_eq(strncmp(log_text, "listening on [::1]:", 19), 0);
	fd = connect_to("::1");
	expect_echo(fd);
	await_log("[::1]:");
	close(fd);
}
END_TEST

START_TEST(all_addresses_take_both_and_name_ipv4_plainly)
{
	int fd;

	setup.host = "::";
	start();
	fd = connect_here();
	expect_echo(fd);
	await_log("\n127.0.0.1:");
	close(fd);
}
END_TEST

START_TEST(under_nohup_the_end_of_a_terminal_is_not_its_own)
{
	int fd;

	signal(SIGHUP, SIG_IGN);
	start();
	kill(child, SIGHUP);
	usleep(50000);
	fd = connect_here();
	expect_echo(fd);
	close(fd);
}
END_TEST

START_TEST(the_protocol_ends_it_with_its_status)
{
	int fd;

	start();
	fd = connect_here();
	say(fd, "end");
	expect_end(fd);
	ck_assert_int_eq(await_end(), 3);
}
END_TEST

START_TEST(a_second_signal_waits_for_nobody)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	time_t began;
	int fd;

	setup.send_buffer = (uint64_t)2 * FLOODS * FLOOD_BYTES;
	start();
	fd = connect_here();
	say(fd, "flood");
	await_log("connected");
	nanosleep(&pause, NULL);
	began = time(NULL);
	kill(child, SIGTERM);
	await_log("stopping");
	nanosleep(&pause, NULL);
	ck_assert_int_eq(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGTERM);
	ck_assert_int_eq(await_end(), 0);
	ck_assert_int_lt(time(NULL) - began, 4);
	close(fd);
}
END_TEST

START_TEST(who_does_not_read_does_not_keep_it_from_ending)
{
	int fd;

	setup.send_buffer = (uint64_t)2 * FLOODS * FLOOD_BYTES;
	start();
	fd = connect_here();
	say(fd, "flood");
	await_log("connected");
	kill(child, SIGTERM);
	ck_assert_int_eq(await_end(), 0);
	close(fd);
}
END_TEST

START_TEST(who_does_not_read_is_dropped_and_others_are_served)
{
	int slow, quick;

	start();
	quick = connect_here();
	slow = connect_here();
	expect_echo(quick);
	say(slow, "flood");
	await_log("left (slow)");
	expect_echo(quick);
	close(slow);
	close(quick);
}
END_TEST

START_TEST(more_than_clients_max_are_turned_away)
{
	int fds[3], fd;

	setup.clients_max = 3;
	start();
	for (size_t i = 0; i < 3; i++) {
		fds[i] = connect_here();
		expect_echo(fds[i]);
	}
	expect_end(connect_here());
	await_log("refused");
	expect_echo(fds[0]);
	close(fds[1]);
	await_log("left (ended)");
	fd = connect_here();
	expect_echo(fd);
	close(fd);
}
END_TEST

START_TEST(without_descriptors_it_pauses_and_does_not_spin)
{
	const struct rlimit few = { 24, 24 };
	int fds[40];

	setup.clients_max = 1000;
	start_with(&few);
	for (size_t i = 0; i < 40; i++)
		fds[i] = connect_here();
	expect_echo(fds[0]);
	expect_no_spin();
	/* Those that wait in the backlog come in when others leave. */
	for (size_t i = 0; i < 30; i++)
		close(fds[i]);
	expect_echo(fds[39]);
	for (size_t i = 30; i < 40; i++)
		close(fds[i]);
}
END_TEST

START_TEST(a_client_that_is_reset_disturbs_nobody)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int fd, other;

	start();
	other = connect_here();
	for (int i = 0; i < 5; i++) {
		fd = connect_here();
		if (i > 0)
			expect_echo(fd);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
	await_log("left (lost)");
	expect_echo(other);
	close(other);
}
END_TEST

START_TEST(a_client_that_ends_its_stream_gets_its_answer)
{
	int fd;

	start();
	fd = connect_here();
	say(fd, "last");
	shutdown(fd, SHUT_WR);
	expect(fd, "last");
	expect_end(fd);
	await_log("left (ended)");
}
END_TEST

START_TEST(a_byte_at_a_time_costs_nothing)
{
	int fd;

	setup.idle_ns = 1000000000;
	start();
	fd = connect_here();
	for (int i = 0; i < 6; i++) {
		say(fd, "x");
		expect(fd, "x");
		usleep(300000);
	}
	ck_assert_int_le(cpu_ticks(), sysconf(_SC_CLK_TCK) / 5);
	close(fd);
}
END_TEST

START_TEST(the_silent_leave_and_so_do_the_late)
{
	int silent, late;

	protocol.needs = PROTOCOL_HANDSHAKE;
	setup.idle_ns = 600000000;
	setup.handshake_ns = 200000000;
	start();
	late = connect_here();
	silent = connect_here();
	say(silent, "admit");
	expect_end(late);
	await_log("left (late)");
	expect_end(silent);
	await_log("left (idle)");
}
END_TEST

START_TEST(nobody_who_reads_the_log_is_needed)
{
	int fd;

	start();
	close(log_fd);
	fd = connect_here();
	expect_echo(fd);
	close(fd);
	fd = connect_here();
	expect_echo(fd);
	expect_no_spin();
	close(fd);
	kill(child, SIGTERM);
	ck_assert_int_eq(await_end(), 0);
}
END_TEST

START_TEST(lines_of_the_console_come_from_a_pipe)
{
	int ends[2], fd;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	protocol.needs = PROTOCOL_CONSOLE;
	setup.console_fd = ends[0];
	start();
	close(ends[0]);
	fd = connect_here();
	expect_echo(fd);
	dprintf(ends[1], "hel");
	usleep(20000);
	dprintf(ends[1], "lo\r\n");
	expect(fd, "hello");
	/* The operator leaves, the clients stay. */
	close(ends[1]);
	expect_echo(fd);
	expect_no_spin();
	close(fd);
}
END_TEST

START_TEST(lines_of_the_console_come_from_a_file)
{
	temporary_folder_write("lines", "one\n\x1b[2J\ttwo\nlast");
	protocol.needs = PROTOCOL_CONSOLE;
	setup.console_fd = open("lines", O_RDONLY);
	ck_assert_int_ge(setup.console_fd, 0);
	start();
	await_log("\none\n?[2J two\nlast\n");
	expect_no_spin();
	close(setup.console_fd);
}
END_TEST

START_TEST(a_console_of_nothing_is_no_reason_to_spin)
{
	int fd;

	protocol.needs = PROTOCOL_CONSOLE;
	setup.console_fd = open("/dev/null", O_RDONLY);
	start();
	fd = connect_here();
	expect_echo(fd);
	expect_no_spin();
	close(fd);
	close(setup.console_fd);
}
END_TEST

START_TEST(logins_are_answered)
{
	int fd, other;

	setup.users = "users.db";
	start();
	fd = connect_here();
	say(fd, "new alice");
	/* Who leaves before the answer disturbs nobody. */
	other = connect_here();
	say(other, "login alice");
	close(other);
	expect(fd, "answer 0");
	say(fd, "new alice");
	expect(fd, "answer 1");
	say(fd, "login bob");
	expect(fd, "answer 2");
	close(fd);
}
END_TEST

START_TEST(files_are_kept_in_the_folder_or_refused)
{
	size_t len;
	char *data;
	int fd;

	setup.files = "kept";
	start();
	fd = connect_here();
	say(fd, "keep");
	expect(fd, "f/x");
	say(fd, "keep");
	expect(fd, "f/x (2)");
	data = temporary_folder_read("kept/f/x (2)", &len);
	ck_assert_str_eq(data, "data");
	free(data);
	close(fd);
}
END_TEST

START_TEST(counters_are_logged_on_a_signal)
{
	int fd;

	start();
	fd = connect_here();
	expect_echo(fd);
	kill(child, SIGUSR1);
	await_log("clients 1, connections 1, refused 0, bytes_in 14, "
	    "bytes_out 14, messages 1, ");
	expect_echo(fd);
	close(fd);
}
END_TEST

START_TEST(events_tell_of_each_step)
{
	static const char *const names[] = {
		"\"listening\"", "\"connected\"", "\"admitted\"",
		"\"left\"", "\"why\":\"closed\"", "\"stop\"",
	};
	const char *at;
	char *data;
	int fd;

	setup.events = "events";
	protocol.needs = PROTOCOL_HANDSHAKE;
	start();
	fd = connect_here();
	say(fd, "admit");
	usleep(50000);
	say(fd, "shut");
	expect_end(fd);
	await_log("left (closed)");
	kill(child, SIGTERM);
	ck_assert_int_eq(await_end(), 0);
	data = temporary_folder_read("events", NULL);
	at = data;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		at = strstr(at, names[i]);
		ck_assert_msg(at != NULL, "%s: %s", names[i], data);
	}
	free(data);
}
END_TEST

/* Both at the same port, one after the other and at the same time. */
START_TEST(a_port_can_be_used_again_at_once_but_not_twice)
{
	struct errbuf err;
	int fd;

	start();
	setup.port = port;
	fd = connect_here();
	expect_echo(fd);
	setup.log_fd = -1;
	ck_assert_int_eq(server_run(&setup, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, ": Address already in use"));
	kill(child, SIGTERM);
	expect(fd, "farewell");
	expect_end(fd);
	ck_assert_int_eq(await_end(), 0);
	log_len = 0;
	log_text[0] = '\0';
	start();
	fd = connect_here();
	expect_echo(fd);
	close(fd);
}
END_TEST

static const struct {
	const char *host, *users, *files, *events, *message;
} failures[] = {
	{ .host = "192.0.2.1", .message = "192.0.2.1:0: Cannot assign "
	    "requested address" },
	{ .host = "", .message = "'' is no address or host name" },
	{ .users = "/nonexistent/u", .message = "/nonexistent/u" },
	{ .files = "/nonexistent/f", .message = "/nonexistent/f: No such file "
	    "or directory" },
	{ .events = "/nonexistent/e", .message = "/nonexistent/e: No such "
	    "file or directory" },
};
enum { FAILURES = sizeof(failures) / sizeof(failures[0]) };

START_TEST(what_cannot_be_opened_is_named)
{
	struct errbuf err;

	setup.log_fd = -1;
	setup.host = failures[_i].host;
	setup.users = failures[_i].users;
	setup.files = failures[_i].files;
	setup.events = failures[_i].events;
	ck_assert_int_eq(server_run(&setup, &err), -1);
	ck_assert_msg(strncmp(err.text, failures[_i].message,
	    strlen(failures[_i].message)) == 0, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("server");
	TCase *tc = tcase_create("server");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, it_serves_until_a_signal_ends_it_in_order, 0,
	    3);
	tcase_add_test(tc, ipv6_works_as_ipv4_does);
	tcase_add_test(tc, all_addresses_take_both_and_name_ipv4_plainly);
	tcase_add_test(tc,
	    under_nohup_the_end_of_a_terminal_is_not_its_own);
	tcase_add_test(tc, the_protocol_ends_it_with_its_status);
	tcase_add_test(tc, a_second_signal_waits_for_nobody);
	tcase_add_test(tc, who_does_not_read_does_not_keep_it_from_ending);
	tcase_add_test(tc,
	    who_does_not_read_is_dropped_and_others_are_served);
	tcase_add_test(tc, more_than_clients_max_are_turned_away);
	tcase_add_test(tc, without_descriptors_it_pauses_and_does_not_spin);
	tcase_add_test(tc, a_client_that_is_reset_disturbs_nobody);
	tcase_add_test(tc, a_client_that_ends_its_stream_gets_its_answer);
	tcase_add_test(tc, a_byte_at_a_time_costs_nothing);
	tcase_add_test(tc, the_silent_leave_and_so_do_the_late);
	tcase_add_test(tc, nobody_who_reads_the_log_is_needed);
	tcase_add_test(tc, lines_of_the_console_come_from_a_pipe);
	tcase_add_test(tc, lines_of_the_console_come_from_a_file);
	tcase_add_test(tc, a_console_of_nothing_is_no_reason_to_spin);
	tcase_add_test(tc, logins_are_answered);
	tcase_add_test(tc, files_are_kept_in_the_folder_or_refused);
	tcase_add_test(tc, counters_are_logged_on_a_signal);
	tcase_add_test(tc, events_tell_of_each_step);
	tcase_add_test(tc, a_port_can_be_used_again_at_once_but_not_twice);
	tcase_add_loop_test(tc, what_cannot_be_opened_is_named, 0, FAILURES);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	/* Whoever runs the tests may have it ignored, as nohup(1) does. */
	signal(SIGHUP, SIG_DFL);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
