#include "chat/crypto/eim_seal.h"

#include <check.h>
#include <stdlib.h>

#include "chat/crypto/cbc.h"
#include "chat/crypto/digest.h"
#include "chat/crypto/pkcs7.h"
#include "chat/wire/eim_package.h"
#include "tests/chat/eim_vector.h"

static void
make_iv(uint8_t iv[EIM_IV_BYTES])
{
	for (uint8_t i = 0; i < EIM_IV_BYTES; i++)
		iv[i] = i;
}

/* Release with bytes_reset(). */
static struct bytes
sealed(const struct eim_keys *keys, const char *nickname, const char *text,
    size_t text_len)
{
	struct bytes package = { NULL, 0, 0 };
	uint8_t iv[EIM_IV_BYTES];
	struct errbuf err;

	make_iv(iv);
	ck_assert_msg(eim_seal(keys, nickname, strlen(nickname), text,
	    text_len, iv, NULL, NULL, &package, &err) == 0, "%s", err.text);
	return package;
}

static bool
opens(const struct eim_keys *keys, const uint8_t *package, size_t len)
{
	struct eim_opened opened;

	if (eim_open(keys, package, len, NULL, NULL, &opened) != 0) {
		ck_assert_ptr_null(opened.plain.data);
		ck_assert_ptr_null(opened.text);
		return false;
	}
	eim_opened_reset(&opened);
	return true;
}

static void
assert_opens_as(const struct eim_keys *keys, const struct bytes *package,
    const char *nickname, const char *text, size_t text_len)
{
	struct eim_opened opened;

	ck_assert_int_eq(eim_open(keys, package->data, package->len, NULL,
	    NULL, &opened), 0);
	ck_assert_uint_eq(opened.nickname_len, strlen(nickname));
	ck_assert_mem_eq(opened.nickname, nickname, opened.nickname_len);
	ck_assert_uint_eq(opened.text_len, text_len);
	ck_assert_mem_eq(opened.text, text, text_len);
	eim_opened_reset(&opened);
	ck_assert_ptr_null(opened.plain.data);
}

/* The values on the way of the vector, and the rule of each. */
struct expected_step {
	const char *name, *hex, *rule;
};

static const struct expected_step seal_steps[] = {
	{ "im", VECTOR_IM, "IM { nickname 5, message 10 }" },
	{ "padded", VECTOR_PADDED, "im, PKCS #7 to 16 bytes" },
	{ "mac", VECTOR_MAC, "HMAC-SHA256(mackey, padded)" },
	{ "plaintext", VECTOR_PLAINTEXT,
	    "PlaintextAndMAC { paddedPlaintext 10, mac 20 }" },
	{ "plaintext-padded", VECTOR_PLAINTEXT "0b0b0b0b0b0b0b0b0b0b0b",
	    "plaintext, PKCS #7 to 16 bytes" },
	{ "ciphertext", VECTOR_CIPHERTEXT,
	    "AES-256-CBC(key, iv, plaintext-padded)" },
	{ "package", VECTOR_PACKAGE,
	    "EncryptedPackage { iv 20, encryptedMessage 30 }" },
	{ NULL, NULL, NULL },
};

static const struct expected_step open_steps[] = {
	{ "plaintext-padded", VECTOR_PLAINTEXT "0b0b0b0b0b0b0b0b0b0b0b",
	    "AES-256-CBC(key, iv, plaintext-padded)" },
	{ "plaintext", VECTOR_PLAINTEXT, "plaintext, PKCS #7 to 16 bytes" },
	{ "padded", VECTOR_PADDED,
	    "PlaintextAndMAC { paddedPlaintext 10, mac 20 }" },
	{ "mac", VECTOR_MAC, "HMAC-SHA256(mackey, padded)" },
	{ "im", VECTOR_IM, "im, PKCS #7 to 16 bytes" },
	{ NULL, NULL, NULL },
};

static void
check_step(void *context, const char *name, const char *rule,
    const void *data, size_t len)
{
	const struct expected_step **next = context;

	ck_assert_ptr_nonnull((*next)->name);
	ck_assert_str_eq(name, (*next)->name);
	ck_assert_str_eq(rule, (*next)->rule);
	vector_assert_hex(data, len, (*next)->hex);
	(*next)++;
}

