#include "chat/crypto/password.h"

#include <check.h>
#include <string.h>
#include <time.h>

#include "chat/crypto/password_record.h"
#include "tests/chat/eim_vector.h"

/* Quick, where the time does not matter. */
static const struct scrypt_cost quick = { .ln = 4, .r = 8, .p = 1 };

#define PASSWORD "correct horse"
#define SALT "AAECAwQFBgcICQoLDA0ODw"	/* 00 01 ... 0f */
#define HASH "Q7EcH175P/kcU7JE2HRU+qTRrq/BS6UbCRYPdBaC5y8"

/* By Python's hashlib.scrypt. */
#define USUAL_RECORD "$scrypt$ln=15,r=8,p=3$" SALT \
	"$ANYWwrwG9exM4wRn3uDhnkTuLMG27uj4k9dz5KrBPkg"
#define QUICK_RECORD "$scrypt$ln=4,r=8,p=1$" SALT "$" HASH
#define STRONGER_RECORD "$scrypt$ln=5,r=8,p=1$" SALT \
	"$MgBRi5YTMlkyhC8s6/7QvtVLdpsjtf8PcjjVOLyYhHQ"
#define EMPTY_RECORD "$scrypt$ln=4,r=8,p=1$" SALT \
	"$AdfLIQlgszRE3k0QSFUyWVPW5fMbtvpjabg27VebhU0"
#define NUL_RECORD "$scrypt$ln=4,r=8,p=1$" SALT \
	"$v1zuQYhjHKTtBgSplB8Rai7EYBmwPfEb5cTg68Xzj5w"

/* What the original server stores of "hello", and of nothing. */
#define HELLO_ROW \
	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define EMPTY_ROW \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* RFC 7914 section 12, less the one that takes 1 GiB. */
static const struct {
	const char *password, *salt;
	struct scrypt_cost cost;
	const char *hex;
} vectors[] = {
	{ "", "", { 4, 1, 1 },
	    "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
	    "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
	},
	{ "password", "NaCl", { 10, 8, 16 },
	    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
	    "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
	},
	{ "pleaseletmein", "SodiumChloride", { 14, 8, 1 },
	    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
	    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
	},
};

START_TEST(scrypt_gives_the_hashes_of_the_rfc)
{
	const char *password = vectors[_i].password, *salt = vectors[_i].salt;
	struct errbuf err;
	uint8_t out[64];

	ck_assert_int_eq(scrypt_derive(&vectors[_i].cost, password,
	    strlen(password), (const uint8_t *)salt, strlen(salt), out,
	    sizeof(out), &err), 0);
	vector_assert_hex(out, sizeof(out), vectors[_i].hex);
}
END_TEST

static const struct {
	struct scrypt_cost cost;
	const char *fault;	/* a part of it; NULL: none */
} costs[] = {
	{ { 15, 8, 3 }, NULL },
	{ { 15, 8, 12 }, NULL },	/* 4 times the usual */
	{ { 1, 1, 1 }, NULL },
	{ { 15, 1, 1 }, NULL },
	{ { 16, 1, 1 }, "no such N" },
	{ { 15, 8, 13 }, "4 times" },
	{ { 16, 8, 1 }, "64 MiB" },	/* and two blocks more */
	{ { 1, 1048576, 1 }, "64 MiB" },
	{ { 1, 1, 1048576 }, "64 MiB" },
	{ { 14, 16, 24 }, "4 times" },
	{ { 64, 1, 1 }, "64 MiB" },
	{ { 20, 4294967295, 4294967295 }, "64 MiB" },
	{ { 0, 8, 1 }, "is 0" },
	{ { 4, 0, 1 }, "is 0" },
	{ { 4, 8, 0 }, "is 0" },
};

