#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tests/traffic/scenario_rules.h"

enum { ROUNDS = 2000, CHANGES_MAX = 6 };

/* What a change puts in: pieces of the language, right and wrong. */
static const char *const pieces[] = {
	"\n", " ", "\t", "#", "\"", "\\x41", "0", "1", "99999999999", "-1",
	"1ms", "1d", "20K", "4G", "1.5%", "100%", "10Mbit", "uniform ",
	" to ", "exponential ", "pareto ", " shape 1.2", " max ", "by name",
	"ipv6", "port ", "from ", "at 1s ", "label x ", "\nhost x",
	"\nping from client to server\n", "\n serve dns\n",
	"\n capture pcapng\n",
	"\n link drop 1,2\n", " serve class\n login a b\n", "\xc3\xa4",
	"\xff", "\x1b", "10.20.30.3", "fd00::1", "/24", "server", "client",
	"\n tls\n", "\n resolver dns\n", "\n download\n", "\r\n",
};

struct text {
	char *at;
	size_t len;
};

/* `n` bytes at `from` give way to others. */
static void
replace(struct text *t, size_t from, size_t n, const char *with, size_t len)
{
	char *made = malloc(t->len - n + len + 1);

	ck_assert_ptr_nonnull(made);
	memcpy(made, t->at, from);
	memcpy(made + from, with, len);
	memcpy(made + from + len, t->at + from + n, t->len - from - n);
	t->len = t->len - n + len;
	free(t->at);
	t->at = made;
}

/* A line of the text, with its newline. */
static void
choose_line(const struct text *t, struct random *r, size_t *from, size_t *n)
{
	size_t at = (size_t)random_below(r, t->len + 1), end;

	while (at > 0 && t->at[at - 1] != '\n')
		at--;
	end = at;
	while (end < t->len && t->at[end] != '\n')
		end++;
	*from = at;
	*n = end - at + (end < t->len);
}

static void
move_line(struct text *t, struct random *r, bool keep)
{
	size_t from, n, to, ignored;
	char *line;

	choose_line(t, r, &from, &n);
	line = strndup(t->at + from, n);
	ck_assert_ptr_nonnull(line);
	if (!keep)
		replace(t, from, n, "", 0);
	choose_line(t, r, &to, &ignored);
	replace(t, to, 0, line, strlen(line));
	free(line);
}

static void
change(struct text *t, struct random *r)
{
	size_t at = (size_t)random_below(r, t->len + 1), from, n;
	const char *piece = pieces[random_below(r,
	    sizeof(pieces) / sizeof(*pieces))];
	char byte = (char)random_below(r, 256);

	switch (random_below(r, 6)) {
	case 0:
		replace(t, at, at < t->len, &byte, 1);
		break;
	case 1:
		replace(t, at, 0, piece, strlen(piece));
		break;
	case 2:
		n = (size_t)random_below(r, 12);
		replace(t, at, n > t->len - at ? t->len - at : n, piece,
		    strlen(piece));
		break;
	case 3:
		choose_line(t, r, &from, &n);
		replace(t, from, n, "", 0);
		break;
	default:
		move_line(t, r, random_below(r, 2) == 0);
	}
}

/* Refused in one line, or all that is promised of it holds. */
static bool
try(const struct text *t, uint64_t seed)
{
	struct errbuf err = { "" };
	/* Not terminated, for the sanitizer. */
	char *copy = malloc(t->len == 0 ? 1 : t->len);
	const char *broken = NULL;
	struct scenario *s;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, t->at, t->len);
	s = scenario_parse("s", copy, t->len, &err);
	free(copy);
	if (s == NULL)
		ck_assert_msg(strncmp(err.text, "s:", 2) == 0, "seed %llu: %s",
		    (unsigned long long)seed, err.text);
	else
		broken = scenario_rule_broken(s);
	ck_assert_msg(broken == NULL, "seed %llu: not so: %s\n%.*s",
	    (unsigned long long)seed, broken, (int)t->len, t->at);
	scenario_free(s);
	return s != NULL;
}

static size_t
shipped_count(void)
{
	size_t n = 0;

	while (shipped_scenarios[n].name != NULL)
		n++;
	return n;
}

static unsigned
rounds(void)
{
	const char *times = getenv("PCAPSTAT_TEST_LONG");

	return ROUNDS * (times == NULL ? 1 : (unsigned)atoi(times));
}

START_TEST(changed_scenarios_are_right_or_refused)
{
	unsigned accepted = 0, all = rounds();

	for (uint64_t seed = 0; seed < all; seed++) {
		const struct shipped_scenario *one;
		struct random r;
		struct text t;

		random_init(&r, seed, "scenario", 0);
		one = &shipped_scenarios[random_below(&r, shipped_count())];
		t = (struct text){ strndup(one->text, one->len), one->len };
		for (uint64_t n = random_below(&r, CHANGES_MAX) + 1; n > 0;
		    n--)
			change(&t, &r);
		accepted += try(&t, seed);
		free(t.at);
	}
	/* Both happen, or the test says little. */
	ck_assert_uint_gt(accepted, all / 20);
	ck_assert_uint_lt(accepted, all * 19 / 20);
}
END_TEST

START_TEST(any_prefix_is_right_or_refused)
{
	const struct shipped_scenario *one = &shipped_scenarios[_i];
	size_t step = one->len / 300 + 1;

	for (size_t len = 0; len <= one->len; len += step) {
		struct text t = { strndup(one->text, len), len };

		try(&t, len);
		free(t.at);
	}
}
END_TEST

START_TEST(a_shipped_scenario_is_right)
{
	const struct shipped_scenario *one = &shipped_scenarios[_i];
	struct errbuf err = { "" };
	struct scenario *s = scenario_open(one->name, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_str_eq(s->name, one->name);
	ck_assert_str_ne(s->title, "");
	/* labgen list has the name before it. */
	ck_assert_int_ne(strncmp(s->title, s->name, strlen(s->name)), 0);
	ck_assert_uint_eq(strlen(one->text), one->len);
	ck_assert_ptr_null(scenario_rule_broken(s));
	ck_assert_uint_gt(s->action_count, 0);
	if (_i > 0)
		ck_assert_str_lt(shipped_scenarios[_i - 1].name, one->name);
	scenario_free(s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scenario random");
	TCase *tc = tcase_create("scenario random");
	int count = (int)shipped_count();

	tcase_add_loop_test(tc, a_shipped_scenario_is_right, 0, count);
	tcase_add_loop_test(tc, any_prefix_is_right_or_refused, 0, count);
	tcase_add_test(tc, changed_scenarios_are_right_or_refused);
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
