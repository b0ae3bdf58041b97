#include "analyzer/engine/order.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "tests/unit/stats_random.h"

enum { JOBS = 700, THREADS = 5, OUTPUTS = 3, PIECE_MAX = 200000 };

/* First bytes that are left out. */
static const size_t separators[OUTPUTS] = { 2, 0, 1 };

/* A shared output: keeps what it gets, and fails after so many bytes. */
struct memory_sink {
	struct sink sink;	/* first */
	struct bytes got;
	size_t fail_at;		/* SIZE_MAX: never */
	atomic_int inside;	/* never two at once */
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory_sink *m = (struct memory_sink *)(void *)sink;
	int status = 0;

	ck_assert_int_eq(atomic_fetch_add(&m->inside, 1), 0);
	if (m->got.len + n > m->fail_at) {
		errbuf_set(err, "the disk is full");
		status = -1;
	} else if (bytes_append(&m->got, data, n) == -1) {
		abort();
	}
	atomic_fetch_sub(&m->inside, 1);
	return status;
}

/* What the threads share. */
struct run {
	struct order *order;
	struct memory_sink out[OUTPUTS];
	uint64_t seed;
	size_t jobs;
	atomic_size_t next;
	size_t done;		/* called for so many, in order */
	bool slow;		/* with delays */
	bool waits;		/* writes nothing now and then, to wait */
	atomic_size_t failures;	/* writes that failed, seen by jobs */
};

/* What a job writes depends on the seed and its number only. */
static void
plan(const struct run *run, size_t job, uint64_t *state, size_t *pieces)
{
	*state = run->seed + job * 0x632be59bd9b4e019;
	*pieces = random_below(state, 4);
}

/* Returns its length, and which output it is for. */
static size_t
next_piece(uint64_t *state, uint8_t *piece, size_t *output)
{
	/* Few are so large that a job has to wait for its turn. */
	size_t room = random_below(state, 60) == 0 ? PIECE_MAX : 300;
	size_t n = random_below(state, room);
	uint8_t byte = (uint8_t)random_next(state);

	*output = random_below(state, OUTPUTS);
	for (size_t i = 0; i < n; i++)
		piece[i] = (uint8_t)(byte + i);
	return n;
}

static void
rest(const struct run *run, uint64_t *state)
{
	struct timespec ts = { 0, (long)random_below(state, 400000) };

	if (run->slow && random_below(state, 4) == 0)
		nanosleep(&ts, NULL);
}

static void
do_job(struct run *run, size_t job, uint8_t *piece)
{
	uint64_t state, delays = run->seed ^ job;
	size_t pieces;
	struct errbuf err;
	size_t *slot;

	order_begin(run->order, job);
	slot = order_slot(run->order, job);
	ck_assert_uint_eq(*slot, 0);
	*slot = job + 1;
	plan(run, job, &state, &pieces);
	for (size_t i = 0; i < pieces; i++) {
		size_t output, n = next_piece(&state, piece, &output);
		struct sink *sink = order_sink(run->order, job, output);

		rest(run, &delays);
		if (run->waits && random_below(&delays, 8) == 0) {
			if (sink->write(sink, NULL, 0, &err) == -1)
				atomic_fetch_add(&run->failures, 1);
			ck_assert(order_is_turn(run->order, job));
		}
		if (sink->write(sink, piece, n, &err) == -1)
			atomic_fetch_add(&run->failures, 1);
	}
	order_end(run->order, job);
}

static void *
work(void *context)
{
	struct run *run = context;
	uint8_t *piece = malloc(PIECE_MAX);
	size_t job;

	while ((job = atomic_fetch_add(&run->next, 1)) < run->jobs)
		do_job(run, job, piece);
	free(piece);
	return NULL;
}

static void
on_done(void *context, size_t job, void *slot)
{
	struct run *run = context;

	ck_assert_uint_eq(job, run->done);
	ck_assert_uint_eq(*(size_t *)slot, job + 1);
	run->done++;
}

/* All that the jobs write to an output, in their order, less the separator. */
static struct bytes
wanted_bytes(const struct run *run, size_t output)
{
	uint8_t *piece = malloc(PIECE_MAX);
	struct bytes all = { 0 };

	for (size_t job = 0; job < run->jobs; job++) {
		uint64_t state;
		size_t pieces;

		plan(run, job, &state, &pieces);
		while (pieces-- > 0) {
			size_t to, n = next_piece(&state, piece, &to);

			if (to == output)
				bytes_append(&all, piece, n);
		}
	}
	free(piece);
	ck_assert_uint_gt(all.len, separators[output]);
	all.len -= separators[output];
	memmove(all.data, all.data + separators[output], all.len);
	return all;
}

