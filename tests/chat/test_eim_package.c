#include "chat/wire/eim_package.h"

#include "chat/wire/eim_package.pb-c.h"
#include "tests/chat/eim_vector.h"
#include "tests/chat/wire_tools.h"
#include "tests/tools/hex.h"

enum { ROOM = 1024 };

#define VECTOR_PACKAGE "a20110" VECTOR_IV "f20150" VECTOR_CIPHERTEXT

/* Of bytes in a room of just their size, which the verdict outlives. */
static int
parse_package(const uint8_t *data, size_t len)
{
	uint8_t *copy = exactly(data, len);
	struct wire_span iv, message;
	int status = encrypted_package_parse(copy, len, &iv, &message);

	free(copy);
	return status;
}

static int
parse_message(const uint8_t *data, size_t len)
{
	uint8_t *copy = exactly(data, len);
	struct im_message m;
	int status = eim_message_parse(copy, len, &m);

	free(copy);
	return status;
}

static int
relay(const char *hex)
{
	uint8_t data[ROOM];
	size_t len = hex_bytes(hex, data, sizeof(data));
	uint8_t *copy = exactly(data, len);
	int status = encrypted_package_relayed(copy, len);

	free(copy);
	return status;
}

static void
assert_hex(const void *data, size_t len, const char *hex)
{
	uint8_t bytes[ROOM];

	ck_assert_uint_eq(len, hex_bytes(hex, bytes, sizeof(bytes)));
	ck_assert_mem_eq(data, bytes, len);
}

START_TEST(the_message_of_the_vector)
{
	struct bytes out = { 0 };
	struct im_message m;

	ck_assert_int_eq(eim_message_append(&out, VECTOR_NICKNAME,
	    strlen(VECTOR_NICKNAME), VECTOR_TEXT, strlen(VECTOR_TEXT)), 0);
	assert_hex(out.data, out.len, VECTOR_IM);
	ck_assert_int_eq(eim_message_parse(out.data, out.len, &m), 0);
	ck_assert_uint_eq(m.nickname_len, strlen(VECTOR_NICKNAME));
	ck_assert_mem_eq(m.nickname, VECTOR_NICKNAME, m.nickname_len);
	ck_assert_uint_eq(m.text_len, strlen(VECTOR_TEXT));
	ck_assert_mem_eq(m.text, VECTOR_TEXT, m.text_len);
	for (size_t n = 0; n < out.len; n++)
		ck_assert_int_eq(parse_message(out.data, n), -1);
	bytes_reset(&out);
}
END_TEST

START_TEST(the_plaintext_and_mac_of_the_vector)
{
	uint8_t padded[ROOM], mac[ROOM];
	size_t padded_len = hex_bytes(VECTOR_PADDED, padded, sizeof(padded));
	size_t mac_len = hex_bytes(VECTOR_MAC, mac, sizeof(mac));
	struct wire_span found_padded, found_mac;
	struct bytes out = { 0 };

	ck_assert_int_eq(plaintext_and_mac_append(&out, padded, padded_len, mac,
	    mac_len), 0);
	assert_hex(out.data, out.len, VECTOR_PLAINTEXT);
	ck_assert_int_eq(plaintext_and_mac_parse(out.data, out.len,
	    &found_padded, &found_mac), 0);
	assert_hex(found_padded.data, found_padded.len, VECTOR_PADDED);
	assert_hex(found_mac.data, found_mac.len, VECTOR_MAC);
	for (size_t n = 0; n < out.len; n++)
		ck_assert_int_eq(plaintext_and_mac_parse(out.data, n,
		    &found_padded, &found_mac), -1);
	bytes_reset(&out);
}
END_TEST

START_TEST(the_package_of_the_vector)
{
	uint8_t iv[ROOM], text[ROOM];
	size_t iv_len = hex_bytes(VECTOR_IV, iv, sizeof(iv));
	size_t text_len = hex_bytes(VECTOR_CIPHERTEXT, text, sizeof(text));
	struct wire_span found_iv, found_text;
	struct bytes out = { 0 };

	ck_assert_int_eq(encrypted_package_append(&out, iv, iv_len, text,
	    text_len), 0);
	assert_hex(out.data, out.len, VECTOR_PACKAGE);
	ck_assert_int_eq(encrypted_package_parse(out.data, out.len, &found_iv,
	    &found_text), 0);
	assert_hex(found_iv.data, found_iv.len, VECTOR_IV);
	assert_hex(found_text.data, found_text.len, VECTOR_CIPHERTEXT);
	ck_assert_int_eq(relay(VECTOR_PACKAGE), 0);
	for (size_t n = 0; n < out.len; n++)
		ck_assert_int_eq(parse_package(out.data, n), -1);
	bytes_reset(&out);
}
END_TEST

