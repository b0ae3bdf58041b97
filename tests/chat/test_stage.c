/*
 * The stage itself: what the tests of the protocols stand on.
 */
#include <signal.h>

#include "tests/chat/stage.h"

/* A side that writes down what it is told, and does what a test asks. */
struct log {
	struct world *world;
	char text[1024];
};

typedef void (*act)(struct log *log, struct peer *peer);

static act on_joined, on_received, on_drained, on_timer;
static struct log *last;	/* the log of the side that was opened */

static void
note(struct log *log, const char *what, const struct peer *peer)
{
	size_t n = strlen(log->text);

	snprintf(log->text + n, sizeof(log->text) - n, "%s%s(%s)",
	    n == 0 ? "" : " ", what, peer == NULL ? "" : peer->label);
}

static void *
open_log(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	(void)settings;
	(void)err;
	last = calloc(1, sizeof(*last));
	last->world = world;
	return last;
}

static void
told(struct log *log, const char *what, struct peer *peer, act then)
{
	note(log, what, peer);
	if (then != NULL)
		then(log, peer);
}

static int
joined(void *state, struct peer *peer)
{
	told(state, "joined", peer, on_joined);
	return 0;
}

static void
received(void *state, struct peer *peer, const uint8_t *data, size_t len)
{
	char what[64];

	snprintf(what, sizeof(what), "received:%.*s", (int)len,
	    (const char *)data);
	told(state, what, peer, on_received);
}

static void
left(void *state, struct peer *peer, enum left why)
{
	char what[32];

	snprintf(what, sizeof(what), "left:%d", (int)why);
	told(state, what, peer, NULL);
}

static void
drained(void *state, struct peer *peer)
{
	told(state, "drained", peer, on_drained);
}

static void
timer(void *state, struct peer *peer, unsigned id)
{
	char what[32];

	snprintf(what, sizeof(what), "timer:%u", id);
	told(state, what, peer, on_timer);
}

static void
answered(void *state, struct peer *peer, enum login_answer answer)
{
	char what[32];

	snprintf(what, sizeof(what), "answered:%d", (int)answer);
	told(state, what, peer, NULL);
}

static void
close_log(void *state)
{
	free(state);
}

static const struct side side = {
	.open = open_log,
	.joined = joined,
	.received = received,
	.left = left,
	.drained = drained,
	.timer = timer,
	.answered = answered,
	.close = close_log,
};

static struct fake_world *
begin(void)
{
	static struct chat_settings settings;

	settings = fake_settings();
	on_joined = on_received = on_drained = on_timer = NULL;
	return fake_world_new(&side, &settings);
}

static void
close_in_order(struct log *log, struct peer *peer)
{
	world_close(log->world, peer, false);
}

static void
send_much(struct log *log, struct peer *peer)
{
	static const uint8_t much[WORLD_LOW_WATER];

	world_send(log->world, peer, much, sizeof(much));
}

static void
hold(struct log *log, struct peer *peer)
{
	world_hold(log->world, peer, true);
}

START_TEST(a_peer_that_was_closed_leaves_and_gets_no_more)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "127.0.0.1:1");

	on_received = close_in_order;
	fake_receive_text(world, a, "x");
	ck_assert(fake_is_gone(world, a));
	fake_receive_text(world, a, "y");
	fake_finish(world, a);
	fake_leave(world, a, LEFT_LOST);
	ck_assert_str_eq(last->text, "joined(127.0.0.1:1) "
	    "received:x(127.0.0.1:1) left:2(127.0.0.1:1)");
	fake_world_free(world);
}
END_TEST

START_TEST(the_end_of_a_peer_closes_it_where_nobody_listens_for_that)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "[::1]:9");

	fake_finish(world, a);
	ck_assert_str_eq(last->text, "joined([::1]:9) left:0([::1]:9)");
	ck_assert_str_eq(a->ip, "::1");
	ck_assert_int_eq(a->address.version, 6);
	ck_assert_uint_eq(a->address.port, 9);
	fake_world_free(world);
}
END_TEST

START_TEST(what_a_held_peer_writes_waits)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "127.0.0.1:1");

	on_received = hold;
	fake_receive_text(world, a, "x");
	fake_receive_text(world, a, "y");
	fake_finish(world, a);
	ck_assert(fake_is_held(world, a));
	ck_assert_str_eq(last->text,
	    "joined(127.0.0.1:1) received:x(127.0.0.1:1)");
	on_received = NULL;
	world_hold(last->world, a, false);
	fake_settle(world);
	ck_assert_str_eq(last->text, "joined(127.0.0.1:1) "
	    "received:x(127.0.0.1:1) received:y(127.0.0.1:1) "
	    "left:0(127.0.0.1:1)");
	fake_world_free(world);
}
END_TEST

