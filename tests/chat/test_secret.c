#include "chat/crypto/secret.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/temporary_folder.h"

enum { FILE_BYTES_MAX = 4096 };

static void
assert_text(const struct secret *secret, const char *text)
{
	ck_assert_ptr_nonnull(secret->data);
	ck_assert_uint_eq(secret->len, strlen(text));
	/* With the '\0' behind it. */
	ck_assert_mem_eq(secret->data, text, secret->len + 1);
}

static void
assert_none(const struct secret *secret)
{
	ck_assert_ptr_null(secret->data);
	ck_assert_uint_eq(secret->len, 0);
}

START_TEST(a_copy_keeps_any_bytes)
{
	static const uint8_t bytes[] = { 0, 1, 255, 0, '@' };
	struct secret secret = { NULL, 0 };

	ck_assert_int_eq(secret_set(&secret, bytes, sizeof(bytes)), 0);
	ck_assert_uint_eq(secret.len, sizeof(bytes));
	ck_assert_mem_eq(secret.data, bytes, sizeof(bytes));
	ck_assert_uint_eq(secret.data[sizeof(bytes)], 0);
	secret_reset(&secret);
	assert_none(&secret);
	secret_reset(&secret);
}
END_TEST

START_TEST(an_empty_secret_is_not_none)
{
	struct secret secret = { NULL, 0 };

	ck_assert_int_eq(secret_set(&secret, NULL, 0), 0);
	assert_text(&secret, "");
	secret_reset(&secret);
}
END_TEST

START_TEST(a_part_of_itself_can_be_the_new_secret)
{
	struct secret secret = { NULL, 0 };

	ck_assert_int_eq(secret_set(&secret, "old and new", 11), 0);
	ck_assert_int_eq(secret_set(&secret, secret.data + 8, 3), 0);
	assert_text(&secret, "new");
	secret_reset(&secret);
}
END_TEST

START_TEST(a_length_past_all_memory_fails_and_changes_nothing)
{
	struct secret secret = { NULL, 0 };

	ck_assert_int_eq(secret_set(&secret, "here", 4), 0);
	ck_assert_int_eq(secret_set(&secret, "there", SIZE_MAX), -1);
	assert_text(&secret, "here");
	secret_reset(&secret);
}
END_TEST

static const struct {
	const char *argument, *secret, *left;
} arguments[] = {
	{ "secretkey123", "secretkey123", "************" },
	{ "", "", "" },
	{ "a@b", "a@b", "***" },
	{ "@@at first", "@at first", "**********" },
	{ "@@", "@", "**" },
	{ "@key", "from the file", "@key" },
};

START_TEST(an_argument_is_taken_and_overwritten)
{
	char *argument = strdup(arguments[_i].argument);
	struct secret secret = { NULL, 0 };
	struct errbuf err;

	ck_assert_ptr_nonnull(argument);
	temporary_folder_write("key", "from the file\n");
	ck_assert_int_eq(secret_from_argument(&secret, argument, &err), 0);
	assert_text(&secret, arguments[_i].secret);
	ck_assert_str_eq(argument, arguments[_i].left);
	secret_reset(&secret);
	free(argument);
}
END_TEST

/* What the file holds, and what the secret is then. */
static const struct {
	const char *contents, *secret;
} files[] = {
	{ "", "" },
	{ "\n", "" },
	{ "one line", "one line" },
	{ "one newline only goes\n\n", "one newline only goes\n" },
	{ " blanks stay \r\n", " blanks stay \r" },
	{ "@not a file\n", "@not a file" },
};

START_TEST(a_file_is_taken_less_one_newline)
{
	char argument[] = "@key";
	struct secret secret = { NULL, 0 };
	struct errbuf err;

	temporary_folder_write("key", files[_i].contents);
	ck_assert_int_eq(secret_from_argument(&secret, argument, &err), 0);
	assert_text(&secret, files[_i].secret);
	secret_reset(&secret);
}
END_TEST

