#include "chat/net/connection.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * One side that does what the test says, and keeps what it was told.  Our end
 * of a socket pair is the connection, the test holds the other.
 */
enum { MS = 1000000, SEND_BUFFER = 200000 };

static struct net_world world;
static struct event_base *base;
static struct connection_rules rules;
static struct side side;
static int near_end, far_end;
static struct peer *peer;

static char received[2000000];
static size_t received_len, largest_read;
static int reads, joins, leaves, finishes, drains, timer_calls, admissions;
static unsigned timer_id;
static int left_before;
static int64_t timer_set_ns, timer_due_ns;
static enum left left_why;
static bool inside;		/* a call of the side */
static void (*on_received)(struct peer *p);

static const struct chat_address address = {
	.version = 4, .bytes = { 127, 0, 0, 1 }, .port = 41246,
};

static const struct world_actions actions = {
	.send = net_world_send, .queued = net_world_queued, .hold = net_world_hold,
	.close = net_world_close, .admit = net_world_admit, .timer = net_world_timer,
	.now_ns = net_world_now_ns, .random = net_world_random,
};

static void
enter(void *state)
{
	ck_assert_ptr_eq(state, &world);
	ck_assert_msg(!inside, "the side was called within its own call");
	inside = true;
}

static int
side_joined(void *state, struct peer *p)
{
	enter(state);
	ck_assert_str_eq(p->label, "127.0.0.1:41246");
	ck_assert_str_eq(p->ip, "127.0.0.1");
	joins++;
	inside = false;
	return 0;
}

static int
side_refuses(void *state, struct peer *p)
{
	(void)state;
	world_send(&world.world, p, "no", 2);
	return -1;
}

static void
side_received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	enter(state);
	ck_assert_uint_ge(len, 1);
	ck_assert_uint_le(len, SIDE_READ_MAX);
	ck_assert_uint_le(received_len + len, sizeof(received));
	memcpy(received + received_len, data, len);
	received_len += len;
	if (len > largest_read)
		largest_read = len;
	reads++;
	if (on_received != NULL)
		on_received(p);
	inside = false;
}

static void
side_finished(void *state, struct peer *p)
{
	enter(state);
	(void)p;
	finishes++;
	inside = false;
}

static void
side_left(void *state, struct peer *p, enum left why)
{
	enter(state);
	ck_assert_ptr_eq(p, peer);
	leaves++;
	left_why = why;
	inside = false;
}

static void
side_drained(void *state, struct peer *p)
{
	enter(state);
	ck_assert_uint_lt(world_queued(&world.world, p), WORLD_LOW_WATER);
	drains++;
	inside = false;
}

static void
side_timer(void *state, struct peer *p, unsigned id)
{
	enter(state);
	ck_assert(p == NULL || p == peer);
	timer_calls++;
	timer_id = id;
	timer_due_ns = net_world_now_ns(NULL);
	inside = false;
}

static void
owner_admitted(void *owner, struct peer *p)
{
	ck_assert_ptr_eq(owner, &world);
	ck_assert_ptr_eq(p, peer);
	admissions++;
}

static void
set_up(void)
{
	side = (struct side){
		.joined = side_joined, .received = side_received,
		.finished = side_finished, .left = side_left,
		.drained = side_drained, .timer = side_timer,
	};
	rules = (struct connection_rules){
		.side = &side, .send_buffer = SEND_BUFFER,
		.owner = &world, .admitted = owner_admitted,
	};
	world.world.actions = &actions;
	base = event_base_new();
	ck_assert_ptr_nonnull(base);
	on_received = NULL;
}

/* With the rules as they are by now. */
static void
connect_pair(void)
{
	struct errbuf err;
	int ends[2];

	world.connections = connections_new(base, &rules, &err);
	ck_assert_ptr_nonnull(world.connections);
	connections_set_state(world.connections, &world);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	near_end = ends[0];
	far_end = ends[1];
	ck_assert_int_eq(fcntl(far_end, F_SETFL, O_NONBLOCK), 0);
	peer = connections_add(world.connections, ends[0], &address);
}

static void
tear_down(void)
{
	connections_free(world.connections);
	world.connections = NULL;
	event_base_free(base);
	if (far_end >= 0)
		close(far_end);
}

