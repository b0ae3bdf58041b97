#include <check.h>

#include "analyzer/analyses/time_tree.h"
#include "tests/unit/stats_random.h"

enum { SPANS_MAX = 70 };

static struct time_span
random_span(uint64_t *seed)
{
	struct time_span span;

	span.first_ns = (int64_t)random_below(seed, 40);
	span.last_ns = span.first_ns + (int64_t)random_below(seed, 10);
	if (random_below(seed, 20) == 0)
		span.first_ns = INT64_MIN;
	if (random_below(seed, 20) == 0)
		span.last_ns = INT64_MAX;
	return span;
}

static size_t
next_by_looking(const struct time_span *spans, size_t n, size_t from,
    struct time_span wanted)
{
	for (; from < n; from++)
		if (spans[from].first_ns <= wanted.last_ns &&
		    spans[from].last_ns >= wanted.first_ns)
			return from;
	return n;
}

static void
compare_all(const struct time_tree *tree, const struct time_span *spans,
    size_t n, struct time_span wanted)
{
	for (size_t from = 0; from <= n; from++)
		ck_assert_uint_eq(time_tree_next(tree, from, wanted),
		    next_by_looking(spans, n, from, wanted));
}

START_TEST(the_next_span_is_that_which_looking_at_each_finds)
{
	const struct time_span all = { INT64_MIN, INT64_MAX };
	const struct time_span endless = { INT64_MAX, INT64_MIN };
	uint64_t seed = random_seed("time_tree");
	unsigned long rounds = random_rounds(500);
	struct time_span spans[SPANS_MAX];

	for (unsigned long round = 0; round < rounds; round++) {
		size_t n = (size_t)random_below(&seed, SPANS_MAX + 1);
		struct time_tree *tree = time_tree_new(n);

		ck_assert_ptr_nonnull(tree);
		for (size_t i = 0; i < n; i++) {
			spans[i] = random_span(&seed);
			time_tree_set(tree, i, spans[i]);
		}
		time_tree_settle(tree);
		compare_all(tree, spans, n, all);
		compare_all(tree, spans, n, endless);
		for (int i = 0; i < 10; i++)
			compare_all(tree, spans, n, random_span(&seed));
		time_tree_free(tree);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("time_tree");
	TCase *tc = tcase_create("core");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_next_span_is_that_which_looking_at_each_finds);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