START_TEST(the_vector_is_sealed_step_by_step)
{
	struct eim_keys keys = vector_make_keys(EIM_TOOLKIT);
	const struct expected_step *next = seal_steps;
	struct bytes package = { NULL, 0, 0 };
	uint8_t iv[EIM_IV_BYTES];
	struct errbuf err;

	make_iv(iv);
	/* Behind what is there. */
	ck_assert_int_eq(bytes_append(&package, "frame", 5), 0);
	ck_assert_int_eq(eim_seal(&keys, VECTOR_NICKNAME,
	    strlen(VECTOR_NICKNAME), VECTOR_TEXT, strlen(VECTOR_TEXT), iv,
	    check_step, &next, &package, &err), 0);
	ck_assert_ptr_null(next->name);
	ck_assert_mem_eq(package.data, "frame", 5);
	vector_assert_hex(package.data + 5, package.len - 5, VECTOR_PACKAGE);
	bytes_reset(&package);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(the_vector_is_opened_step_by_step)
{
	struct eim_keys keys = vector_make_keys(EIM_TOOLKIT);
	const struct expected_step *next = open_steps;
	uint8_t package[HEX_BYTES_MAX];
	size_t len = vector_bytes(VECTOR_PACKAGE, package);
	struct eim_opened opened;

	ck_assert_uint_eq(len, VECTOR_PACKAGE_BYTES);
	ck_assert_int_eq(eim_open(&keys, package, len, check_step, &next,
	    &opened), 0);
	ck_assert_ptr_null(next->name);
	ck_assert_uint_eq(opened.nickname_len, strlen(VECTOR_NICKNAME));
	ck_assert_mem_eq(opened.nickname, VECTOR_NICKNAME,
	    opened.nickname_len);
	ck_assert_uint_eq(opened.text_len, strlen(VECTOR_TEXT));
	ck_assert_mem_eq(opened.text, VECTOR_TEXT, opened.text_len);
	eim_opened_reset(&opened);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(texts_of_every_length_come_back)
{
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);
	char text[300];

	memset(text, 't', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++) {
		struct bytes package = sealed(&keys, "Al", text, len);

		assert_opens_as(&keys, &package, "Al", text, len);
		bytes_reset(&package);
	}
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(a_long_text_and_no_nickname_come_back)
{
	enum { LONG = 1 << 20 };
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);
	char *text = calloc(1, LONG);
	struct bytes package;

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < LONG; i++)
		text[i] = (char)(' ' + i % 90);
	package = sealed(&keys, "", text, LONG);
	assert_opens_as(&keys, &package, "", text, LONG);
	bytes_reset(&package);
	free(text);
	eim_keys_reset(&keys);
}
END_TEST

static const char umlauts[] = "gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x90\xa7\n";

