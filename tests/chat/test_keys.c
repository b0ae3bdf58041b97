#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "chat/terminal/keys.h"
#include "chat/terminal/rows.h"

static size_t
length_of(const char *bytes)
{
	return key_length((const uint8_t *)bytes, strlen(bytes));
}

static struct key
read_key(const char *bytes)
{
	return key_read((const uint8_t *)bytes, strlen(bytes));
}

START_TEST(the_first_whole_key_is_found)
{
	ck_assert_uint_eq(length_of("abc"), 1);
	ck_assert_uint_eq(length_of("\303\244x"), 2);
	ck_assert_uint_eq(length_of("\360\237\230\200x"), 4);
	ck_assert_uint_eq(length_of("\033[Ax"), 3);
	ck_assert_uint_eq(length_of("\033[1;5Cx"), 6);
	ck_assert_uint_eq(length_of("\033OHx"), 3);
	ck_assert_uint_eq(length_of("\033bx"), 2);
	ck_assert_uint_eq(length_of("\033\303\244x"), 3);
	ck_assert_uint_eq(length_of("\033\033[A"), 1);
	ck_assert_uint_eq(length_of("\033[[Ax"), 4);
}
END_TEST

START_TEST(half_a_key_waits_for_the_rest)
{
	static const char *const halves[] = { "", "\303", "\360\237\230",
	    "\033", "\033[", "\033[1;5", "\033[[", "\033O", "\033\303" };

	ck_assert_uint_eq(length_of(halves[_i]), 0);
}
END_TEST

START_TEST(what_can_be_no_key_is_passed_over)
{
	ck_assert_uint_eq(length_of("\377x"), 1);
	ck_assert_uint_eq(length_of("\303x"), 1);
	ck_assert_uint_eq(length_of("\200"), 1);
	ck_assert_uint_eq(length_of("\033[1\nx"), 3);
	ck_assert_int_eq(read_key("\377").kind, KEY_NOTHING);
	ck_assert_int_eq(read_key("\033[1").kind, KEY_NOTHING);
	ck_assert_int_eq(read_key("\033[99~").kind, KEY_NOTHING);
	ck_assert_int_eq(read_key("\026").kind, KEY_NOTHING);
	ck_assert_int_eq(read_key("\302\233").kind, KEY_NOTHING);
	ck_assert_int_eq(read_key("\342\200\256").kind, KEY_NOTHING);
}
END_TEST

START_TEST(pasted_text_has_no_commands)
{
	const uint8_t *text = (const uint8_t *)"\033[201~";

	ck_assert_int_eq(read_key("\033[200~").kind, KEY_PASTE);
	ck_assert_uint_eq(key_pasted_length(text, 0), 0);
	ck_assert_uint_eq(key_pasted_length(text, 5), 0);
	ck_assert_uint_eq(key_pasted_length(text, 6), 6);
	ck_assert_int_eq(key_pasted_read(text, 6).kind, KEY_PASTED);
	text = (const uint8_t *)"\033[A\004\t\r\303\244";
	ck_assert_uint_eq(key_pasted_length(text, 8), 1);
	ck_assert_int_eq(key_pasted_read(text, 1).kind, KEY_NOTHING);
	ck_assert_int_eq(key_pasted_read(text + 1, 1).kind, KEY_CHARACTER);
	ck_assert_int_eq(key_pasted_read(text + 3, 1).kind, KEY_NOTHING);
	ck_assert_str_eq(key_pasted_read(text + 4, 1).command, " ");
	ck_assert_int_eq(key_pasted_read(text + 5, 1).kind, KEY_ENTER);
	ck_assert_uint_eq(key_pasted_length(text + 6, 1), 0);
	ck_assert_uint_eq(key_pasted_length(text + 6, 2), 2);
	ck_assert_int_eq(key_pasted_read(text + 6, 2).kind, KEY_CHARACTER);
}
END_TEST

