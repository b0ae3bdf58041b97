#include "chat/crypto/caps_cipher.h"

#include <check.h>
#include <string.h>

/* The exercise's own vector, as its server and client have it. */
static const char word[] = "the answer is no";
static const uint8_t sealed[CAPS_BLOCK_BYTES] = {
	0x75, 0x74, 0x67, 0x73, 0x8a, 0x09, 0x0c, 0x8b,
	0xef, 0x19, 0xa8, 0x39, 0xf5, 0x06, 0xc5, 0x55,
};

START_TEST(the_word_of_the_exercise_encrypts_to_its_bytes)
{
	uint8_t out[CAPS_BLOCK_BYTES];
	struct errbuf err;

	ck_assert_int_eq(caps_encrypt((const uint8_t *)word, sizeof(out), out,
	    &err), 0);
	ck_assert_mem_eq(out, sealed, sizeof(sealed));
	ck_assert_int_eq(caps_decrypt(sealed, sizeof(sealed), out, &err), 0);
	ck_assert_mem_eq(out, word, sizeof(out));
}
END_TEST

/* NIST SP 800-38A: a block hangs on those before it. */
START_TEST(the_same_block_twice_gives_two_different_ones)
{
	uint8_t out[2 * CAPS_BLOCK_BYTES];
	struct errbuf err;

	memcpy(out, word, CAPS_BLOCK_BYTES);
	memcpy(out + CAPS_BLOCK_BYTES, word, CAPS_BLOCK_BYTES);
	ck_assert_int_eq(caps_encrypt(out, sizeof(out), out, &err), 0);
	ck_assert_mem_eq(out, sealed, sizeof(sealed));
	ck_assert_mem_ne(out, out + CAPS_BLOCK_BYTES, CAPS_BLOCK_BYTES);
}
END_TEST

START_TEST(many_blocks_in_place_come_back)
{
	uint8_t data[64 * CAPS_BLOCK_BYTES], before[sizeof(data)];
	struct errbuf err;

	for (size_t i = 0; i < sizeof(data); i++)
		before[i] = data[i] = (uint8_t)(i * 7);
	for (size_t len = CAPS_BLOCK_BYTES; len <= sizeof(data);
	    len += CAPS_BLOCK_BYTES) {
		ck_assert_int_eq(caps_encrypt(data, len, data, &err), 0);
		ck_assert_mem_ne(data, before, len);
		ck_assert_int_eq(caps_decrypt(data, len, data, &err), 0);
		ck_assert_mem_eq(data, before, sizeof(data));
	}
}
END_TEST

START_TEST(a_length_that_is_no_multiple_of_16_is_refused)
{
	uint8_t data[49] = { 0 };
	struct errbuf err;

	for (size_t len = 0; len <= sizeof(data); len++) {
		int expected = len == 0 || len % 16 != 0 ? -1 : 0;

		err.text[0] = '\0';
		ck_assert_int_eq(caps_encrypt(data, len, data, &err), expected);
		ck_assert_int_eq(caps_decrypt(data, len, data, &err), expected);
		ck_assert_int_eq(err.text[0] == '\0', expected == 0);
	}
	ck_assert_int_eq(caps_encrypt(data, 5, data, &err), -1);
	ck_assert_str_eq(err.text, "5 bytes, but secure mode takes 16, 32, 48 "
	    "and so on (it does not pad)");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("caps_cipher");
	TCase *tc = tcase_create("caps_cipher");

	tcase_add_test(tc, the_word_of_the_exercise_encrypts_to_its_bytes);
	tcase_add_test(tc, the_same_block_twice_gives_two_different_ones);
	tcase_add_test(tc, many_blocks_in_place_come_back);
	tcase_add_test(tc, a_length_that_is_no_multiple_of_16_is_refused);
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
