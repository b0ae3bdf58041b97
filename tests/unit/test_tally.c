#include "analyzer/stats/tally.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "analyzer/stats/tally_spill.h"
#include "tests/unit/stats_random.h"

/* The naive way: all values, sorted. */
struct plain {
	uint64_t *value;
	size_t count, room;
};

static void
plain_add(struct plain *p, uint64_t value)
{
	if (p->count == p->room) {
		p->room = p->room == 0 ? 1024 : 2 * p->room;
		p->value = realloc(p->value, p->room * sizeof(*p->value));
		ck_assert_ptr_nonnull(p->value);
	}
	p->value[p->count++] = value;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Compares a walk over a tally with the sorted values. */
struct comparison {
	const struct plain *plain;
	size_t at;
};

/* Plain conditions: a million of Check's assertions take seconds. */
static bool
compare(void *context, uint64_t value, uint64_t count)
{
	struct comparison *c = context;
	const uint64_t *expected = c->plain->value + c->at;
	size_t left = c->plain->count - c->at;

	if (count == 0 || count > left)
		ck_abort_msg("%" PRIu64 " comes %" PRIu64 " times", value,
		    count);
	for (uint64_t i = 0; i < count; i++)
		if (expected[i] != value)
			ck_abort_msg("%" PRIu64 " in place of %" PRIu64, value,
			    expected[i]);
	if (count < left && expected[count] == value)
		ck_abort_msg("%" PRIu64 " does not come at once", value);
	c->at += count;
	return true;
}

static void
assert_same_moments(const struct tally *tally, const struct plain *plain)
{
	struct moments m, expected;

	moments_init(&expected);
	for (size_t i = 0; i < plain->count; i++)
		moments_add(&expected, plain->value[i], 1);
	tally_moments(tally, &m);
	ck_assert_uint_eq(m.count, expected.count);
	ck_assert(m.sum == expected.sum);
	ck_assert_mem_eq(m.squares, expected.squares, sizeof(m.squares));
	ck_assert(m.count == 0 || (m.min == expected.min &&
	    m.max == expected.max));
}

static void
assert_same(struct tally *tally, struct plain *plain)
{
	struct comparison c = { .plain = plain };
	struct errbuf err = { "" };

	if (plain->count > 0)
		qsort(plain->value, plain->count, sizeof(*plain->value),
		    by_value);
	ck_assert_msg(tally_each(tally, compare, &c, &err) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(c.at, plain->count);
	assert_same_moments(tally, plain);
}

static void
add_both(struct tally *tally, struct plain *plain, uint64_t value)
{
	tally_add(tally, value);
	plain_add(plain, value);
}

/* Kinds of input, each a way to draw the next value. */
static uint64_t
draw_any(uint64_t *state)
{
	return random_any_width(state);
}

static uint64_t
draw_microseconds(uint64_t *state)
{
	return random_below(state, 1000000) * 1000;
}

static uint64_t
draw_nearly_microseconds(uint64_t *state)
{
	uint64_t value = draw_microseconds(state);

	/* Not among the first values, from which the tick is learned. */
	return value == 77000 ? 77001 : value;
}

static uint64_t
draw_nanoseconds(uint64_t *state)
{
	return random_below(state, 400000000);
}

static uint64_t
draw_few(uint64_t *state)
{
	return 3000000000 + 7 * random_below(state, 50000);
}

static uint64_t
draw_equal(uint64_t *state)
{
	(void)state;
	return UINT64_MAX;
}

static uint64_t
draw_extremes(uint64_t *state)
{
	static const uint64_t value[] = { 0, 1, TALLY_TABLE_TICKS - 1,
	    TALLY_TABLE_TICKS, TALLY_TABLE_TICKS * 1000ULL - 1,
	    TALLY_TABLE_TICKS * 1000ULL, INT64_MAX, UINT64_MAX - 1,
	    UINT64_MAX };

	return value[random_below(state, sizeof(value) / sizeof(value[0]))];
}

static uint64_t
draw_descending(uint64_t *state)
{
	return *state = *state > 1ULL << 62 ? 1ULL << 62 : *state - 12345;
}

static const struct kind {
	const char *name;
	uint64_t (*draw)(uint64_t *state);
} kinds[] = {
	{ "any width", draw_any },
	{ "microseconds", draw_microseconds },
	{ "nearly microseconds", draw_nearly_microseconds },
	{ "nanoseconds", draw_nanoseconds },
	{ "few values", draw_few },
	{ "all equal", draw_equal },
	{ "extremes", draw_extremes },
	{ "descending", draw_descending },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

START_TEST(every_size_of_every_kind_is_counted_as_by_sorting)
{
	static const size_t sizes[] = { 0, 1, 2, 63, 64, 65, 1000,
	    TALLY_PENDING_MAX - 1, TALLY_PENDING_MAX, TALLY_PENDING_MAX + 1,
	    2 * TALLY_PENDING_MAX + 1, 5 * TALLY_PENDING_MAX };
	uint64_t state = random_seed(kinds[_i].name);

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct plain plain = { 0 };
		struct tally tally;

		tally_init(&tally);
		for (size_t i = 0; i < sizes[s]; i++)
			add_both(&tally, &plain, kinds[_i].draw(&state));
		assert_same(&tally, &plain);
		/* once more, and with one more value */
		add_both(&tally, &plain, kinds[_i].draw(&state));
		assert_same(&tally, &plain);
		tally_reset(&tally);
		free(plain.value);
	}
}
END_TEST

START_TEST(walking_in_between_changes_nothing)
{
	uint64_t state = random_seed("walking_in_between");
	struct plain plain = { 0 };
	struct tally tally;

	tally_init(&tally);
	for (int walk = 0; walk < 12; walk++) {
		for (size_t i = 0; i < TALLY_PENDING_MAX * 2 / 3; i++)
			add_both(&tally, &plain,
			    kinds[_i].draw(&state));
		assert_same(&tally, &plain);
	}
	tally_reset(&tally);
	free(plain.value);
}
END_TEST

START_TEST(any_split_merged_is_the_whole)
{
	uint64_t state = random_seed("any_split_merged_is_the_whole");

	for (unsigned long round = random_rounds(6); round > 0; round--) {
		struct plain plain = { 0 };
		struct tally part[3];

		for (int i = 0; i < 3; i++)
			tally_init(&part[i]);
		for (int i = 0; i < 3; i++) {
			/* parts of all sizes, even empty, of differing ticks */
			const struct kind *kind =
			    &kinds[random_below(&state, KINDS)];
			size_t n = random_any_width(&state) >> 46;

			while (n-- > 0)
				add_both(&part[i], &plain, kind->draw(&state));
		}
		tally_merge(&part[1], &part[2]);
		tally_merge(&part[0], &part[1]);
		assert_same(&part[0], &plain);
		plain.count = 0;
		assert_same(&part[1], &plain);
		assert_same(&part[2], &plain);
		for (int i = 0; i < 3; i++)
			tally_reset(&part[i]);
		free(plain.value);
	}
}
END_TEST

static bool
sum_up(void *context, uint64_t value, uint64_t count)
{
	uint64_t *sums = context;

	sums[0]++;
	sums[1] += value;
	sums[2] += count;
	return true;
}

/* Run r of `runs` holds r, r + runs, ...: so merging must interleave all. */
START_TEST(runs_that_are_merged_again_and_again_keep_every_entry)
{
	enum { RUNS = 20000, EACH = 40 };
	const uint64_t n = (uint64_t)RUNS * EACH;
	const struct tally_entry *entries;
	struct tally_spill_reader *reader;
	uint64_t seen = 0;
	struct errbuf err;
	struct tally_spill *spill = tally_spill_new(&err);
	size_t got;

	ck_assert_ptr_nonnull(spill);
	for (uint64_t r = 0; r < RUNS; r++) {
		struct tally_entry run[EACH + 1];

		for (uint64_t i = 0; i < EACH; i++)
			run[i] = (struct tally_entry){ i * RUNS + r, 1 + i };
		/* the one value that all have */
		run[EACH] = (struct tally_entry){ UINT64_MAX, 1ULL << 40 };
		ck_assert_int_eq(tally_spill_add(spill, run, EACH + 1, &err),
		    0);
	}
	reader = tally_spill_open(spill, &err);
	ck_assert_ptr_nonnull(reader);
	while (tally_spill_next(reader, &entries, &got, &err) > 0)
		for (size_t i = 0; i < got; i++, seen++)
			if (seen < n ? entries[i].value != seen ||
			    entries[i].count != 1 + seen / RUNS :
			    entries[i].value != UINT64_MAX ||
			    entries[i].count != (uint64_t)RUNS << 40)
				ck_abort_msg("entry %" PRIu64, seen);
	ck_assert_uint_eq(seen, n + 1);
	tally_spill_close(reader);
	tally_spill_free(spill);
}
END_TEST

START_TEST(millions_of_distinct_values_are_spilled_and_read_back)
{
	enum { STEP = 7777777 };
	const uint64_t n = 2000000;
	uint64_t sums[3] = { 0 }, value = 0;
	struct errbuf err;
	struct tally tally;

	tally_init(&tally);
	for (uint64_t i = 0; i < n; i++) {
		/* all of n residues, in leaps */
		value = (value + STEP) % n;
		tally_add(&tally, (value << 20) + 1);
	}
	ck_assert_ptr_nonnull(tally.spill);
	ck_assert_int_eq(tally_each(&tally, sum_up, sums, &err), 0);
	ck_assert_uint_eq(sums[0], n);
	ck_assert_uint_eq(sums[1], (n * (n - 1) / 2 << 20) + n);
	ck_assert_uint_eq(sums[2], n);
	tally_reset(&tally);
}
END_TEST

static void
fill(struct tally *tally, uint64_t value)
{
	tally_init(tally);
	for (size_t i = 0; i <= TALLY_PENDING_MAX; i++)
		tally_add(tally, value);
	ck_assert_uint_gt(tally->limit, 0);
}

START_TEST(the_tick_is_microseconds_where_all_values_are)
{
	struct tally tally;

	fill(&tally, 5000);
	ck_assert_uint_eq(tally.tick, 1000);
	tally_reset(&tally);
	fill(&tally, 5001);
	ck_assert_uint_eq(tally.tick, 1);
	tally_reset(&tally);
}
END_TEST

START_TEST(the_reciprocal_finds_every_cell)
{
	static const uint64_t ticks[] = { 1000, 1 };

	for (size_t k = 0; k < 2; k++) {
		struct tally t;

		fill(&t, 3 * ticks[k]);
		for (uint64_t i = 0; i < TALLY_TABLE_TICKS; i++) {
			uint64_t first = i * t.tick;
			uint64_t last = first + t.tick - 1;

			if (first * t.reciprocal >> TALLY_RECIPROCAL_SHIFT !=
			    i || last * t.reciprocal >>
			    TALLY_RECIPROCAL_SHIFT != i)
				ck_abort_msg("cell %" PRIu64, i);
		}
		tally_reset(&t);
	}
}
END_TEST

static bool
keep_last(void *context, uint64_t value, uint64_t count)
{
	*(struct tally_entry *)context = (struct tally_entry){ value, count };
	return true;
}

START_TEST(a_counter_that_overflows_is_carried)
{
	struct tally tally;
	struct tally_entry last = { 0, 0 };
	uint64_t expected;
	struct moments m;
	struct errbuf err;

	fill(&tally, 5000);
	expected = tally.moments.count + (4ULL << 32) + 1;
	tally.table[5] = UINT32_MAX;
	tally_add(&tally, 5000);
	ck_assert_uint_eq(tally.table[5], 0);
	tally_add(&tally, 5000);
	tally_add_counted(&tally, 5000, 3ULL << 32);
	ck_assert_int_eq(tally_each(&tally, keep_last, &last, &err), 0);
	ck_assert_uint_eq(last.value, 5000);
	ck_assert_uint_eq(last.count, expected);
	tally_moments(&tally, &m);
	ck_assert_uint_eq(m.count, last.count);
	ck_assert(m.sum == (int128)last.count * 5000);
	tally_reset(&tally);
}
END_TEST

static bool
stop_at_third(void *context, uint64_t value, uint64_t count)
{
	int *calls = context;

	(void)value;
	(void)count;
	return ++*calls < 3;
}

START_TEST(a_walk_stops_when_told)
{
	struct tally tally;
	struct errbuf err;
	int calls = 0;

	tally_init(&tally);
	for (uint64_t i = 0; i < 10; i++)
		tally_add(&tally, i);
	ck_assert_int_eq(tally_each(&tally, stop_at_third, &calls, &err), 0);
	ck_assert_int_eq(calls, 3);
	tally_reset(&tally);
}
END_TEST

/* Enough distinct values that some have to be spilled. */
static void
add_many(struct tally *tally, struct plain *plain)
{
	for (uint64_t i = 0; i < 300000; i++)
		add_both(tally, plain, i * i + (1ULL << 40));
}

/* What failed says why, visits nothing, and keeps its moments. */
static void
assert_failed(struct tally *tally, const struct plain *plain,
    const char *dir, int error)
{
	uint64_t sums[3] = { 0 };
	struct errbuf err = { "" };

	ck_assert_int_eq(tally_each(tally, sum_up, sums, &err), -1);
	ck_assert(tally->failed);
	ck_assert_msg(strncmp(err.text, dir, strlen(dir)) == 0, "%s",
	    err.text);
	ck_assert_msg(strstr(err.text, strerror(error)) != NULL, "%s",
	    err.text);
	assert_same_moments(tally, plain);
}

START_TEST(a_folder_that_is_none_is_named_and_the_moments_go_on)
{
	static const struct {
		const char *dir;
		int error;
	} row[] = {
		{ "/nonexistent/folder", ENOENT },
		{ "/dev/full", ENOTDIR },
	};
	struct plain plain = { 0 };
	struct tally tally, part;

	setenv("TMPDIR", row[_i].dir, 1);
	tally_init(&tally);
	add_many(&tally, &plain);
	assert_failed(&tally, &plain, row[_i].dir, row[_i].error);
	add_both(&tally, &plain, 17);
	assert_failed(&tally, &plain, row[_i].dir, row[_i].error);

	/* Merged to either side it spoils the other. */
	fill(&part, 1);
	for (size_t i = 0; i <= TALLY_PENDING_MAX; i++)
		plain_add(&plain, 1);
	tally_merge(&part, &tally);
	assert_failed(&part, &plain, row[_i].dir, row[_i].error);
	fill(&tally, 1);
	for (size_t i = 0; i <= TALLY_PENDING_MAX; i++)
		plain_add(&plain, 1);
	tally_merge(&part, &tally);
	assert_failed(&part, &plain, row[_i].dir, row[_i].error);

	/* Emptied, it is as good as new. */
	tally_reset(&part);
	plain.count = 0;
	add_both(&part, &plain, 5);
	assert_same(&part, &plain);
	tally_reset(&part);
	tally_reset(&tally);
	free(plain.value);
}
END_TEST

/* As on a full disk: some bytes are written, then no more. */
START_TEST(a_file_that_cannot_grow_is_named_and_the_moments_go_on)
{
	const struct rlimit small = { 100000, 100000 };
	struct plain plain = { 0 };
	struct tally tally;

	setenv("TMPDIR", "/tmp", 1);
	signal(SIGXFSZ, SIG_IGN);
	tally_init(&tally);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	add_many(&tally, &plain);
	assert_failed(&tally, &plain, "/tmp/pcapstat-", EFBIG);
	tally_reset(&tally);
	free(plain.value);
}
END_TEST

/* The right part can no longer be read when it is merged. */
START_TEST(a_spill_that_is_lost_while_merging_leaves_the_moments_right)
{
	struct plain plain = { 0 };
	struct tally left, right;
	int lowest = dup(0);

	setenv("TMPDIR", "/tmp", 1);
	ck_assert_int_ge(lowest, 0);
	close(lowest);
	tally_init(&left);
	tally_init(&right);
	for (uint64_t i = 0; i < 1000; i++)
		add_both(&left, &plain, i);
	add_many(&right, &plain);
	ck_assert_ptr_nonnull(right.spill);
	/* The lowest free descriptor is the one the spill has taken. */
	ck_assert_int_eq(ftruncate(lowest, 100000), 0);
	tally_merge(&left, &right);
	ck_assert(left.failed);
	ck_assert_msg(strstr(left.reason, "shorter") != NULL, "%s",
	    left.reason);
	assert_same_moments(&left, &plain);
	tally_reset(&left);
	free(plain.value);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tally");
	TCase *tc = tcase_create("counting");
	TCase *failing = tcase_create("failing");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
	    every_size_of_every_kind_is_counted_as_by_sorting, 0, KINDS);
	tcase_add_loop_test(tc, walking_in_between_changes_nothing, 0, KINDS);
	tcase_add_test(tc, any_split_merged_is_the_whole);
	tcase_add_test(tc,
	    runs_that_are_merged_again_and_again_keep_every_entry);
	tcase_add_test(tc,
	    millions_of_distinct_values_are_spilled_and_read_back);
	tcase_add_test(tc, the_tick_is_microseconds_where_all_values_are);
	tcase_add_test(tc, the_reciprocal_finds_every_cell);
	tcase_add_test(tc, a_counter_that_overflows_is_carried);
	tcase_add_test(tc, a_walk_stops_when_told);
	suite_add_tcase(s, tc);
	tcase_add_loop_test(failing,
	    a_folder_that_is_none_is_named_and_the_moments_go_on, 0, 2);
	tcase_add_test(failing,
	    a_file_that_cannot_grow_is_named_and_the_moments_go_on);
	tcase_add_test(failing,
	    a_spill_that_is_lost_while_merging_leaves_the_moments_right);
	suite_add_tcase(s, failing);
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
