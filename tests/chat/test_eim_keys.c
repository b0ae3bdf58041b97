#include "chat/crypto/eim_keys.h"

#include <check.h>

#include "tests/chat/eim_vector.h"

START_TEST(each_profile_makes_its_keys)
{
	const struct vector_keys *expected = &vector_keys[_i];
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);

	vector_assert_hex(keys.aes, sizeof(keys.aes), expected->aes);
	vector_assert_hex(keys.mac.data, keys.mac.len, expected->mac);
	ck_assert_int_eq(keys.mac_over_padded, expected->mac_over_padded);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(each_profile_is_found_by_its_name)
{
	enum eim_profile profile = EIM_PROFILES;
	struct errbuf err;

	ck_assert_str_eq(eim_profile_name((enum eim_profile)_i),
	    vector_keys[_i].name);
	ck_assert_int_eq(eim_profile_find(vector_keys[_i].name, &profile,
	    &err), 0);
	ck_assert_int_eq(profile, _i);
}
END_TEST

START_TEST(an_unknown_profile_is_answered_with_those_there_are)
{
	enum eim_profile profile = EIM_PROFILES;
	struct errbuf err;

	ck_assert_int_eq(eim_profile_find("Toolkit", &profile, &err), -1);
	ck_assert_str_eq(err.text, "there are no keys 'Toolkit'; it can be "
	    "toolkit, sha256-padded, sha256-plain, sha256-chained or "
	    "sha256-authkey");
	ck_assert_int_eq(eim_profile_find("", &profile, &err), -1);
	ck_assert_int_eq(profile, EIM_PROFILES);
}
END_TEST

START_TEST(an_empty_key_is_refused_by_name)
{
	struct secret some = { NULL, 0 }, none = { NULL, 0 };
	enum eim_profile profile = (enum eim_profile)_i;
	struct eim_keys keys;
	struct errbuf err;

	ck_assert_int_eq(secret_set(&some, "k", 1), 0);
	ck_assert_int_eq(eim_keys_make(&keys, profile, &none, &some, &err),
	    -1);
	ck_assert_str_eq(err.text, "the confidentiality key is empty");
	ck_assert_int_eq(secret_set(&none, "", 0), 0);
	ck_assert_int_eq(eim_keys_make(&keys, profile, &some, &none, &err),
	    -1);
	ck_assert_str_eq(err.text, "the authenticity key is empty");
	secret_reset(&some);
	secret_reset(&none);
}
END_TEST

START_TEST(keys_that_were_reset_are_zeros)
{
	static const struct eim_keys zeros;
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);

	eim_keys_reset(&keys);
	ck_assert_mem_eq(keys.aes, zeros.aes, sizeof(keys.aes));
	ck_assert_ptr_null(keys.mac.data);
	ck_assert_uint_eq(keys.mac.len, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("eim_keys");
	TCase *tc = tcase_create("eim_keys");

	tcase_add_loop_test(tc, each_profile_makes_its_keys, 0, EIM_PROFILES);
	tcase_add_loop_test(tc, each_profile_is_found_by_its_name, 0,
	    EIM_PROFILES);
	tcase_add_test(tc, an_unknown_profile_is_answered_with_those_there_are);
	tcase_add_loop_test(tc, an_empty_key_is_refused_by_name, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, keys_that_were_reset_are_zeros, 0,
	    EIM_PROFILES);
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