/* Of two profiles; those with the same keys differ in what the MAC is over. */
START_TEST(a_message_of_one_profile_is_refused_by_the_others)
{
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);
	struct bytes package = sealed(&keys, VECTOR_NICKNAME, umlauts,
	    strlen(umlauts));

	for (int k = 0; k < EIM_PROFILES; k++) {
		struct eim_keys other = vector_make_keys((enum eim_profile)k);

		ck_assert_int_eq(opens(&other, package.data, package.len),
		    k == _i);
		eim_keys_reset(&other);
	}
	bytes_reset(&package);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(every_bit_of_a_package_counts)
{
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);
	struct bytes package = sealed(&keys, VECTOR_NICKNAME, VECTOR_TEXT,
	    strlen(VECTOR_TEXT));

	for (size_t i = 0; i < package.len * 8; i++) {
		package.data[i / 8] ^= (uint8_t)(1 << i % 8);
		ck_assert_msg(!opens(&keys, package.data, package.len),
		    "bit %zu", i);
		package.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert(opens(&keys, package.data, package.len));
	bytes_reset(&package);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(every_part_of_a_package_is_refused)
{
	struct eim_keys keys = vector_make_keys((enum eim_profile)_i);
	struct bytes package = sealed(&keys, VECTOR_NICKNAME, VECTOR_TEXT,
	    strlen(VECTOR_TEXT));

	for (size_t len = 0; len < package.len; len++) {
		/* At its own size, so that a read past the end shows. */
		uint8_t *part = malloc(len == 0 ? 1 : len);

		ck_assert_ptr_nonnull(part);
		memcpy(part, package.data, len);
		ck_assert(!opens(&keys, part, len));
		free(part);
	}
	ck_assert_int_eq(bytes_append(&package, "", 1), 0);
	ck_assert(!opens(&keys, package.data, package.len));
	bytes_reset(&package);
	eim_keys_reset(&keys);
}
END_TEST

/* Encrypts whole blocks and puts them into a package, with its IV or less. */
static struct bytes
packed(const struct eim_keys *keys, const void *blocks, size_t len,
    size_t iv_len)
{
	uint8_t iv[EIM_IV_BYTES], data[512];
	struct cbc_key key = { keys->aes, sizeof(keys->aes), iv };
	struct bytes package = { NULL, 0, 0 };
	struct errbuf err;

	make_iv(iv);
	ck_assert_uint_le(len, sizeof(data));
	ck_assert_int_eq(cbc_encrypt(&key, blocks, len, data, &err), 0);
	ck_assert_int_eq(encrypted_package_append(&package, iv, iv_len, data,
	    len), 0);
	return package;
}

/* A padded message with the MAC that belongs to it. */
static struct bytes
packed_message(const struct eim_keys *keys, const uint8_t *padded,
    size_t len, size_t im_len, size_t mac_len)
{
	struct bytes plaintext = { NULL, 0, 0 }, package;
	uint8_t mac[DIGEST_BYTES];
	struct errbuf err;

	ck_assert_int_eq(digest_hmac(keys->mac.data, keys->mac.len, padded,
	    keys->mac_over_padded ? len : im_len, mac, &err), 0);
	ck_assert_int_eq(plaintext_and_mac_append(&plaintext, padded, len, mac,
	    mac_len), 0);
	ck_assert_int_eq(pkcs7_pad(&plaintext), 0);
	package = packed(keys, plaintext.data, plaintext.len, EIM_IV_BYTES);
	bytes_reset(&plaintext);
	return package;
}

/* What somebody with the keys could send who follows other rules. */
static const struct {
	const char *why, *padded;
	size_t im_len, mac_len;
	bool opens;
} inners[] = {
	{ "as it is", VECTOR_PADDED, 22, 32, true },
	{ "a short MAC", VECTOR_PADDED, 22, 31, false },
	{ "no MAC", VECTOR_PADDED, 22, 0, false },
	{ "nothing", "", 0, 32, false },
	{ "only padding", "10101010101010101010101010101010", 0, 32, false },
	{ "no whole block", VECTOR_IM, 22, 32, false },
	{ "no padding", "2a054142434445520741424344454647", 16, 32, false },
	{ "padding of 0", "2a054142434445520641424344454600", 15, 32, false },
	{ "padding of 17", "2a054142434445520741424344454611", 15, 32, false },
	{ "padding not alike", "2a01415200010203040506070809090a", 5, 32,
	    false },
	{ "padding", "2a014152000b0b0b0b0b0b0b0b0b0b0b", 5, 32, true },
	{ "no text", "2a05416c6963650909090909090909" "09", 7, 32, false },
	{ "no nickname", "5205416c69636509090909090909" "0909", 7, 32, false },
	{ "a NUL", "2a01415201000a0a0a0a0a0a0a0a0a" "0a", 6, 32, false },
	{ "no UTF-8", "2a01ff5201410a0a0a0a0a0a0a0a0a" "0a", 6, 32, false },
};

START_TEST(what_follows_other_rules_is_refused)
{
	static const enum eim_profile both[] = {
		EIM_TOOLKIT, EIM_SHA256_PLAIN,
	};
	uint8_t padded[HEX_BYTES_MAX];
	size_t len = vector_bytes(inners[_i].padded, padded);

	for (size_t i = 0; i < 2; i++) {
		struct eim_keys keys = vector_make_keys(both[i]);
		struct bytes package = packed_message(&keys, padded, len,
		    inners[_i].im_len, inners[_i].mac_len);

		ck_assert_msg(opens(&keys, package.data, package.len) ==
		    inners[_i].opens, "%s", inners[_i].why);
		bytes_reset(&package);
		eim_keys_reset(&keys);
	}
}
END_TEST

START_TEST(what_is_decrypted_to_anything_is_refused)
{
	static const uint8_t zeros[64];
	struct eim_keys keys = vector_make_keys(EIM_TOOLKIT);
	uint8_t padding[64];
	struct bytes package;

	memset(padding, 16, sizeof(padding));
	for (size_t len = 16; len <= sizeof(zeros); len += 16) {
		package = packed(&keys, zeros, len, EIM_IV_BYTES);
		ck_assert(!opens(&keys, package.data, package.len));
		bytes_reset(&package);
		package = packed(&keys, padding, len, EIM_IV_BYTES);
		ck_assert(!opens(&keys, package.data, package.len));
		bytes_reset(&package);
	}
	package = packed(&keys, zeros, 0, EIM_IV_BYTES);
	ck_assert(!opens(&keys, package.data, package.len));
	bytes_reset(&package);
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(an_iv_of_another_length_is_refused)
{
	struct eim_keys keys = vector_make_keys(EIM_TOOLKIT);
	uint8_t plaintext[HEX_BYTES_MAX];
	size_t len = vector_bytes(VECTOR_PLAINTEXT "0b0b0b0b0b0b0b0b0b0b0b",
	    plaintext);

	for (size_t iv_len = 0; iv_len <= EIM_IV_BYTES; iv_len++) {
		struct bytes package = packed(&keys, plaintext, len, iv_len);

		ck_assert_int_eq(opens(&keys, package.data, package.len),
		    iv_len == EIM_IV_BYTES);
		bytes_reset(&package);
	}
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(texts_that_nobody_would_take_are_not_sealed)
{
	static const struct {
		const char *text;
		size_t len;
	} texts[] = { { "a\0b", 3 }, { "\xff", 1 }, { "\xc3", 1 } };
	struct eim_keys keys = vector_make_keys(EIM_TOOLKIT);
	struct bytes package = { NULL, 0, 0 };
	uint8_t iv[EIM_IV_BYTES];
	struct errbuf err;

	make_iv(iv);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_int_eq(eim_seal(&keys, "Al", 2, texts[i].text,
		    texts[i].len, iv, NULL, NULL, &package, &err), -1);
		ck_assert_str_eq(err.text,
		    "names and messages have to be UTF-8");
		ck_assert_int_eq(eim_seal(&keys, texts[i].text, texts[i].len,
		    "text", 4, iv, NULL, NULL, &package, &err), -1);
		ck_assert_uint_eq(package.len, 0);
	}
	eim_keys_reset(&keys);
}
END_TEST

START_TEST(padding_of_every_length_is_found)
{
	uint8_t data[32];
	uint32_t good;

	for (size_t n = 0; n < 256; n++) {
		memset(data, 0x55, sizeof(data));
		for (size_t i = 1; i <= 16 && i <= n; i++)
			data[sizeof(data) - i] = (uint8_t)n;
		data[sizeof(data) - 1] = (uint8_t)n;
		ck_assert_uint_eq(pkcs7_unpad(data, sizeof(data), &good),
		    n >= 1 && n <= 16 ? sizeof(data) - n : sizeof(data));
		ck_assert_uint_eq(good, n >= 1 && n <= 16);
		/* One byte of it otherwise. */
		for (size_t i = 2; i <= 16 && i <= n; i++) {
			data[sizeof(data) - i] ^= 0x80;
			pkcs7_unpad(data, sizeof(data), &good);
			ck_assert_uint_eq(good, 0);
			data[sizeof(data) - i] ^= 0x80;
		}
	}
	ck_assert_uint_eq(pkcs7_unpad(data, 0, &good), 0);
	ck_assert_uint_eq(good, 0);
	memset(data, 1, sizeof(data));
	ck_assert_uint_eq(pkcs7_unpad(data, 31, &good), 31);
	ck_assert_uint_eq(good, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("eim_seal");
	TCase *tc = tcase_create("eim_seal");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_vector_is_sealed_step_by_step);
	tcase_add_test(tc, the_vector_is_opened_step_by_step);
	tcase_add_loop_test(tc, texts_of_every_length_come_back, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, a_long_text_and_no_nickname_come_back, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc,
	    a_message_of_one_profile_is_refused_by_the_others, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, every_bit_of_a_package_counts, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, every_part_of_a_package_is_refused, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, what_follows_other_rules_is_refused, 0,
	    sizeof(inners) / sizeof(inners[0]));
	tcase_add_test(tc, what_is_decrypted_to_anything_is_refused);
	tcase_add_test(tc, an_iv_of_another_length_is_refused);
	tcase_add_test(tc, texts_that_nobody_would_take_are_not_sealed);
	tcase_add_test(tc, padding_of_every_length_is_found);
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
