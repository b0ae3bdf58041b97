#include <check.h>
#include <stdio.h>
#include <string.h>

#include "chat/script/player.h"

#define MS INT64_C(1000000)

/* What a player did, and when: "10 say a|30 end". */
struct heard {
	struct player player;
	struct player_calls calls;
	int64_t now_ns;
	char said[1024];
};

static struct errbuf err;

static void
note(struct heard *h, const char *what, const char *text)
{
	size_t len = strlen(h->said);

	snprintf(h->said + len, sizeof(h->said) - len, "%s%lld %s%s",
	    len == 0 ? "" : "|", (long long)(h->now_ns / MS), what, text);
}

static void
on_line(void *context, const char *text, size_t len)
{
	ck_assert_uint_eq(len, strlen(text));
	note(context, "say ", text);
}

static void
on_ended(void *context)
{
	note(context, "end", "");
}

static void
on_failed(void *context, const char *why)
{
	note(context, "fail ", why);
}

static void
begin(struct heard *h, const struct script_steps *steps)
{
	*h = (struct heard){ .calls = { on_line, on_ended, on_failed, h } };
	player_init(&h->player, "s", steps, &h->calls);
	h->now_ns = 10 * MS;
	player_connected(&h->player, h->now_ns);
	player_hold(&h->player, false);
}

/* Lets time pass up to this moment, with each tick at its time. */
static void
pass_to(struct heard *h, int64_t ms)
{
	for (int i = 0; i < 100; i++) {
		int64_t due_ns = player_due_ns(&h->player);

		if (due_ns > ms * MS)
			break;
		if (due_ns > h->now_ns)
			h->now_ns = due_ns;
		/* Not a moment early. */
		player_tick(&h->player, due_ns - 1);
		player_tick(&h->player, h->now_ns);
	}
	h->now_ns = ms * MS;
}

static void
show(struct heard *h, const char *text)
{
	player_shown(&h->player, text, strlen(text), h->now_ns);
}

static void
parse(struct script_steps *steps, const char *text)
{
	ck_assert_msg(script_parse(steps, "s", text, strlen(text), &err) == 0,
	    "%s", err.text);
}

START_TEST(steps_come_at_their_times_and_can_be_played_again)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "say \"a\\nb\"\nat 60ms say \"c\"\n"
	    "after 40ms say \"d\"\nat 70ms say \"\"\n");
	for (int i = 0; i < 2; i++) {
		begin(&h, &steps);
		pass_to(&h, 1000);
		ck_assert_str_eq(h.said, "10 say a|10 say b|70 say c|"
		    "110 say d|110 say |110 end");
		ck_assert_int_eq(player_due_ns(&h.player), INT64_MAX);
		player_reset(&h.player);
	}
	script_steps_reset(&steps);
}
END_TEST

START_TEST(a_wait_ends_when_its_text_is_shown_and_counts_from_there)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "wait for \"x\" within 500ms\nafter 30ms say \"a\"");
	begin(&h, &steps);
	pass_to(&h, 200);
	ck_assert_ptr_eq(player_next(&h.player), &steps.list[0]);
	show(&h, "y");
	show(&h, "axa");
	ck_assert_ptr_eq(player_next(&h.player), &steps.list[1]);
	pass_to(&h, 1000);
	ck_assert_str_eq(h.said, "230 say a|230 end");
	ck_assert_ptr_null(player_next(&h.player));
	player_reset(&h.player);
	script_steps_reset(&steps);
}
END_TEST

START_TEST(what_was_shown_before_the_connection_does_not_count)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "wait for \"x\" within 50ms");
	h = (struct heard){ .calls = { on_line, on_ended, on_failed, &h } };
	player_init(&h.player, "s", &steps, &h.calls);
	ck_assert_int_eq(player_due_ns(&h.player), INT64_MAX);
	show(&h, "x");
	player_connected(&h.player, 0);
	player_hold(&h.player, false);
	pass_to(&h, 1000);
	ck_assert_str_eq(h.said,
	    "50 fail s:1: \"x\" was not shown within 0.05 s, and "
	    "nothing else was");
	player_reset(&h.player);
	script_steps_reset(&steps);
}
END_TEST

/* What a wait in vain says was shown last. */
static void
check_last(const char *shown, const char *said)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "wait for \"x\" within 50ms");
	begin(&h, &steps);
	show(&h, "one");
	if (shown[0] != '\0')
		show(&h, shown);
	pass_to(&h, 1000);
	ck_assert_msg(strstr(h.said, said) != NULL, "%s", h.said);
	player_reset(&h.player);
	script_steps_reset(&steps);
}

START_TEST(a_wait_in_vain_says_what_was_shown_last)
{
	char much[200];

	check_last("", "within 0.05 s; the last line was \"one\"");
	check_last("two\nthree", "; the last line was \"three\"");
	check_last("a\033b", "; the last line was \"a\xef\xbf\xbd""b\"");
	/* not within a character */
	memset(much, 'a', sizeof(much));
	strcpy(much + 99, "\xc3\xa4z");
	check_last(much, "aaa\"");
	strcpy(much + 98, "\xc3\xa4z");
	check_last(much, "a\xc3\xa4\"");
}
END_TEST

START_TEST(who_is_held_says_nothing_and_waits_all_the_same)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "say \"a\"\nwait for \"x\" within 100ms");
	begin(&h, &steps);
	player_hold(&h.player, true);
	pass_to(&h, 300);
	ck_assert_str_eq(h.said, "");
	player_hold(&h.player, false);
	pass_to(&h, 301);
	ck_assert_str_eq(h.said, "300 say a");
	player_hold(&h.player, true);
	pass_to(&h, 1000);
	ck_assert_str_eq(h.said, "300 say a|"
	    "400 fail s:2: \"x\" was not shown within 0.1 s, and "
	    "nothing else was");
	player_reset(&h.player);
	script_steps_reset(&steps);
}
END_TEST

START_TEST(an_end_is_no_step_that_is_left)
{
	struct script_steps steps;
	struct heard h;

	parse(&steps, "at 20ms end\nsay \"a\"");
	begin(&h, &steps);
	ck_assert_ptr_null(player_next(&h.player));
	pass_to(&h, 1000);
	ck_assert_str_eq(h.said, "30 end");
	player_reset(&h.player);
	script_steps_reset(&steps);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("player");
	TCase *tc = tcase_create("player");

	tcase_add_test(tc,
	    steps_come_at_their_times_and_can_be_played_again);
	tcase_add_test(tc,
	    a_wait_ends_when_its_text_is_shown_and_counts_from_there);
	tcase_add_test(tc,
	    what_was_shown_before_the_connection_does_not_count);
	tcase_add_test(tc, a_wait_in_vain_says_what_was_shown_last);
	tcase_add_test(tc,
	    who_is_held_says_nothing_and_waits_all_the_same);
	tcase_add_test(tc, an_end_is_no_step_that_is_left);
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
