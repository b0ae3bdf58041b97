/*
 * The recording of the original programs: two users register, talk, send files
 * and answer a quiz.
 */
#include "tests/chat/class_stage.h"

/* Where our end wants to write something else. */
struct difference {
	unsigned connection;
	const char *header, *theirs;	/* the recorded frame; NULL: the end */
	bool kept;			/* it is written, too */
	const char *ours;		/* `info` instead, or behind; or NULL */
	const char *reason;
};

static const struct difference of_server[] = {
	{ 0, "info", "vivek_sapkal (private):  HI Kapil\n", false, NULL,
	    "a private message went to everyone at the recipient's address" },
	{ 1, "info", "kapil (private): Hi Vivek\n", false, NULL,
	    "a private message went to everyone at the recipient's address" },
	{ 1, NULL, NULL, true, "Server: The quiz asks for 3 answers, with "
	    "blanks between them.\n",
	    "too few answers ended the connection" },
	{ 1, NULL, NULL, true, "Server: Client vivek_sapkal left the "
	    "server.\n",
	    "kapil was no longer there to be told" },
};

static const struct difference of_client[] = {
	{ 0, "info", "vivek@27", true, CLASS_EXTENSION,
	    "our client says that it takes files with their sizes" },
	{ 1, "info", "kapil@24", true, CLASS_EXTENSION,
	    "our client says that it takes files with their sizes" },
};

/* Puts `with` in place of n bytes at `at`. */
static void
splice(struct bytes *in, size_t at, size_t n, const struct bytes *with)
{
	struct bytes out = { NULL, 0, 0 };

	add_raw(&out, in->data, at);
	add_raw(&out, with->data, with->len);
	add_raw(&out, in->data + at + n, in->len - at - n);
	bytes_reset(in);
	*in = out;
}

static void
apply(struct bytes *stream, const struct difference *d)
{
	struct bytes theirs = { NULL, 0, 0 }, ours = { NULL, 0, 0 };
	size_t at = stream->len;

	if (d->theirs != NULL) {
		const uint8_t *found;

		add_frame(&theirs, d->header, d->theirs, strlen(d->theirs));
		found = memmem(stream->data, stream->len, theirs.data,
		    theirs.len);
		ck_assert_msg(found != NULL, "not recorded: %s", d->theirs);
		at = (size_t)(found - stream->data);
	}
	if (d->kept)
		add_raw(&ours, theirs.data, theirs.len);
	if (d->ours != NULL)
		add_frame(&ours, "info", d->ours, strlen(d->ours));
	splice(stream, at, theirs.len, &ours);
	bytes_reset(&theirs);
	bytes_reset(&ours);
}

static void
expect_but_for(struct replay *replay, struct fake_world *world,
    unsigned connection, bool by_client, const struct difference *list,
    size_t n)
{
	struct bytes want = { NULL, 0, 0 };
	size_t len;
	const uint8_t *data = replay_stream(replay, connection, by_client,
	    &len);

	add_raw(&want, data, len);
	for (size_t i = 0; i < n; i++)
		if (list[i].connection == connection)
			apply(&want, &list[i]);
	expect_stream(world, replay_peer(replay, connection), want.data,
	    want.len);
	bytes_reset(&want);
}

static const char sample[] = "this is sample text file\n"
    "for demonstating file transfer\nthat's it.";
static const char server_sample[] = "This is a sample text file in server's "
    "sample directory \nfor demonstration purposes.\nthis can be sent to "
    "clients.";

/* What the operator typed. */
static const struct replay_line console[] = {
	{ 6.0, "hello everyone" },
	{ 10.2, "send_file:kapil:sample:sample_file.txt" },
	{ 11.4, "send_file:all:sample:sample_file.txt" },
	{ 14.1, "Quiz:quizzes:questions.txt:answers.txt:scores.csv" },
};

static void
operate(void *context, struct fake_world *world,
    const struct replay_event *event)
{
	size_t *typed = context;

	while (*typed < sizeof(console) / sizeof(console[0]) &&
	    console[*typed].at_s * 1e9 <= (double)event->time_ns)
		fake_line(world, console[(*typed)++].text);
}

static void
add_text_file(struct fake_world *world, const char *path, const char *text)
{
	fake_add_file(world, path, text, strlen(text));
}

static struct fake_world *
recorded_server(void)
{
	struct fake_world *w = class_world(true);

	add_text_file(w, "sample/sample_file.txt", server_sample);
	add_text_file(w, "quizzes/questions.txt",
	    "What is the capital of France?\n"
	    "a. Paris b. London c. Rome d. Berlin\n\n"
	    "Who wrote 'Romeo and Juliet'?\n"
	    "a. William Shakespeare b. Jane Austen c. Charles Dickens "
	    "d. Mark Twain\n\n"
	    "What is the chemical symbol for water?\n"
	    "a. H2O b. CO2 c. O2 d. NaCl\n");
	add_text_file(w, "quizzes/answers.txt", "a b a\n");
	return w;
}

static void
expect_file(struct fake_world *w, const char *path, const void *data,
    size_t len)
{
	size_t n;
	const uint8_t *file = fake_file(w, path, &n);

	ck_assert_msg(file != NULL, "there is no %s", path);
	ck_assert_uint_eq(n, len);
	if (len > 0)
		ck_assert_mem_eq(file, data, len);
}