/* A flood of a sequence without end must not wait for ever. */
START_TEST(a_sequence_has_a_longest_length)
{
	uint8_t data[100];

	memset(data, '1', sizeof(data));
	memcpy(data, "\033[", 2);
	ck_assert_uint_eq(key_length(data, sizeof(data)), KEY_BYTES_MAX);
	ck_assert_uint_eq(key_length(data, KEY_BYTES_MAX - 1), 0);
}
END_TEST

START_TEST(any_bytes_are_taken_apart_to_their_end)
{
	unsigned seed = (unsigned)_i;
	uint8_t data[200];
	size_t at = 0, n;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)("\033[O;1~A\303\244\377x"[rand_r(&seed) %
		    11]);
	while ((n = key_length(data + at, sizeof(data) - at)) > 0) {
		ck_assert_uint_le(n, KEY_BYTES_MAX);
		(void)key_read(data + at, n);
		at += n;
		ck_assert_uint_le(at, sizeof(data));
	}
	ck_assert_uint_lt(sizeof(data) - at, KEY_BYTES_MAX);
}
END_TEST

START_TEST(the_arrows_of_both_modes_are_one)
{
	static const char letters[] = "ABCDHF";
	char normal[] = "\033[.", application[] = "\033O.";
	struct key a, b;

	normal[2] = application[2] = letters[_i];
	a = read_key(normal);
	b = read_key(application);
	ck_assert_int_eq(a.kind, KEY_EDIT);
	ck_assert_int_eq(b.kind, KEY_EDIT);
	ck_assert_str_eq(a.command, b.command);
}
END_TEST

START_TEST(kinds_of_keys_are_told_apart)
{
	ck_assert_int_eq(read_key("a").kind, KEY_CHARACTER);
	ck_assert_int_eq(read_key("\346\227\245").kind, KEY_CHARACTER);
	ck_assert_int_eq(read_key("\r").kind, KEY_ENTER);
	ck_assert_int_eq(read_key("\n").kind, KEY_ENTER);
	ck_assert_int_eq(read_key("\004").kind, KEY_END);
	ck_assert_str_eq(read_key("\177").command, "\010");
	ck_assert_str_eq(read_key("\033[3~").command, KEY_DELETE);
}
END_TEST

static const struct {
	const wchar_t *text;
	size_t columns, row, column;
} layouts[] = {
	{ L"", 10, 0, 0 },
	{ L"123456789", 10, 0, 9 },
	{ L"1234567890", 10, 1, 0 },
	{ L"12345678901", 10, 1, 1 },
	{ L"12345678\u65e5", 10, 1, 0 },
	{ L"123456789\u65e5", 10, 1, 2 },	/* it does not break */
	{ L"\u65e5\u65e5", 3, 1, 2 },
	{ L"e\u0301e", 10, 0, 2 },
	{ L"\u65e5", 2, 1, 0 },
};

START_TEST(text_is_laid_out_in_rows)
{
	struct rows rows = { layouts[_i].columns, 0, 0 };

	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	rows_add(&rows, layouts[_i].text, wcslen(layouts[_i].text));
	ck_assert_uint_eq(rows.row, layouts[_i].row);
	ck_assert_uint_eq(rows.column, layouts[_i].column);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("keys");
	TCase *tc = tcase_create("keys");

	tcase_add_test(tc, the_first_whole_key_is_found);
	tcase_add_loop_test(tc, half_a_key_waits_for_the_rest, 0, 9);
	tcase_add_test(tc, what_can_be_no_key_is_passed_over);
	tcase_add_test(tc, pasted_text_has_no_commands);
	tcase_add_test(tc, a_sequence_has_a_longest_length);
	tcase_add_loop_test(tc, any_bytes_are_taken_apart_to_their_end, 0,
	    200);
	tcase_add_loop_test(tc, the_arrows_of_both_modes_are_one, 0, 6);
	tcase_add_test(tc, kinds_of_keys_are_told_apart);
	tcase_add_loop_test(tc, text_is_laid_out_in_rows, 0,
	    (int)(sizeof(layouts) / sizeof(layouts[0])));
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
