#include "chat/protocols/class_quiz.h"
#include "tests/chat/class_stage.h"

static const char questions[] = "Who?\n a. I b. You \r\n\nWhere, a. b. or c.?\n"
    "a. Here\nb. There\n";
static const char text[] =
    "Question 1: Who?\n\nOptions: a. I b. You\n\n"
    "-----------------------------\n\n"
    "Question 2: Where, a. b. or c.?\n\nOptions: a. Here b. There\n\n"
    "-----------------------------\n\n";
static const char thanks[] = "Quiz is over. Thank you for participating!\n";

static void
add_text_file(struct fake_world *w, const char *path, const char *content)
{
	fake_add_file(w, path, content, strlen(content));
}

static struct fake_world *
quiz_world(void)
{
	struct fake_world *w = class_world(false);

	add_text_file(w, "q/ques", questions);
	add_text_file(w, "q/ans", "\n A  b\n");
	add_text_file(w, "q/one", "Only one?\n");
	add_text_file(w, "q/c", "c");
	add_text_file(w, "q/empty", "\n");
	return w;
}

static void
expect_scores(struct fake_world *w, const char *path, const char *rows)
{
	size_t len;
	const uint8_t *file = fake_file(w, path, &len);

	ck_assert_ptr_nonnull(file);
	ck_assert_str_eq((const char *)file, rows);
}

START_TEST(a_quiz_goes_to_all_in_the_originals_words)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");

	fake_forget(w);
	fake_line(w, "Quiz:q:ques:ans:s.csv");
	expect_frames(w, ann, "quiz_question", text, NULL);
	expect_frames(w, bob, "quiz_question", text, NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(answers_score_in_any_case_and_are_appended)
{
	static const struct {
		const char *answer, *row;
	} rows[] = {
		{ "a b", "ann,2\n" }, { "A B", "ann,2\n" },
		{ " b \t b ", "ann,1\n" }, { "x y", "ann,0\n" },
		{ "a b c d", "ann,2\n" }, { "ab b", "ann,1\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_world *w = quiz_world();
		struct peer *ann = enter_as(w, "ann");

		fake_line(w, "Quiz:q:ques:ans:s.csv");
		fake_forget(w);
		say(w, ann, "quiz_answer", rows[i].answer);
		expect_frames(w, ann, "info", thanks, NULL);
		expect_scores(w, "all_quiz_scores/s.csv", rows[i].row);
		fake_world_free(w);
	}
}
END_TEST

START_TEST(too_few_answers_are_explained_and_do_not_count)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");
	size_t len;

	fake_line(w, "Quiz:q:ques:ans:s.csv");
	fake_forget(w);
	say(w, ann, "quiz_answer", "a");
	say(w, ann, "quiz_answer", "");
	expect_frames(w, ann,
	    "info", "Server: The quiz asks for 2 answers, with blanks between "
	    "them.\n",
	    "info", "Server: The quiz asks for 2 answers, with blanks between "
	    "them.\n", NULL);
	ck_assert_ptr_null(fake_file(w, "all_quiz_scores/s.csv", &len));
	fake_world_free(w);
}
END_TEST

START_TEST(answers_without_a_quiz_are_told_so)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");

	say(w, ann, "quiz_answer", "a b");
	expect_frames(w, ann, "info", "Server: There is no quiz.\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_quiz_is_answered_a_hundred_times_at_most)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	size_t len;

	fake_line(w, "Quiz:q:one:c:t.csv");
	for (int i = 0; i < 100; i++)
		say(w, ann, "quiz_answer", "c");
	fake_forget(w);
	say(w, ann, "quiz_answer", "c");
	expect_frames(w, ann, "info", "Server: You have answered this quiz "
	    "100 times, more is not taken.\n", NULL);
	fake_file(w, "all_quiz_scores/t.csv", &len);
	ck_assert_uint_eq(len, 100 * strlen("ann,1\n"));
	/* Others still may, and she may the next one. */
	say(w, bob, "quiz_answer", "c");
	expect_frames(w, bob, "info", thanks, NULL);
	fake_line(w, "Quiz:q:one:c:u.csv");
	say(w, ann, "quiz_answer", "c");
	expect_scores(w, "all_quiz_scores/u.csv", "ann,1\n");
	fake_world_free(w);
}
END_TEST

START_TEST(one_answer_is_asked_for_as_one)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");

	fake_line(w, "Quiz:q:one:c:t.csv");
	fake_forget(w);
	say(w, ann, "quiz_answer", "");
	expect_frames(w, ann, "info", "Server: The quiz asks for 1 answer.\n",
	    NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_second_quiz_takes_the_place_of_the_first)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");

	fake_line(w, "Quiz:q:ques:ans:s.csv");
	fake_line(w, "Quiz:q:one:c:t.csv");
	fake_forget(w);
	say(w, ann, "quiz_answer", "c");
	expect_frames(w, ann, "info", thanks, NULL);
	expect_scores(w, "all_quiz_scores/t.csv", "ann,1\n");
	fake_world_free(w);
}
END_TEST