/* What the original relay and the original client do with each. */
static const struct {
	const char *hex;
	int relayed, parsed;
} packages[] = {
	{ "", 0, -1 },
	{ "a20100", 0, -1 },				/* no message */
	{ "f20101aa", 0, -1 },				/* no iv */
	{ "a20100 f20100", 0, 0 },			/* empty ones */
	{ "f20101aa a2010100", 0, 0 },			/* the other way */
	{ "0801 a20100 f20100 120100", 0, 0 },		/* unknown fields */
	{ "a2010161 a2010162 f20100", 0, 0 },		/* one twice */
	{ "a00101 a20100 f20100", 0, -1 },		/* one as a varint */
	{ "a20101", -1, -1 },				/* cut */
	{ "a001", -1, -1 },
	{ "a2018080808010 f20100", -1, -1 },		/* 4 GiB */
	{ "ff", -1, -1 },
	{ "0b0c a20100 f20100", -1, -1 },		/* a group */
	{ "0201 a20100 f20100", -1, -1 },		/* number 0 */
	{ "6e6f7420612070726f746f627566", -1, -1 },	/* not a protobuf */
};

START_TEST(what_is_relayed_need_not_be_whole)
{
	uint8_t data[ROOM];
	size_t len = hex_bytes(packages[_i].hex, data, sizeof(data));

	ck_assert_int_eq(relay(packages[_i].hex), packages[_i].relayed);
	ck_assert_int_eq(parse_package(data, len), packages[_i].parsed);
}
END_TEST

static const char *const no_text[] = {
	"2a01005201 62", "2a0161 520200 62",		/* a NUL */
	"2a01ff 520162", "2a0161 5202c361",		/* no UTF-8 */
	"2a0161 5203eda080", "2a02c080 520162",
	"520162", "2a0161", "",				/* a field only */
};

START_TEST(what_is_no_text_is_refused)
{
	uint8_t data[ROOM];
	size_t len = hex_bytes(no_text[_i], data, sizeof(data));

	ck_assert_int_eq(parse_message(data, len), -1);
}
END_TEST

/* Keys, MACs and ciphertext are bytes, whatever they are. */
START_TEST(any_bytes_come_back_and_protobuf_c_reads_the_same)
{
	struct splitmix chance = chance_of("any_bytes_come_back");
	unsigned long rounds = random_rounds(2000);

	while (rounds-- > 0) {
		uint8_t a[300], b[300];
		size_t a_len = splitmix_below(&chance, sizeof(a) + 1);
		size_t b_len = splitmix_below(&chance, sizeof(b) + 1);
		struct bytes out = { 0 };
		struct wire_span iv, message;
		Demo__EncryptedPackage *theirs;

		fill(&chance, a, a_len);
		fill(&chance, b, b_len);
		ck_assert_int_eq(encrypted_package_append(&out, a, a_len, b,
		    b_len), 0);
		ck_assert_int_eq(encrypted_package_parse(out.data, out.len, &iv,
		    &message), 0);
		ck_assert_uint_eq(iv.len, a_len);
		ck_assert_mem_eq(iv.data, a, a_len);
		ck_assert_uint_eq(message.len, b_len);
		ck_assert_mem_eq(message.data, b, b_len);
		theirs = demo__encrypted_package__unpack(NULL, out.len,
		    out.data);
		ck_assert_ptr_nonnull(theirs);
		ck_assert_uint_eq(theirs->iv.len, a_len);
		ck_assert_uint_eq(theirs->encryptedmessage.len, b_len);
		demo__encrypted_package__free_unpacked(theirs, NULL);
		bytes_reset(&out);
	}
}
END_TEST

/* Packages that were damaged: ours refuses, or both read the same. */
START_TEST(of_damaged_packages_protobuf_c_reads_the_same)
{
	struct splitmix chance = chance_of("of_damaged_packages");
	unsigned long rounds = random_rounds(20000), read = 0;
	uint8_t data[ROOM];

	for (unsigned long i = 0; i < rounds; i++) {
		size_t len = hex_bytes("a2010461626364 f2010465666768", data,
		    sizeof(data));
		struct wire_span iv, message;
		Demo__EncryptedPackage *theirs;

		for (int n = 0; n < 2; n++)
			data[splitmix_below(&chance, (uint32_t)len)] =
			    (uint8_t)splitmix_next(&chance);
		if (encrypted_package_parse(data, len, &iv, &message) != 0)
			continue;
		read++;
		theirs = demo__encrypted_package__unpack(NULL, len, data);
		ck_assert_ptr_nonnull(theirs);
		ck_assert_uint_eq(theirs->iv.len, iv.len);
		if (iv.len > 0)
			ck_assert_mem_eq(theirs->iv.data, iv.data, iv.len);
		ck_assert_uint_eq(theirs->encryptedmessage.len, message.len);
		if (message.len > 0)
			ck_assert_mem_eq(theirs->encryptedmessage.data,
			    message.data, message.len);
		demo__encrypted_package__free_unpacked(theirs, NULL);
	}
	ck_assert_uint_gt(read, rounds / 10);
	ck_assert_uint_lt(read, rounds);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("eim_package");
	TCase *tc = tcase_create("eim_package");

	tcase_add_test(tc, the_message_of_the_vector);
	tcase_add_test(tc, the_plaintext_and_mac_of_the_vector);
	tcase_add_test(tc, the_package_of_the_vector);
	tcase_add_loop_test(tc, what_is_relayed_need_not_be_whole, 0,
	    sizeof(packages) / sizeof(packages[0]));
	tcase_add_loop_test(tc, what_is_no_text_is_refused, 0,
	    sizeof(no_text) / sizeof(no_text[0]));
	tcase_add_test(tc, any_bytes_come_back_and_protobuf_c_reads_the_same);
	tcase_add_test(tc, of_damaged_packages_protobuf_c_reads_the_same);
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