START_TEST(the_cost_of_scrypt_is_bounded)
{
	const char *fault = scrypt_cost_fault(&costs[_i].cost);
	struct errbuf err = { "" };
	uint8_t out[32];

	if (costs[_i].fault == NULL) {
		ck_assert_ptr_null(fault);
		ck_assert_int_eq(scrypt_derive(&costs[_i].cost, "p", 1, out, 0,
		    out, sizeof(out), &err), 0);
		return;
	}
	ck_assert_ptr_nonnull(fault);
	ck_assert_ptr_nonnull(strstr(fault, costs[_i].fault));
	ck_assert_int_eq(scrypt_derive(&costs[_i].cost, "p", 1, out, 0, out,
	    sizeof(out), &err), -1);
	ck_assert_str_eq(err.text, fault);
}
END_TEST

START_TEST(a_new_record_fits_its_password_at_the_usual_cost)
{
	const struct scrypt_cost *usual = &scrypt_cost_usual;
	char record[PASSWORD_RECORD_BYTES];
	struct errbuf err;

	ck_assert_int_eq(password_record_make(usual, PASSWORD,
	    strlen(PASSWORD), record, &err), 0);
	ck_assert_int_eq(strncmp(record, USUAL_RECORD, 22), 0);
	ck_assert_uint_eq(strlen(record), strlen(USUAL_RECORD));
	ck_assert_int_eq(password_check(usual, record, PASSWORD,
	    strlen(PASSWORD), &err), PASSWORD_FITS);
	ck_assert_int_eq(password_check(usual, record, PASSWORD,
	    strlen(PASSWORD) - 1, &err), PASSWORD_DIFFERS);
}
END_TEST

START_TEST(a_record_of_the_usual_cost_made_elsewhere_fits)
{
	const struct scrypt_cost *usual = &scrypt_cost_usual;
	struct errbuf err;

	ck_assert_int_eq(password_check(usual, USUAL_RECORD, PASSWORD,
	    strlen(PASSWORD), &err), PASSWORD_FITS);
	/* Weaker than the usual one. */
	ck_assert_int_eq(password_check(usual, QUICK_RECORD, PASSWORD,
	    strlen(PASSWORD), &err), PASSWORD_FITS_OLD);
}
END_TEST

static const struct {
	const char *record, *password;
	size_t len;
	enum password_fit fit;
} checks[] = {
	{ QUICK_RECORD, PASSWORD, 13, PASSWORD_FITS },
	{ QUICK_RECORD, PASSWORD, 12, PASSWORD_DIFFERS },
	{ QUICK_RECORD, PASSWORD " ", 14, PASSWORD_DIFFERS },
	{ QUICK_RECORD, "Correct horse", 13, PASSWORD_DIFFERS },
	{ QUICK_RECORD, "", 0, PASSWORD_DIFFERS },
	{ STRONGER_RECORD, PASSWORD, 13, PASSWORD_FITS },
	{ EMPTY_RECORD, "", 0, PASSWORD_FITS },
	{ NUL_RECORD, "a\0b", 3, PASSWORD_FITS },
	{ NUL_RECORD, "a", 1, PASSWORD_DIFFERS },
	{ HELLO_ROW, "hello", 5, PASSWORD_FITS_OLD },
	{ HELLO_ROW, "Hello", 5, PASSWORD_DIFFERS },
	{ HELLO_ROW, HELLO_ROW, 64, PASSWORD_DIFFERS },
	{ EMPTY_ROW, "", 0, PASSWORD_FITS_OLD },
	{ NULL, "hello", 5, PASSWORD_DIFFERS },
	{ NULL, "", 0, PASSWORD_DIFFERS },
};

START_TEST(a_password_fits_its_record_alone)
{
	struct errbuf err;

	ck_assert_int_eq(password_check(&quick, checks[_i].record,
	    checks[_i].password, checks[_i].len, &err), checks[_i].fit);
}
END_TEST