static void
run_all(struct run *run, size_t threads)
{
	struct order_output outputs[OUTPUTS];
	pthread_t others[THREADS];
	struct errbuf err;

	for (size_t i = 0; i < OUTPUTS; i++) {
		run->out[i].sink.write = memory_write;
		outputs[i] = (struct order_output){ &run->out[i].sink,
		    separators[i] };
	}
	run->order = order_new(outputs, OUTPUTS, sizeof(size_t), 256, on_done,
	    run, &err);
	ck_assert_ptr_nonnull(run->order);
	for (size_t i = 1; i < threads; i++)
		ck_assert_int_eq(pthread_create(&others[i], NULL, work, run),
		    0);
	work(run);
	for (size_t i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	ck_assert_uint_eq(run->done, run->jobs);
}

static void
run_end(struct run *run)
{
	order_free(run->order);
	for (size_t i = 0; i < OUTPUTS; i++)
		bytes_reset(&run->out[i].got);
}

START_TEST(bytes_come_out_in_the_order_of_the_jobs)
{
	uint64_t seed = random_seed("order");

	for (unsigned long i = 0; i < random_rounds(4); i++) {
		struct run run = { .seed = seed + i, .jobs = JOBS,
		    .slow = i % 2, .waits = i % 4 > 1 };
		struct errbuf err;

		for (size_t k = 0; k < OUTPUTS; k++)
			run.out[k].fail_at = SIZE_MAX;
		run_all(&run, 1 + (size_t)_i);
		ck_assert(order_good(run.order, &err));
		ck_assert_uint_eq(run.failures, 0);
		for (size_t k = 0; k < OUTPUTS; k++) {
			const struct bytes *got = &run.out[k].got;
			struct bytes wanted = wanted_bytes(&run, k);

			ck_assert_uint_eq(got->len, wanted.len);
			ck_assert_mem_eq(got->data, wanted.data, wanted.len);
			bytes_reset(&wanted);
		}
		run_end(&run);
	}
}
END_TEST

/* Nothing behind the fault, the reason kept, and every job comes to its end. */
START_TEST(a_failing_output_ends_the_writing_and_not_the_jobs)
{
	uint64_t seed = random_seed("failing output");

	for (unsigned long i = 0; i < random_rounds(6); i++) {
		struct run run = { .seed = seed + i, .jobs = JOBS,
		    .slow = i % 2 };
		size_t bad = random_below(&seed, OUTPUTS);
		struct errbuf err;

		for (size_t k = 0; k < OUTPUTS; k++) {
			struct bytes wanted = wanted_bytes(&run, k);

			run.out[k].fail_at = k != bad ? SIZE_MAX :
			    random_below(&seed, wanted.len);
			bytes_reset(&wanted);
		}
		run_all(&run, 1 + (size_t)_i);
		ck_assert(!order_good(run.order, &err));
		ck_assert_str_eq(err.text, "the disk is full");
		ck_assert_uint_le(run.out[bad].got.len, run.out[bad].fail_at);
		/* No hole: a small piece may fit where a large one did not. */
		for (size_t k = 0; k < OUTPUTS; k++) {
			const struct bytes *got = &run.out[k].got;
			struct bytes wanted = wanted_bytes(&run, k);

			ck_assert_uint_le(got->len, wanted.len);
			if (got->len > 0)
				ck_assert_mem_eq(got->data, wanted.data,
				    got->len);
			bytes_reset(&wanted);
		}
		run_end(&run);
	}
}
END_TEST

START_TEST(jobs_without_output_need_no_sink)
{
	struct run run = { .jobs = JOBS };
	struct errbuf err;

	run.order = order_new(NULL, 0, sizeof(size_t), 256, on_done, &run, &err);
	ck_assert_ptr_nonnull(run.order);
	for (size_t job = 0; job < JOBS; job++) {
		order_begin(run.order, job);
		*(size_t *)order_slot(run.order, job) = job + 1;
		ck_assert(order_is_turn(run.order, job));
		order_end(run.order, job);
	}
	ck_assert_uint_eq(run.done, JOBS);
	ck_assert(order_good(run.order, &err));
	order_free(run.order);
}
END_TEST

START_TEST(jobs_may_end_before_those_ahead_of_them)
{
	struct run run = { .jobs = 3 };
	struct errbuf err;

	run.order = order_new(NULL, 0, sizeof(size_t), 256, on_done, &run, &err);
	for (size_t job = 0; job < 3; job++) {
		order_begin(run.order, job);
		*(size_t *)order_slot(run.order, job) = job + 1;
	}
	order_end(run.order, 2);
	order_end(run.order, 1);
	ck_assert_uint_eq(run.done, 0);
	order_end(run.order, 0);
	ck_assert_uint_eq(run.done, 3);
	order_free(run.order);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("order");
	TCase *t = tcase_create("order");

	tcase_add_loop_test(t, bytes_come_out_in_the_order_of_the_jobs, 0,
	    THREADS);
	tcase_add_loop_test(t,
	    a_failing_output_ends_the_writing_and_not_the_jobs, 0, THREADS);
	tcase_add_test(t, jobs_without_output_need_no_sink);
	tcase_add_test(t, jobs_may_end_before_those_ahead_of_them);
	suite_add_tcase(s, t);
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