/* The 5000 bytes that the recording sends before "EOF". */
static const uint8_t *
big_file(struct replay *replay)
{
	size_t len;
	const uint8_t *stream = replay_stream(replay, 0, true, &len);
	static const char order[] = "file_to_server:big.bin";
	const uint8_t *at = memmem(stream, len, order, strlen(order));

	ck_assert_ptr_nonnull(at);
	return at + strlen(order);
}

START_TEST(our_server_writes_what_the_original_wrote)
{
	struct replay *replay = replay_read("pcs2_chat_file_quiz");
	struct fake_world *w = recorded_server();
	size_t typed = 0;

	replay_to_server(replay, w, (enum replay_cut)_i, operate, &typed);
	for (unsigned i = 0; i < 2; i++)
		expect_but_for(replay, w, i, false, of_server,
		    sizeof(of_server) / sizeof(of_server[0]));
	expect_file(w, "vivek_sapkal/sample.txt", sample, strlen(sample));
	expect_file(w, "vivek_sapkal/sample.txt (2)", sample, strlen(sample));
	expect_file(w, "vivek_sapkal/big.bin", big_file(replay), 5000);
	expect_file(w, "all_quiz_scores/scores.csv",
	    "vivek_sapkal,2\nkapil,1\n", 23);
	fake_world_free(w);
	replay_free(replay);
}
END_TEST

static struct fake_world *
recorded_client(struct replay *replay)
{
	static struct chat_settings settings;
	struct fake_world *w;

	settings = fake_settings();
	w = fake_world_new(protocol_class.client, &settings);
	add_text_file(w, "sample.txt", sample);
	fake_add_file(w, "big.bin", big_file(replay), 5000);
	return w;
}

START_TEST(our_first_client_writes_what_the_original_wrote)
{
	static const struct replay_line lines[] = {
		{ 0.5, "no" }, { 1.0, "vivek_sapkal" }, { 1.5, "vivek@27" },
		{ 5.2, "msg:hii there" }, { 6.4, "to:kapil: HI Kapil" },
		{ 7.6, "bogus:header" },
		{ 8.0, "file_transfer:file_to_server:sample.txt" },
		{ 9.0, "file_transfer:file_to:kapil:sample.txt" },
		{ 12.9, "file_transfer:file_to_server:big.bin" },
		{ 14.9, "quiz_answer:a b c" }, { 16.9, "cmd:disconnect" },
	};
	struct replay *replay = replay_read("pcs2_chat_file_quiz");
	struct fake_world *w = recorded_client(replay);

	replay_to_client(replay, w, 0, (enum replay_cut)_i, lines,
	    sizeof(lines) / sizeof(lines[0]));
	expect_but_for(replay, w, 0, true, of_client,
	    sizeof(of_client) / sizeof(of_client[0]));
	ck_assert(was_shown(w, SHOW_MESSAGE,
	    "Client kapil: hello: with colon"));
	ck_assert(was_shown(w, SHOW_NOTICE,
	    "Server: Client kapil joined the server."));
	ck_assert(was_shown(w, SHOW_ERROR, "Server: Invalid message format. "
	    "Please adhere to the message protocol."));
	expect_file(w, "sample_file.txt", server_sample,
	    strlen(server_sample));
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
	replay_free(replay);
}
END_TEST

START_TEST(our_second_client_writes_what_the_original_wrote)
{
	static const struct replay_line lines[] = {
		{ 2.9, "no" }, { 3.4, "vivek_sapkal" }, { 3.9, "kapil" },
		{ 4.4, "kapil@24" }, { 5.6, "msg:hello: with colon" },
		{ 6.8, "to:vivek_sapkal:Hi Vivek" },
		{ 15.5, "quiz_answer:B b c" }, { 16.1, "quiz_answer:a" },
	};
	struct replay *replay = replay_read("pcs2_chat_file_quiz");
	struct fake_world *w = recorded_client(replay);

	replay_to_client(replay, w, 1, (enum replay_cut)_i, lines,
	    sizeof(lines) / sizeof(lines[0]));
	expect_but_for(replay, w, 1, true, of_client,
	    sizeof(of_client) / sizeof(of_client[0]));
	/* The one of the user, and the operator's two. */
	expect_file(w, "sample.txt (2)", sample, strlen(sample));
	expect_file(w, "sample_file.txt", server_sample,
	    strlen(server_sample));
	expect_file(w, "sample_file.txt (2)", server_sample,
	    strlen(server_sample));
	ck_assert(was_shown(w, SHOW_ERROR, "Server disconnected."));
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
	replay_free(replay);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_replay");
	TCase *tc = tcase_create("recording");

	tcase_add_loop_test(tc, our_server_writes_what_the_original_wrote,
	    REPLAY_PIECES, REPLAY_BYTES + 1);
	tcase_add_loop_test(tc,
	    our_first_client_writes_what_the_original_wrote,
	    REPLAY_PIECES, REPLAY_BYTES + 1);
	tcase_add_loop_test(tc,
	    our_second_client_writes_what_the_original_wrote,
	    REPLAY_PIECES, REPLAY_BYTES + 1);
	add_recordings(s, tc);
	return run_suite(s);
}
