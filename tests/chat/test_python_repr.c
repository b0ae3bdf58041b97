#include "chat/wire/python_repr.h"
#include "tests/chat/stage.h"

static void
expect_repr(const char *text, const char *repr)
{
	struct bytes out = { NULL, 0, 0 };

	ck_assert_int_eq(python_repr(&out, text), 0);
	ck_assert_uint_eq(out.len, strlen(repr));
	ck_assert_mem_eq(out.data, repr, out.len);
	bytes_reset(&out);
}

/* All as Python 3.11 prints them. */
START_TEST(texts_are_as_pythons_repr)
{
	expect_repr("", "''");
	expect_repr("alice", "'alice'");
	expect_repr("caf\u00e9 \u20ac \U0001f600",
	    "'caf\u00e9 \u20ac \U0001f600'");
	expect_repr("it's", "\"it's\"");
	expect_repr("say \"hi\"", "'say \"hi\"'");
	expect_repr("it's \"hi\"", "'it\\'s \"hi\"'");
	expect_repr("a\\b", "'a\\\\b'");
	expect_repr("\t\r\n", "'\\t\\r\\n'");
	expect_repr("\x01\x1b\x7f", "'\\x01\\x1b\\x7f'");
	expect_repr("\xc2\x85", "'\\x85'");
	expect_repr("\u202e\u2028", "'\\u202e\\u2028'");
	expect_repr("\ufeff", "'\\ufeff'");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_escaped)
{
	expect_repr("a\xff\xc3", "'a\\xff\\xc3'");
}
END_TEST

START_TEST(a_list_is_a_dict)
{
	char alice[] = "alice", first[] = "127.0.0.11", other[] = "o'brien",
	    second[] = "::1";
	struct user_entry entries[] = { { alice, first }, { other, second } };
	struct user_list list = { entries, 2 };
	struct bytes out = { NULL, 0, 0 };
	static const char dict[] =
	    "{'alice': '127.0.0.11', \"o'brien\": '::1'}";

	ck_assert_int_eq(python_repr_users(&out, &list), 0);
	ck_assert_uint_eq(out.len, strlen(dict));
	ck_assert_mem_eq(out.data, dict, out.len);
	list.count = out.len = 0;
	ck_assert_int_eq(python_repr_users(&out, &list), 0);
	ck_assert_uint_eq(out.len, 2);
	ck_assert_mem_eq(out.data, "{}", 2);
	bytes_reset(&out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("python_repr");
	TCase *tc = tcase_create("python_repr");

	tcase_add_test(tc, texts_are_as_pythons_repr);
	tcase_add_test(tc, bytes_that_are_no_text_are_escaped);
	tcase_add_test(tc, a_list_is_a_dict);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