static void
far_close(void)
{
	close(far_end);
	far_end = -1;
}

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
pass_ms(int ms)
{
	int64_t end_ns = net_world_now_ns(NULL) + (int64_t)ms * MS;

	do {
		turn();
		usleep(500);
	} while (net_world_now_ns(NULL) < end_ns);
}

static void
far_write(const void *data, size_t len)
{
	ck_assert_int_eq(write(far_end, data, len), (ssize_t)len);
	turn();
}

/* All that is there; -1 at the end of the stream. */
static ssize_t
far_read(void *data, size_t room)
{
	ssize_t n = read(far_end, data, room);

	ck_assert(n >= 0 || errno == EAGAIN);
	return n < 0 ? 0 : n == 0 ? -1 : n;
}

static void
send_text(const char *text)
{
	world_send(&world.world, peer, text, strlen(text));
}

static void
assert_left(enum left why)
{
	ck_assert_int_eq(leaves, 1);
	ck_assert_int_eq(left_why, why);
}

START_TEST(bytes_go_both_ways)
{
	const struct connection_facts *facts;
	char data[100];

	connect_pair();
	ck_assert_int_eq(joins, 1);
	far_write("hello", 5);
	ck_assert_uint_eq(received_len, 5);
	ck_assert_mem_eq(received, "hello", 5);
	send_text("hi");
	ck_assert_uint_eq(world_queued(&world.world, peer), 0);
	ck_assert_int_eq(far_read(data, sizeof(data)), 2);
	facts = connection_facts(peer);
	ck_assert_uint_eq(facts->bytes_in, 5);
	ck_assert_uint_eq(facts->bytes_out, 2);
	ck_assert_uint_eq(facts->messages, 1);
	ck_assert_uint_eq(connections_totals(world.connections)->bytes_in, 5);
}
END_TEST