START_TEST(a_reader_is_drained_after_much)
{
	struct fake_world *world = begin();
	struct peer *a;

	on_joined = send_much;
	a = fake_join(world, "127.0.0.1:1");
	ck_assert_str_eq(last->text,
	    "joined(127.0.0.1:1) drained(127.0.0.1:1)");
	ck_assert_uint_eq(fake_queued_bytes(world, a), 0);
	fake_world_free(world);
}
END_TEST

START_TEST(who_does_not_read_is_not_drained_nor_closed)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "127.0.0.1:1");

	fake_set_reading(world, a, false);
	on_received = send_much;
	fake_receive_text(world, a, "x");
	ck_assert_uint_eq(fake_queued_bytes(world, a), WORLD_LOW_WATER);
	world_close(last->world, a, false);
	fake_settle(world);
	ck_assert(!fake_is_gone(world, a));
	fake_set_reading(world, a, true);
	ck_assert(fake_is_gone(world, a));
	fake_world_free(world);
}
END_TEST

START_TEST(timers_come_at_their_times_in_order)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "127.0.0.1:1");

	world_timer(last->world, NULL, 2, 30);
	world_timer(last->world, a, 1, 20);
	world_timer(last->world, a, 0, 20);
	world_timer(last->world, a, 3, 10);
	world_timer(last->world, a, 3, -1);
	fake_pass(world, 19);
	ck_assert_str_eq(last->text, "joined(127.0.0.1:1)");
	fake_pass(world, 11);
	ck_assert_str_eq(last->text, "joined(127.0.0.1:1) "
	    "timer:1(127.0.0.1:1) timer:0(127.0.0.1:1) timer:2()");
	fake_world_free(world);
}
END_TEST

/* The registration comes first, whoever asks afterwards. */
START_TEST(logins_are_answered_in_order)
{
	struct fake_world *world = begin();
	struct peer *a = fake_join(world, "127.0.0.1:1");
	struct peer *b = fake_join(world, "127.0.0.1:2");
	struct login make = { true, "ada", "pw", 2 };
	struct login wrong = { false, "ada", "PW", 2 };

	last->text[0] = '\0';
	world_login(last->world, a, &make);
	world_login(last->world, b, &make);
	fake_settle(world);
	ck_assert_str_eq(last->text,
	    "answered:0(127.0.0.1:1) answered:1(127.0.0.1:2)");
	last->text[0] = '\0';
	world_login(last->world, a, &wrong);
	world_name_known(last->world, b, "bob");
	fake_settle(world);
	ck_assert_str_eq(last->text,
	    "answered:2(127.0.0.1:1) answered:5(127.0.0.1:2)");
	fake_world_free(world);
}
END_TEST

START_TEST(files_are_kept_under_names_of_their_own)
{
	struct fake_world *world = begin();
	struct errbuf err = { "" };
	struct world_file *f;
	char name[64];
	size_t len;

	for (int i = 0; i < 2; i++) {
		f = world_file_make(last->world, "../ada", "/etc/.notes",
		    &err);
		ck_assert_uint_eq(fake_temporary_files(world), 1);
		ck_assert_int_eq(world_file_write(last->world, f, "text", 4,
		    &err), 0);
		ck_assert_int_eq(world_file_keep(last->world, f, name,
		    sizeof(name), &err), 0);
	}
	ck_assert_str_eq(name, "_._ada/_notes (2)");
	ck_assert_str_eq((const char *)fake_file(world, "_._ada/_notes", &len),
	    "text");
	fake_set_disk(world, 3);
	f = world_file_make(last->world, "", "x", &err);
	ck_assert_int_eq(world_file_write(last->world, f, "text", 4, &err),
	    -1);
	ck_assert_str_eq(err.text, "x: No space left on device");
	world_file_drop(last->world, f);
	ck_assert_uint_eq(fake_temporary_files(world), 0);
	ck_assert_ptr_null(fake_file(world, "x", &len));
	fake_world_free(world);
}
END_TEST

/* What a side must not do. */
static void
speak_of_one_who_left(struct fake_world *world, struct peer *a)
{
	fake_leave(world, a, LEFT_LOST);
	world_send(last->world, a, "x", 1);
}

static void
ask_twice(struct fake_world *world, struct peer *a)
{
	(void)world;
	world_name_known(last->world, a, "ada");
	world_name_known(last->world, a, "ada");
}

static void
leave_a_file_open(struct fake_world *world, struct peer *a)
{
	struct errbuf err;

	(void)a;
	world_file_make(last->world, "", "x", &err);
	fake_world_free(world);
}

static void
set_again(struct log *log, struct peer *peer)
{
	world_timer(log->world, peer, 0, 0);
}

static void
spin_by_timers(struct fake_world *world, struct peer *a)
{
	on_timer = set_again;
	world_timer(last->world, a, 0, 0);
	fake_pass(world, 1);
}