static const char *const bad_records[] = {
	"",
	"hello",
	"$scrypt$",
	/* Every field, a little off. */
	"scrypt$ln=4,r=8,p=1$" SALT "$" HASH,
	"$Scrypt$ln=4,r=8,p=1$" SALT "$" HASH,
	"$argon2id$ln=4,r=8,p=1$" SALT "$" HASH,
	" $scrypt$ln=4,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=04,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln= 4,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=+4,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=-4,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=4294967300,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=4,r=8$" SALT "$" HASH,
	"$scrypt$r=8,ln=4,p=1$" SALT "$" HASH,
	"$scrypt$ln=4,r=8,p=1,q=1$" SALT "$" HASH,
	"$scrypt$ln=4,r=8,p=1$$" HASH,
	"$scrypt$ln=4,r=8,p=1$" SALT,
	"$scrypt$ln=4,r=8,p=1$" SALT "$",
	"$scrypt$ln=4,r=8,p=1$" SALT "A$" HASH,
	"$scrypt$ln=4,r=8,p=1$" SALT "==$" HASH,
	"$scrypt$ln=4,r=8,p=1$" SALT "$" HASH "=",
	"$scrypt$ln=4,r=8,p=1$" SALT "$" HASH "A",
	"$scrypt$ln=4,r=8,p=1$" SALT "$" HASH "\n",
	"$scrypt$ln=4,r=8,p=1$" SALT "$" HASH " ",
	"$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0OD-$" HASH,
	/* Bits behind the last byte. */
	"$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODx$" HASH,
	"$scrypt$ln=4,r=8,p=1$" SALT
	    "$Q7EcH175P/kcU7JE2HRU+qTRrq/BS6UbCRYPdBaC5y9",
	/* Costs that nobody should pay. */
	"$scrypt$ln=0,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=31,r=8,p=1$" SALT "$" HASH,
	"$scrypt$ln=15,r=8,p=9999$" SALT "$" HASH,
	"$scrypt$ln=1,r=9999999,p=9999999$" SALT "$" HASH,
	/* A hash of the original server, a little off. */
	"2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
	HELLO_ROW "0",
	"cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
};

START_TEST(a_record_that_is_not_exact_is_bad)
{
	struct errbuf err = { "" };

	ck_assert_int_eq(password_check(&quick, bad_records[_i], PASSWORD,
	    strlen(PASSWORD), &err), PASSWORD_BAD_RECORD);
	ck_assert_str_ne(err.text, "");
}
END_TEST

START_TEST(every_byte_of_a_record_counts)
{
	struct errbuf err;

	for (size_t i = 0; i < strlen(QUICK_RECORD); i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			char record[] = QUICK_RECORD;
			enum password_fit fit;

			record[i] = (char)(record[i] ^ 1 << bit);
			fit = password_check(&quick, record, PASSWORD,
			    strlen(PASSWORD), &err);
			ck_assert_msg(fit == PASSWORD_DIFFERS ||
			    fit == PASSWORD_BAD_RECORD, "%s: %d", record, fit);
		}
	}
}
END_TEST

START_TEST(a_record_is_read_as_it_was_written)
{
	struct password_record record, again;
	char text[PASSWORD_RECORD_BYTES];
	struct errbuf err;

	ck_assert_int_eq(password_record_parse(USUAL_RECORD, &record, &err),
	    0);
	ck_assert_uint_eq(record.cost.ln, 15);
	ck_assert_uint_eq(record.cost.r, 8);
	ck_assert_uint_eq(record.cost.p, 3);
	vector_assert_hex(record.salt, sizeof(record.salt), VECTOR_IV);
	password_record_write(&record, text);
	ck_assert_str_eq(text, USUAL_RECORD);
	/* Both letters behind 'Z' and '9' in the alphabet. */
	memset(record.salt, 0xfb, sizeof(record.salt));
	memset(record.hash, 0xff, sizeof(record.hash));
	password_record_write(&record, text);
	ck_assert_int_eq(password_record_parse(text, &again, &err), 0);
	ck_assert_mem_eq(again.salt, record.salt, sizeof(record.salt));
	ck_assert_mem_eq(again.hash, record.hash, sizeof(record.hash));
}
END_TEST

