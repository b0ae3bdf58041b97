#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

/* The hash of n bytes added in parts of `part`. */
static void
hash(const char *data, size_t n, size_t part, char out[SHA256_HEX_BYTES])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (size_t at = 0; at < n; at += part)
		sha256_add(&h, data + at, n - at < part ? n - at : part);
	sha256_finish(&h, digest);
	sha256_hex(digest, out);
}

/* FIPS 180-4's examples, as NIST publishes them. */
static const struct {
	const char *text, *digest;
} vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	    "cf5b16a778af8380036ce59e7b049237"
	    "0b249b11e8f07a51afac45037afee9d1" },
};

START_TEST(the_standards_examples_are_hashed_as_it_says)
{
	char got[SHA256_HEX_BYTES];

	hash(vectors[_i].text, strlen(vectors[_i].text), 1000, got);
	ck_assert_str_eq(got, vectors[_i].digest);
}
END_TEST

START_TEST(a_million_letters_are_hashed_as_the_standard_says)
{
	enum { N = 1000000 };
	char *letters = malloc(N), got[SHA256_HEX_BYTES];

	ck_assert_ptr_nonnull(letters);
	memset(letters, 'a', N);
	hash(letters, N, 4093, got);
	ck_assert_str_eq(got, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	free(letters);
}
END_TEST

START_TEST(parts_of_any_length_give_the_same)
{
	char text[150], whole[SHA256_HEX_BYTES], parts[SHA256_HEX_BYTES];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 37);
	for (size_t n = 0; n <= sizeof(text); n++) {
		hash(text, n, sizeof(text), whole);
		hash(text, n, (size_t)_i, parts);
		ck_assert_str_eq(parts, whole);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sha256");
	TCase *tc = tcase_create("sha256");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, the_standards_examples_are_hashed_as_it_says,
	    0, sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_test(tc, a_million_letters_are_hashed_as_the_standard_says);
	tcase_add_loop_test(tc, parts_of_any_length_give_the_same, 1, 131);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
