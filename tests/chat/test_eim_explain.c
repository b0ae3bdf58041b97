#include "chat/crypto/eim_explain.h"

#include <check.h>
#include <stdlib.h>

#include "tests/chat/eim_vector.h"

enum { COLUMNS = 80 };

static struct eim_message
message(const char *nickname, const char *text)
{
	struct eim_message m = { .nickname = nickname, .text = text };

	for (uint8_t i = 0; i < EIM_IV_BYTES; i++)
		m.iv[i] = i;
	return m;
}

/* With the texts of the vector as keys; appended to *out. */
static int
explain(enum eim_profile profile, const struct eim_message *m,
    struct bytes *out, struct errbuf *err)
{
	struct secret c = { NULL, 0 }, a = { NULL, 0 };
	int status;

	ck_assert_int_eq(secret_set(&c, VECTOR_C, strlen(VECTOR_C)), 0);
	ck_assert_int_eq(secret_set(&a, VECTOR_A, strlen(VECTOR_A)), 0);
	status = eim_explain(profile, &c, &a, m, out, err);
	secret_reset(&c);
	secret_reset(&a);
	return status;
}

/* The text of a walk, terminated; release with free(). */
static char *
walk(enum eim_profile profile, const char *nickname, const char *text)
{
	struct eim_message m = message(nickname, text);
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;
	char *copy;

	ck_assert_msg(explain(profile, &m, &out, &err) == 0, "%s", err.text);
	copy = strndup((const char *)out.data, out.len);
	ck_assert_ptr_nonnull(copy);
	ck_assert_uint_eq(strlen(copy), out.len);
	bytes_reset(&out);
	return copy;
}

/* The hex rows below the line that begins with a step's name. */
static void
assert_value(const char *text, const char *name, const char *hex)
{
	char head[64], joined[2 * HEX_BYTES_MAX + 1] = "";
	const char *at;
	size_t n;

	snprintf(head, sizeof(head), "  %s = ", name);
	at = strstr(text, head);
	ck_assert_msg(at != NULL, "no step %s", name);
	for (at = strchr(at, '\n') + 1; strncmp(at, "      ", 6) == 0;
	    at += 6 + n + 1) {
		n = strcspn(at + 6, "\n");
		ck_assert_uint_le(n, 64);
		strncat(joined, at + 6, n);
	}
	ck_assert_str_eq(joined, hex);
}

START_TEST(every_value_of_the_vector_is_shown)
{
	static const struct {
		const char *name, *hex;
	} values[] = {
		{ "key", "1643477bdbb2198e23f73e7ece520729"
		    "4b4e9e31a1c3325ae07ebfe15ebaa78e" },
		{ "mackey", "617574686b6579343536" },
		{ "im", VECTOR_IM },
		{ "padded", VECTOR_PADDED },
		{ "mac", VECTOR_MAC },
		{ "plaintext", VECTOR_PLAINTEXT },
		{ "ciphertext", VECTOR_CIPHERTEXT },
		{ "package", VECTOR_PACKAGE },
		{ "opened-plaintext", VECTOR_PLAINTEXT },
		{ "opened-padded", VECTOR_PADDED },
		{ "opened-mac", VECTOR_MAC },
		{ "opened-im", VECTOR_IM },
	};
	char *text = walk(EIM_TOOLKIT, VECTOR_NICKNAME, VECTOR_TEXT);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_value(text, values[i].name, values[i].hex);
	ck_assert_ptr_nonnull(strstr(text, "\n    text      coding is fun\n"));
	free(text);
}
END_TEST

START_TEST(each_profile_shows_its_keys)
{
	char *text = walk((enum eim_profile)_i, "Al", "hi");

	assert_value(text, "key", vector_keys[_i].aes);
	assert_value(text, "mackey", vector_keys[_i].mac);
	ck_assert_int_eq(strstr(text, "$ hmac mackey <padded >mac\n") != NULL,
	    vector_keys[_i].mac_over_padded);
	ck_assert_int_eq(strstr(text, "$ hmac mackey <im >mac\n") != NULL,
	    !vector_keys[_i].mac_over_padded);
	free(text);
}
END_TEST

START_TEST(the_same_input_gives_the_same_text)
{
	char *one = walk((enum eim_profile)_i, "Al", "hi");
	char *two = walk((enum eim_profile)_i, "Al", "hi");

	ck_assert_str_eq(one, two);
	free(one);
	free(two);
}
END_TEST

START_TEST(no_line_is_longer_than_80_columns)
{
	char nickname[500];

	memset(nickname, 'n', sizeof(nickname));
	for (size_t len = 0; len < sizeof(nickname); len += 7) {
		char *text;

		nickname[len] = '\0';
		text = walk((enum eim_profile)_i, nickname, nickname);
		nickname[len] = 'n';
		for (const char *at = text; *at != '\0';) {
			size_t n = strcspn(at, "\n");

			ck_assert_msg(n <= COLUMNS, "%.*s", (int)n, at);
			ck_assert_int_ne(at[n], '\0');
			at += n + 1;
		}
		free(text);
	}
}
END_TEST

START_TEST(controls_in_the_text_do_not_reach_a_terminal)
{
	char *text = walk(EIM_TOOLKIT, "\x1b[2J", "two\nlines");

	ck_assert_ptr_null(strchr(text, '\x1b'));
	ck_assert_ptr_nonnull(strstr(text, "\n    text      (9 bytes)\n"));
	free(text);
}
END_TEST

START_TEST(what_cannot_be_sealed_is_not_explained)
{
	struct secret none = { NULL, 0 };
	struct eim_message m = message("Al", "\xff");
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;

	ck_assert_int_eq(explain(EIM_TOOLKIT, &m, &out, &err), -1);
	ck_assert_str_eq(err.text, "names and messages have to be UTF-8");
	bytes_reset(&out);
	m.text = "text";
	ck_assert_int_eq(eim_explain(EIM_TOOLKIT, &none, &none, &m, &out,
	    &err), -1);
	ck_assert_str_eq(err.text, "the confidentiality key is empty");
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("eim_explain");
	TCase *tc = tcase_create("eim_explain");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_value_of_the_vector_is_shown);
	tcase_add_loop_test(tc, each_profile_shows_its_keys, 0, EIM_PROFILES);
	tcase_add_loop_test(tc, the_same_input_gives_the_same_text, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, no_line_is_longer_than_80_columns, 0,
	    EIM_PROFILES);
	tcase_add_test(tc, controls_in_the_text_do_not_reach_a_terminal);
	tcase_add_test(tc, what_cannot_be_sealed_is_not_explained);
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