START_TEST(two_records_of_one_password_differ)
{
	char one[PASSWORD_RECORD_BYTES], two[PASSWORD_RECORD_BYTES];
	struct errbuf err;

	ck_assert_int_eq(password_record_make(&quick, PASSWORD,
	    strlen(PASSWORD), one, &err), 0);
	ck_assert_int_eq(password_record_make(&quick, PASSWORD,
	    strlen(PASSWORD), two, &err), 0);
	ck_assert_str_ne(one, two);
}
END_TEST

START_TEST(an_empty_or_endless_password_makes_no_record)
{
	static const char longest[PASSWORD_BYTES_MAX + 1];
	char record[PASSWORD_RECORD_BYTES];
	struct errbuf err;

	ck_assert_int_eq(password_record_make(&quick, "", 0, record, &err),
	    -1);
	ck_assert_str_eq(err.text, "the password is empty");
	ck_assert_int_eq(password_record_make(&quick, longest,
	    sizeof(longest), record, &err), -1);
	ck_assert_str_eq(err.text, "the password is longer than 1024 bytes");
	ck_assert_int_eq(password_record_make(&quick, longest,
	    sizeof(longest) - 1, record, &err), 0);
	ck_assert_int_eq(password_check(&quick, record, longest,
	    sizeof(longest) - 1, &err), PASSWORD_FITS);
	ck_assert_int_eq(password_check(&quick, record, longest,
	    sizeof(longest), &err), PASSWORD_DIFFERS);
}
END_TEST

/* In CPU time of this thread. */
static int64_t
check_ns(const char *record, size_t len)
{
	static const struct scrypt_cost slow = { .ln = 12, .r = 8, .p = 1 };
	static const char password[PASSWORD_BYTES_MAX + 1] = PASSWORD;
	struct timespec from, to;
	struct errbuf err;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	ck_assert_int_ge(password_check(&slow, record, password, len,
	    &err), PASSWORD_DIFFERS);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return (int64_t)(to.tv_sec - from.tv_sec) * 1000000000 +
	    (to.tv_nsec - from.tv_nsec);
}

static const struct {
	const char *record;
	size_t len;
} unlike[] = {
	{ NULL, 5 },
	{ NULL, PASSWORD_BYTES_MAX + 1 },
	{ HELLO_ROW, 5 },
	{ "no record at all", 5 },
};

/* A scrypt more or less would be all of the time, or twice as much.  By turns,
 * since the machine has other work; the least of some tries. */
START_TEST(who_there_is_does_not_show_in_the_time)
{
	int64_t known = INT64_MAX, other = INT64_MAX;

	for (int i = 0; i < 9; i++) {
		int64_t a = check_ns("$scrypt$ln=12,r=8,p=1$" SALT "$" HASH,
		    5);
		int64_t b = check_ns(unlike[_i].record, unlike[_i].len);

		known = a < known ? a : known;
		other = b < other ? b : other;
	}
	ck_assert_msg(other > known * 3 / 5 && other < known * 5 / 3,
	    "%lld ns, not %lld", (long long)other, (long long)known);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("password");
	TCase *tc = tcase_create("password");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, scrypt_gives_the_hashes_of_the_rfc, 0,
	    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(tc, the_cost_of_scrypt_is_bounded, 0,
	    sizeof(costs) / sizeof(costs[0]));
	tcase_add_test(tc, a_new_record_fits_its_password_at_the_usual_cost);
	tcase_add_test(tc, a_record_of_the_usual_cost_made_elsewhere_fits);
	tcase_add_loop_test(tc, a_password_fits_its_record_alone, 0,
	    sizeof(checks) / sizeof(checks[0]));
	tcase_add_loop_test(tc, a_record_that_is_not_exact_is_bad, 0,
	    sizeof(bad_records) / sizeof(bad_records[0]));
	tcase_add_test(tc, every_byte_of_a_record_counts);
	tcase_add_test(tc, a_record_is_read_as_it_was_written);
	tcase_add_test(tc, two_records_of_one_password_differ);
	tcase_add_test(tc, an_empty_or_endless_password_makes_no_record);
	tcase_add_loop_test(tc, who_there_is_does_not_show_in_the_time, 0,
	    sizeof(unlike) / sizeof(unlike[0]));
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