START_TEST(one_readiness_is_one_read)
{
	static char data[SIDE_READ_MAX + 1];
	int room = 1 << 20;

	connect_pair();
	setsockopt(far_end, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ck_assert_int_eq(write(far_end, data, sizeof(data)), sizeof(data));
	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	ck_assert_int_eq(reads, 1);
	turn();
	ck_assert_uint_eq(received_len, sizeof(data));
}
END_TEST

static void
far_write_much(void)
{
	static char data[150000];
	size_t before = received_len;

	ck_assert_int_eq(write(far_end, data, sizeof(data)), sizeof(data));
	while (received_len < before + sizeof(data))
		turn();
}

static void
connect_with_room(void)
{
	int room = 1 << 20;

	connect_pair();
	setsockopt(far_end, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

START_TEST(reads_grow)
{
	connect_with_room();
	far_write_much();
	far_write_much();
	ck_assert_uint_eq(largest_read, SIDE_READ_MAX);
}
END_TEST

static void
answer_often(struct peer *p)
{
	char data[1000];

	for (int i = 0; i < 400; i++) {
		world_send(&world.world, p, "x", 1);
		if (i % 50 == 0)
			far_read(data, sizeof(data));
	}
}

START_TEST(reads_that_lead_to_many_messages_are_small)
{
	connect_with_room();
	far_write_much();
	ck_assert_uint_gt(largest_read, 1024);
	on_received = answer_often;
	far_write("x", 1);
	largest_read = 0;
	far_write_much();
	ck_assert_uint_eq(largest_read, 1024);

	/* And grow again. */
	on_received = NULL;
	far_write_much();
	ck_assert_uint_gt(largest_read, 1024);
}
END_TEST

/* Fills what the kernel takes; the bytes that then wait. */
static size_t
fill(size_t piece)
{
	static char data[SEND_BUFFER];

	memset(data, 'x', piece);
	while (world_queued(&world.world, peer) == 0)
		world_send(&world.world, peer, data, piece);
	return world_queued(&world.world, peer);
}

static void
few_kernel_buffers(void)
{
	int room = 4096;

	ck_assert_int_eq(setsockopt(near_end, SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof(room)), 0);
}

static size_t
far_read_all(void)
{
	static char data[1 << 16];
	size_t sum = 0;
	ssize_t n;

	for (int quiet = 0; quiet < 3; ) {
		n = far_read(data, sizeof(data));
		if (n < 0)
			break;
		quiet = n == 0 ? quiet + 1 : 0;
		sum += (size_t)n;
		turn();
	}
	return sum;
}

START_TEST(what_waits_is_written_when_there_is_room)
{
	size_t waits;

	connect_pair();
	few_kernel_buffers();
	waits = fill(3000);
	ck_assert_uint_gt(waits, 0);
	send_text("last");
	ck_assert_uint_eq(world_queued(&world.world, peer), waits + 4);
	ck_assert_uint_eq(far_read_all() % 3000, 4);
	ck_assert_uint_eq(world_queued(&world.world, peer), 0);
	ck_assert_int_eq(drains, 0);
	turn();
	ck_assert_int_eq(leaves, 0);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_dropped)
{
	connect_pair();
	few_kernel_buffers();
	fill(3000);
	for (int i = 0; i < SEND_BUFFER / 1000; i++) {
		static char data[1000];

		world_send(&world.world, peer, data, sizeof(data));
	}
	ck_assert_int_eq(leaves, 0);
	turn();
	assert_left(LEFT_SLOW);
	ck_assert_uint_eq(connections_count(world.connections), 0);
}
END_TEST

/* A byte costs more to keep than to send. */
START_TEST(many_small_messages_count_with_what_they_cost)
{
	connect_pair();
	few_kernel_buffers();
	fill(3000);
	for (int i = 0; i < SEND_BUFFER / 16; i++)
		send_text("x");
	turn();
	assert_left(LEFT_SLOW);
}
END_TEST

START_TEST(half_of_the_buffer_stops_reading_and_little_starts_it)
{
	static char data[SEND_BUFFER * 3 / 4];

	connect_pair();
	few_kernel_buffers();
	world_send(&world.world, peer, data, sizeof(data));
	ck_assert_uint_gt(world_queued(&world.world, peer), SEND_BUFFER / 2);
	far_write("hello", 5);
	pass_ms(2);
	ck_assert_uint_eq(received_len, 0);
	ck_assert_uint_eq(far_read_all(), sizeof(data));
	ck_assert_uint_eq(received_len, 5);
	ck_assert_int_eq(drains, 1);
}
END_TEST

START_TEST(a_held_peer_is_not_read)
{
	connect_pair();
	world_hold(&world.world, peer, true);
	far_write("hello", 5);
	ck_assert_int_eq(reads, 0);
	world_hold(&world.world, peer, false);
	turn();
	ck_assert_uint_eq(received_len, 5);
}
END_TEST

/* Datagrams keep the borders of the writes. */
static void
assert_writes(bool framed, const size_t *lens, size_t n)
{
	struct errbuf err;
	int ends[2], room = 4096;
	char data[65536];

	rules.framed = framed;
	world.connections = connections_new(base, &rules, &err);
	connections_set_state(world.connections, &world);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	far_end = ends[1];
	ck_assert_int_eq(fcntl(far_end, F_SETFL, O_NONBLOCK), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	peer = connections_add(world.connections, ends[0], &address);
	while (world_queued(&world.world, peer) == 0)
		world_send(&world.world, peer, data, 1000);
	send_text("one");
	send_text("three");
	send_text("fourfour");
	while (far_read(data, sizeof(data)) == 1000)
		;
	for (size_t i = 0; i < n; i++) {
		ssize_t got;

		turn();
		got = far_read(data, sizeof(data));
		ck_assert_int_eq(got, (ssize_t)lens[i]);
	}
	turn();
	ck_assert_int_eq(far_read(data, sizeof(data)), 0);
}

START_TEST(waiting_messages_are_not_joined)
{
	static const size_t lens[] = { 1000, 3, 5, 8 };

	assert_writes(false, lens, 4);
}
END_TEST

START_TEST(waiting_messages_of_a_framed_protocol_are_joined)
{
	static const size_t lens[] = { 1016 };

	assert_writes(true, lens, 1);
}
END_TEST

START_TEST(the_end_of_the_peers_stream_is_told)
{
	char data[10];

	connect_pair();
	ck_assert_int_eq(write(far_end, "bye", 3), 3);
	shutdown(far_end, SHUT_WR);
	pass_ms(2);
	ck_assert_uint_eq(received_len, 3);
	ck_assert_int_eq(finishes, 1);
	ck_assert_int_eq(leaves, 0);
	/* It still reads. */
	send_text("bye");
	ck_assert_int_eq(far_read(data, sizeof(data)), 3);
	world_close(&world.world, peer, false);
	ck_assert_int_eq(leaves, 0);
	turn();
	assert_left(LEFT_CLOSED);
	ck_assert_int_eq(far_read(data, sizeof(data)), -1);
}
END_TEST

START_TEST(a_side_without_finished_answers_and_closes)
{
	side.finished = NULL;
	connect_pair();
	few_kernel_buffers();
	fill(3000);
	shutdown(far_end, SHUT_WR);
	pass_ms(2);
	ck_assert_int_eq(leaves, 0);
	ck_assert_uint_eq(far_read_all() % 3000, 0);
	turn();
	assert_left(LEFT_ENDED);
}
END_TEST

static void
close_it(struct peer *p)
{
	world_close(&world.world, p, true);
	world_send(&world.world, p, "too late", 8);
	world_close(&world.world, p, false);
	ck_assert(!connection_is_open(p));
}

START_TEST(nothing_is_received_after_a_close)
{
	char data[10];

	on_received = close_it;
	connect_pair();
	far_write("a", 1);
	assert_left(LEFT_CLOSED);
	ck_assert_int_eq(reads, 1);
	ck_assert_int_eq(far_read(data, sizeof(data)), -1);
}
END_TEST

START_TEST(a_close_waits_for_what_was_sent)
{
	connect_pair();
	few_kernel_buffers();
	fill(3000);
	send_text("last words");
	world_close(&world.world, peer, false);
	far_write("ignored", 7);
	pass_ms(2);
	ck_assert_int_eq(leaves, 0);
	ck_assert_int_eq(reads, 0);
	ck_assert_uint_eq(far_read_all() % 3000, 10);
	turn();
	assert_left(LEFT_CLOSED);
}
END_TEST

/* Unread input would turn our close into a reset, and the words were lost. */
START_TEST(a_closed_connection_lingers_until_the_peer_closes)
{
	char data[10];

	rules.linger_ns = (int64_t)10000 * MS;
	connect_pair();
	send_text("refused");
	world_close(&world.world, peer, false);
	turn();
	assert_left(LEFT_CLOSED);
	ck_assert_uint_eq(connections_count(world.connections), 1);
	far_write("still talking", 13);
	ck_assert_int_eq(reads, 0);
	ck_assert_int_eq(far_read(data, sizeof(data)), 7);
	ck_assert_int_eq(far_read(data, sizeof(data)), -1);
	far_close();
	turn();
	ck_assert_uint_eq(connections_count(world.connections), 0);
}
END_TEST

START_TEST(a_closed_connection_lingers_so_long_and_no_longer)
{
	rules.linger_ns = 20 * MS;
	connect_pair();
	world_close(&world.world, peer, false);
	turn();
	ck_assert_uint_eq(connections_count(world.connections), 1);
	pass_ms(40);
	ck_assert_uint_eq(connections_count(world.connections), 0);
}
END_TEST

START_TEST(what_was_sent_before_a_loss_is_read)
{
	connect_pair();
	ck_assert_int_eq(write(far_end, "farewell", 8), 8);
	far_close();
	send_text("x");
	send_text("x");
	ck_assert_int_eq(leaves, 0);
	pass_ms(2);
	ck_assert_uint_eq(received_len, 8);
	assert_left(LEFT_LOST);
}
END_TEST

START_TEST(a_loss_is_found_although_the_peer_is_held)
{
	connect_pair();
	world_hold(&world.world, peer, true);
	far_close();
	send_text("x");
	ck_assert_int_eq(leaves, 0);
	turn();
	assert_left(LEFT_LOST);
}
END_TEST

START_TEST(a_refused_peer_leaves_without_a_word)
{
	char data[10];

	side.joined = side_refuses;
	connect_pair();
	ck_assert_ptr_null(peer);
	turn();
	ck_assert_int_eq(leaves, 0);
	ck_assert_uint_eq(connections_count(world.connections), 0);
	ck_assert_int_eq(far_read(data, sizeof(data)), 2);
	ck_assert_int_eq(far_read(data, sizeof(data)), -1);
}
END_TEST

START_TEST(a_silent_peer_is_idle)
{
	rules.idle_ns = 30 * MS;
	connect_pair();
	for (int i = 0; i < 4; i++) {
		pass_ms(15);
		far_write("x", 1);
	}
	ck_assert_int_eq(leaves, 0);
	pass_ms(45);
	assert_left(LEFT_IDLE);
}
END_TEST

START_TEST(who_does_not_say_who_it_is_is_late)
{
	rules.handshake = true;
	rules.handshake_ns = 30 * MS;
	connect_pair();
	for (int i = 0; i < 4; i++) {
		pass_ms(15);
		if (leaves == 0)
			far_write("x", 1);
	}
	assert_left(LEFT_LATE);
}
END_TEST

START_TEST(who_is_admitted_is_not_late)
{
	rules.handshake = true;
	rules.handshake_ns = 20 * MS;
	connect_pair();
	world_admit(&world.world, peer);
	world_admit(&world.world, peer);
	ck_assert_int_eq(admissions, 1);
	pass_ms(40);
	ck_assert_int_eq(leaves, 0);
	ck_assert(connection_facts(peer)->admitted);
}
END_TEST

START_TEST(a_peer_that_waits_for_us_is_not_late)
{
	rules.handshake = true;
	rules.handshake_ns = 20 * MS;
	connect_pair();
	connection_wait(peer, true);
	pass_ms(40);
	ck_assert_int_eq(leaves, 0);
	connection_wait(peer, false);
	pass_ms(10);
	ck_assert_int_eq(leaves, 0);
	pass_ms(30);
	assert_left(LEFT_LATE);
}
END_TEST

START_TEST(timers_run_once_and_can_be_taken_back)
{
	connect_pair();
	world_timer(&world.world, peer, 0, -1);
	world_timer(&world.world, peer, 3, 5 * MS);
	world_timer(&world.world, peer, 1, 5 * MS);
	world_timer(&world.world, peer, 1, -1);
	pass_ms(20);
	ck_assert_int_eq(timer_calls, 1);
	ck_assert_uint_eq(timer_id, 3);
	world_timer(&world.world, NULL, 2, 0);
	pass_ms(3);
	ck_assert_int_eq(timer_calls, 2);
	ck_assert_uint_eq(timer_id, 2);
}
END_TEST

static void
set_late(struct peer *p)
{
	usleep(30000);
	timer_set_ns = net_world_now_ns(NULL);
	world_timer(&world.world, p, 0, 20 * MS);
}

/* The loop's own time stands still while it works. */
START_TEST(a_timer_counts_from_when_it_was_set)
{
	on_received = set_late;
	connect_pair();
	far_write("x", 1);
	pass_ms(40);
	ck_assert_int_eq(timer_calls, 1);
	ck_assert_int_ge(timer_due_ns - timer_set_ns, 20 * MS);
}
END_TEST

START_TEST(a_peers_timers_end_with_it)
{
	connect_pair();
	world_timer(&world.world, peer, 0, 5 * MS);
	world_close(&world.world, peer, true);
	pass_ms(20);
	ck_assert_int_eq(timer_calls, 0);
	assert_left(LEFT_CLOSED);
}
END_TEST

START_TEST(all_leave_when_the_program_ends)
{
	connect_pair();
	send_text("last");
	connections_stop(world.connections);
	ck_assert_int_eq(leaves, 0);
	turn();
	assert_left(LEFT_STOP);
}
END_TEST

static void
one_left(void *state, struct peer *p, enum left why)
{
	(void)state;
	(void)p;
	ck_assert_int_eq(why, LEFT_LOST);
	leaves++;
}

static void
note_leaves(struct peer *p)
{
	(void)p;
	left_before = leaves;
}

START_TEST(many_that_leave_at_once_let_others_in_between)
{
	enum { MANY = 100 };
	struct peer *peers[MANY];
	int ends[2];

	side.left = one_left;
	on_received = note_leaves;
	connect_pair();
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		close(ends[1]);
		peers[i] = connections_add(world.connections, ends[0],
		    &address);
		ck_assert_ptr_nonnull(peers[i]);
	}
	for (int i = 0; i < MANY; i++)
		connection_drop(peers[i], LEFT_LOST);
	far_write("x", 1);
	ck_assert_int_gt(left_before, 0);
	ck_assert_int_lt(left_before, MANY / 2);
	pass_ms(20);
	ck_assert_int_eq(leaves, MANY);
	ck_assert_uint_eq(connections_count(world.connections), 1);
	side.left = side_left;
	leaves = 0;
}
END_TEST

START_TEST(freeing_lets_every_peer_leave)
{
	connect_pair();
	connections_free(world.connections);
	world.connections = NULL;
	assert_left(LEFT_STOP);
}
END_TEST

/* An unconnected socket is enough to see what is asked of the kernel. */
START_TEST(nothing_is_held_back_to_be_joined)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), same = dup(fd), on = 0;
	socklen_t len = sizeof(on);

	ck_assert_int_ge(same, 0);
	connect_pair();
	connection_drop(peer, LEFT_STOP);
	turn();
	peer = connections_add(world.connections, fd, &address);
	ck_assert_ptr_nonnull(peer);
	ck_assert_int_eq(getsockopt(same, IPPROTO_TCP, TCP_NODELAY, &on, &len),
	    0);
	ck_assert_int_ne(on, 0);
	close(same);
}
END_TEST

START_TEST(random_bytes_differ)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	connect_pair();
	world_random(&world.world, a, sizeof(a));
	world_random(&world.world, b, sizeof(b));
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("connection");
	TCase *tc = tcase_create("connection");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, bytes_go_both_ways);
	tcase_add_test(tc, one_readiness_is_one_read);
	tcase_add_test(tc, reads_grow);
	tcase_add_test(tc, reads_that_lead_to_many_messages_are_small);
	tcase_add_test(tc, what_waits_is_written_when_there_is_room);
	tcase_add_test(tc, a_peer_that_does_not_read_is_dropped);
	tcase_add_test(tc, many_small_messages_count_with_what_they_cost);
	tcase_add_test(tc,
	    half_of_the_buffer_stops_reading_and_little_starts_it);
	tcase_add_test(tc, a_held_peer_is_not_read);
	tcase_add_test(tc, waiting_messages_are_not_joined);
	tcase_add_test(tc, waiting_messages_of_a_framed_protocol_are_joined);
	tcase_add_test(tc, the_end_of_the_peers_stream_is_told);
	tcase_add_test(tc, a_side_without_finished_answers_and_closes);
	tcase_add_test(tc, nothing_is_received_after_a_close);
	tcase_add_test(tc, a_close_waits_for_what_was_sent);
	tcase_add_test(tc,
	    a_closed_connection_lingers_until_the_peer_closes);
	tcase_add_test(tc,
	    a_closed_connection_lingers_so_long_and_no_longer);
	tcase_add_test(tc, what_was_sent_before_a_loss_is_read);
	tcase_add_test(tc, a_loss_is_found_although_the_peer_is_held);
	tcase_add_test(tc, a_refused_peer_leaves_without_a_word);
	tcase_add_test(tc, a_silent_peer_is_idle);
	tcase_add_test(tc, who_does_not_say_who_it_is_is_late);
	tcase_add_test(tc, who_is_admitted_is_not_late);
	tcase_add_test(tc, a_peer_that_waits_for_us_is_not_late);
	tcase_add_test(tc, timers_run_once_and_can_be_taken_back);
	tcase_add_test(tc, a_timer_counts_from_when_it_was_set);
	tcase_add_test(tc, a_peers_timers_end_with_it);
	tcase_add_test(tc, all_leave_when_the_program_ends);
	tcase_add_test(tc, many_that_leave_at_once_let_others_in_between);
	tcase_add_test(tc, freeing_lets_every_peer_leave);
	tcase_add_test(tc, nothing_is_held_back_to_be_joined);
	tcase_add_test(tc, random_bytes_differ);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