static void
take_a_timer_that_is_none(struct fake_world *world, struct peer *a)
{
	(void)world;
	world_timer(last->world, a, WORLD_TIMERS, 0);
}

static void (*const faults[])(struct fake_world *, struct peer *) = {
	speak_of_one_who_left, ask_twice, leave_a_file_open, spin_by_timers,
	take_a_timer_that_is_none,
};
enum { FAULTS = sizeof(faults) / sizeof(faults[0]) };

START_TEST(a_fault_of_the_side_aborts)
{
	struct fake_world *world = begin();

	faults[_i](world, fake_join(world, "127.0.0.1:1"));
}
END_TEST

static const struct {
	const char *name;
	unsigned connections;
	size_t datagrams;
} recordings[] = {
	{ "cs330_open_secure", 1, 0 },	/* and one that was refused */
	{ "mp2_echo", 2, 0 },
	{ "mp3_basicim_long", 2, 0 },	/* and the end of an older one */
	{ "mp4_encryptedim", 5, 0 },
	{ "ntnu_chat", 3, 3 },
	{ "oel_nick_chatroom", 6, 0 },
	{ "pcs2_chat_file_quiz", 2, 0 },
};
enum { RECORDINGS = sizeof(recordings) / sizeof(recordings[0]) };

START_TEST(a_recording_has_its_connections)
{
	struct replay *replay = replay_read(recordings[_i].name);
	size_t count, datagrams = 0;
	const struct replay_event *events = replay_events(replay, &count);

	for (size_t i = 0; i < count; i++) {
		datagrams += events[i].kind == REPLAY_DATAGRAM;
		ck_assert_uint_lt(events[i].connection,
		    replay_connections(replay));
		ck_assert(i == 0 ||
		    events[i].time_ns >= events[i - 1].time_ns);
	}
	ck_assert_uint_eq(replay_connections(replay),
	    recordings[_i].connections);
	ck_assert_uint_eq(datagrams, recordings[_i].datagrams);
	replay_free(replay);
}
END_TEST

/* The log side says nothing, so the first byte of the other is missing. */
START_TEST(a_difference_is_told)
{
	struct replay *replay = replay_read("mp2_echo");
	struct fake_world *world = begin();

	replay_to_server(replay, world, REPLAY_PIECES, NULL, NULL);
	ck_assert_str_eq(replay_difference(replay, 1, false),
	    "connection 1, byte 0: | instead of abc|");
	ck_assert_str_eq(replay_difference(replay, 1, true),
	    "piece 0, byte 0: | instead of abc|");
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

START_TEST(pieces_are_played_as_they_are_cut)
{
	static const char *const texts[] = {
		[REPLAY_PIECES] = "received:No data(",
		[REPLAY_JOINED] = "received:No data3(",
		[REPLAY_BYTES] = "received:N(",
	};
	struct replay *replay = replay_read("cs330_open_secure");
	struct fake_world *world = begin();

	replay_to_server(replay, world, (enum replay_cut)_i, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(last->text, texts[_i]));
	ck_assert_int_eq(strstr(last->text, "received:No data3") != NULL,
	    _i == REPLAY_JOINED);
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

/* Who aborts needs a process of its own: not with CK_FORK=no. */
static void
add_faults(Suite *s)
{
	const char *fork = getenv("CK_FORK");
	TCase *tc;

	if (fork != NULL && strcmp(fork, "no") == 0)
		return;
	tc = tcase_create("faults");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test_raise_signal(tc, a_fault_of_the_side_aborts,
	    SIGABRT, 0, FAULTS);
	suite_add_tcase(s, tc);
}

static Suite *
suite(void)
{
	Suite *s = suite_create("stage");
	TCase *tc = tcase_create("world");
	TCase *recorded = tcase_create("recordings");

	tcase_add_test(tc, a_peer_that_was_closed_leaves_and_gets_no_more);
	tcase_add_test(tc,
	    the_end_of_a_peer_closes_it_where_nobody_listens_for_that);
	tcase_add_test(tc, what_a_held_peer_writes_waits);
	tcase_add_test(tc, a_reader_is_drained_after_much);
	tcase_add_test(tc, who_does_not_read_is_not_drained_nor_closed);
	tcase_add_test(tc, timers_come_at_their_times_in_order);
	tcase_add_test(tc, logins_are_answered_in_order);
	tcase_add_test(tc, files_are_kept_under_names_of_their_own);
	suite_add_tcase(s, tc);
	add_faults(s);
	tcase_add_loop_test(recorded, a_recording_has_its_connections, 0,
	    RECORDINGS);
	tcase_add_test(recorded, a_difference_is_told);
	tcase_add_loop_test(recorded, pieces_are_played_as_they_are_cut, 0, 3);
	add_recordings(s, recorded);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
