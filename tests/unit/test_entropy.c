#include "analyzer/stats/entropy.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed_log.h"
#include "tests/unit/stats_random.h"

START_TEST(logarithms_are_those_of_libm_cut_off)
{
	const long double unit = 0x1p-48L;

	for (uint32_t v = 1; v <= ENTROPY_BYTES_MAX; v++) {
		long double wanted = log2l((long double)v);
		long double got = (long double)fixed_log2(v) * unit;

		ck_assert_msg(got <= wanted + unit / 1024 &&
		    wanted - got < unit + unit / 1024,
		    "log2(%u): %.15Lf, not %.15Lf", v, got, wanted);
	}
}
END_TEST

START_TEST(powers_of_two_have_whole_logarithms)
{
	for (unsigned k = 0; k < 32; k++)
		ck_assert_uint_eq(fixed_log2(1U << k),
		    (uint64_t)k << FIXED_LOG_BITS);
}
END_TEST

/* n bytes of `different` values, each as often as the others. */
static uint32_t
entropy_of(size_t n, unsigned different)
{
	static uint8_t data[ENTROPY_BYTES_MAX];

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(i % different);
	return entropy_microbits(data, n);
}

START_TEST(equal_shares_have_known_entropies)
{
	ck_assert_uint_eq(entropy_of(1, 1), 0);
	ck_assert_uint_eq(entropy_of(1000, 1), 0);
	ck_assert_uint_eq(entropy_of(256, 2), 1000000);
	ck_assert_uint_eq(entropy_of(300, 3), 1584963);	/* log2 3 */
	ck_assert_uint_eq(entropy_of(1000, 10), 3321928);	/* log2 10 */
	ck_assert_uint_eq(entropy_of(256, 256), 8000000);
	ck_assert_uint_eq(entropy_of(ENTROPY_BYTES_MAX, 256), 8000000);
}
END_TEST

static double
libm_bits(const uint8_t *data, size_t n)
{
	size_t counts[256] = { 0 };
	double bits = 0;

	for (size_t i = 0; i < n; i++)
		counts[data[i]]++;
	for (int i = 0; i < 256; i++)
		if (counts[i] > 0)
			bits -= (double)counts[i] / (double)n *
			    log2((double)counts[i] / (double)n);
	return bits;
}

START_TEST(random_bytes_have_libms_entropy)
{
	enum { MOST = 4096 };
	uint64_t state = random_seed("entropy");
	unsigned long rounds = random_rounds(500);
	uint8_t data[MOST];

	while (rounds-- > 0) {
		size_t n = 1 + random_next(&state) % MOST;
		uint64_t values = 1 + random_next(&state) % 256;

		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)(random_next(&state) % values);
		ck_assert_double_eq_tol(
		    (double)entropy_microbits(data, n) / 1e6,
		    libm_bits(data, n), 0.51e-6);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("entropy");
	TCase *tc = tcase_create("entropy");

	tcase_add_test(tc, logarithms_are_those_of_libm_cut_off);
	tcase_add_test(tc, powers_of_two_have_whole_logarithms);
	tcase_add_test(tc, equal_shares_have_known_entropies);
	tcase_add_test(tc, random_bytes_have_libms_entropy);
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