/* The quiz before stays. */
START_TEST(a_quiz_that_cannot_be_read_is_told_to_the_operator)
{
	static const char *const lines[] = {
		"Quiz:q:ques:ans", "Quiz:q:ques:ans:s.csv:x", "Quiz:",
		"Quiz:q::ans:s.csv", "Quiz:q:none:ans:s.csv",
		"Quiz:q:ques:none:s.csv", "Quiz:q:ques:c:s.csv",
		"Quiz:q:empty:empty:s.csv", "Quiz:q:huge:ans:s.csv",
		"Quiz:q:bad:c:s.csv",
	};
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");
	char *huge = calloc(1, CLASS_QUIZ_MAX + 2);

	ck_assert_ptr_nonnull(huge);
	memset(huge, 'x', CLASS_QUIZ_MAX + 1);
	add_text_file(w, "q/huge", huge);
	add_text_file(w, "q/bad", "caf\xe9?\n");
	free(huge);
	fake_line(w, "Quiz:q:one:c:t.csv");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		fake_forget(w);
		fake_line(w, lines[i]);
		ck_assert_uint_eq(count_events(w, "console"), 1);
		expect_frames(w, ann, NULL);
	}
	say(w, ann, "quiz_answer", "c");
	expect_scores(w, "all_quiz_scores/t.csv", "ann,1\n");
	fake_world_free(w);
}
END_TEST

START_TEST(a_name_with_a_comma_is_quoted)
{
	struct fake_world *w = quiz_world();
	struct peer *odd = enter_as(w, "a,\"b\"");

	fake_line(w, "Quiz:q:one:c:t.csv");
	say(w, odd, "quiz_answer", "c");
	expect_scores(w, "all_quiz_scores/t.csv", "\"a,\"\"b\"\"\",1\n");
	fake_world_free(w);
}
END_TEST

START_TEST(a_score_that_is_lost_is_told)
{
	struct fake_world *w = quiz_world();
	struct peer *ann = enter_as(w, "ann");

	fake_line(w, "Quiz:q:one:c:t.csv");
	fake_forget(w);
	fake_set_disk(w, 3);
	say(w, ann, "quiz_answer", "c");
	expect_frames(w, ann, "info",
	    "Server: Your score could not be stored.\n", NULL);
	ck_assert_uint_eq(count_events(w, "failed"), 1);
	fake_world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_quiz");
	TCase *tc = tcase_create("quiz");

	tcase_add_test(tc, a_quiz_goes_to_all_in_the_originals_words);
	tcase_add_test(tc, answers_score_in_any_case_and_are_appended);
	tcase_add_test(tc, too_few_answers_are_explained_and_do_not_count);
	tcase_add_test(tc, answers_without_a_quiz_are_told_so);
	tcase_add_test(tc, a_quiz_is_answered_a_hundred_times_at_most);
	tcase_add_test(tc, one_answer_is_asked_for_as_one);
	tcase_add_test(tc, a_second_quiz_takes_the_place_of_the_first);
	tcase_add_test(tc,
	    a_quiz_that_cannot_be_read_is_told_to_the_operator);
	tcase_add_test(tc, a_name_with_a_comma_is_quoted);
	tcase_add_test(tc, a_score_that_is_lost_is_told);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
