#include <check.h>
#include <string.h>

#include "analyzer/report/local_note.h"

#define NET	"Local: 192.168.0.0/16."
#define HINT	" --local NET names the networks that are yours."

static const struct {
	uint64_t in, out, other;
	const char *text;
} notes[] = {
	{ 1, 1, 0, NET },
	{ 0, 0, 0, NET },
	{ 61, 0, 3, NET " No packet comes from there." HINT },
	{ 0, 61, 0, NET " Every packet comes from there." HINT },
	{ 0, 0, 1, NET " No packet is of an IP version that has a local "
	    "network." HINT },
};

START_TEST(a_hint_where_there_is_one_direction_only)
{
	char text[LOCAL_NOTE_BYTES];
	bool hint = local_note(text, "192.168.0.0/16", notes[_i].in,
	    notes[_i].out, notes[_i].other);

	ck_assert_str_eq(text, notes[_i].text);
	ck_assert_int_eq(hint, strcmp(text, NET) != 0);
}
END_TEST

START_TEST(a_long_list_is_cut_and_the_hint_is_not)
{
	char text[LOCAL_NOTE_BYTES], list[4096];

	memset(list, '1', sizeof(list));
	list[sizeof(list) - 1] = '\0';
	local_note(text, list, 0, 0, 1);
	ck_assert_ptr_nonnull(strstr(text, HINT));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("local_note");
	TCase *tc = tcase_create("local_note");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, a_hint_where_there_is_one_direction_only, 0,
	    sizeof(notes) / sizeof(notes[0]));
	tcase_add_test(tc, a_long_list_is_cut_and_the_hint_is_not);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