/* FILE_BYTES_MAX + more bytes, and `end`. */
static int
take_file(struct secret *secret, size_t len, const char *end,
    struct errbuf *err)
{
	char argument[] = "@key";
	char *text = malloc(len + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'k', len);
	text[len] = '\0';
	memcpy(text + len - strlen(end), end, strlen(end));
	temporary_folder_write("key", text);
	free(text);
	return secret_from_argument(secret, argument, err);
}

START_TEST(a_file_of_4096_bytes_is_the_longest)
{
	struct secret secret = { NULL, 0 };
	struct errbuf err;

	ck_assert_int_eq(take_file(&secret, FILE_BYTES_MAX, "k", &err), 0);
	ck_assert_uint_eq(secret.len, FILE_BYTES_MAX);
	secret_reset(&secret);
	ck_assert_int_eq(take_file(&secret, FILE_BYTES_MAX + 1, "\n", &err),
	    0);
	ck_assert_uint_eq(secret.len, FILE_BYTES_MAX);
	ck_assert_int_eq(take_file(&secret, FILE_BYTES_MAX + 1, "k", &err),
	    -1);
	ck_assert_str_eq(err.text,
	    "key: a secret is at most 4096 bytes long");
	ck_assert_int_eq(take_file(&secret, FILE_BYTES_MAX + 2, "k\n", &err),
	    -1);
	ck_assert_int_eq(take_file(&secret, 100000, "\n", &err), -1);
	/* The one from before. */
	ck_assert_uint_eq(secret.len, FILE_BYTES_MAX);
	secret_reset(&secret);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
	char missing[] = "@no/such file", folder[] = "@/", none[] = "@";
	struct secret secret = { NULL, 0 };
	struct errbuf err;

	ck_assert_int_eq(secret_from_argument(&secret, missing, &err), -1);
	ck_assert_str_eq(err.text, "no/such file: No such file or directory");
	ck_assert_int_eq(secret_from_argument(&secret, folder, &err), -1);
	ck_assert_str_eq(err.text, "/: Is a directory");
	ck_assert_int_eq(secret_from_argument(&secret, none, &err), -1);
	assert_none(&secret);
}
END_TEST

START_TEST(a_variable_is_taken_and_wiped)
{
	struct secret secret = { NULL, 0 };
	struct errbuf err;
	const char *value;

	ck_assert_int_eq(setenv("TEST_SECRET", "@taken as it is", 1), 0);
	value = getenv("TEST_SECRET");
	ck_assert_int_eq(secret_from_environment(&secret, "TEST_SECRET", &err),
	    0);
	assert_text(&secret, "@taken as it is");
	ck_assert_ptr_null(getenv("TEST_SECRET"));
	/* The C library keeps the memory of a variable that it made. */
	ck_assert_str_eq(value, "");

	ck_assert_int_eq(secret_from_environment(&secret, "TEST_SECRET", &err),
	    0);
	assert_none(&secret);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("secret");
	TCase *tc = tcase_create("secret");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, a_copy_keeps_any_bytes);
	tcase_add_test(tc, an_empty_secret_is_not_none);
	tcase_add_test(tc, a_part_of_itself_can_be_the_new_secret);
	tcase_add_test(tc, a_length_past_all_memory_fails_and_changes_nothing);
	tcase_add_loop_test(tc, an_argument_is_taken_and_overwritten, 0,
	    sizeof(arguments) / sizeof(arguments[0]));
	tcase_add_loop_test(tc, a_file_is_taken_less_one_newline, 0,
	    sizeof(files) / sizeof(files[0]));
	tcase_add_test(tc, a_file_of_4096_bytes_is_the_longest);
	tcase_add_test(tc, a_file_that_cannot_be_read_is_named);
	tcase_add_test(tc, a_variable_is_taken_and_wiped);
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
