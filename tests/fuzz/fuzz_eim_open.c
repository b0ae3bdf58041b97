/*
 * What comes from outside into the rooms of keys: packages of encrypted instant
 * messages, and password records.  The first byte says which and by which
 * profile, the rest is: a package; what a package decrypts to; a padded message
 * whose MAC is right; a nickname's length and the two texts to seal; a record.
 */
#include <stdlib.h>
#include <string.h>

#include "chat/crypto/cbc.h"
#include "chat/crypto/digest.h"
#include "chat/crypto/eim_seal.h"
#include "chat/crypto/password_record.h"
#include "chat/crypto/pkcs7.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/eim_package.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t iv[EIM_IV_BYTES] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

static struct eim_keys
make_keys(uint8_t choice)
{
	struct secret c = { NULL, 0 }, a = { NULL, 0 };
	struct errbuf err = { "" };
	struct eim_keys keys;

	FUZZ_CHECK(secret_set(&c, "secretkey123", 12) == 0);
	FUZZ_CHECK(secret_set(&a, "authkey456", 10) == 0);
	FUZZ_CHECK(eim_keys_make(&keys, choice % EIM_PROFILES, &c, &a,
	    &err) == 0);
	secret_reset(&c);
	secret_reset(&a);
	return keys;
}

static void
check_part(const struct eim_opened *o, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	FUZZ_CHECK(chat_text_is_utf8(at, len));
	FUZZ_CHECK(len == 0 || (at >= o->plain.data &&
	    at + len <= o->plain.data + o->plain.len));
}

/* Does it open?  Then as what it should. */
static bool
open_checked(const struct eim_keys *keys, const uint8_t *package, size_t len)
{
	struct eim_opened o;

	if (eim_open(keys, package, len, NULL, NULL, &o) != 0) {
		FUZZ_CHECK(o.plain.data == NULL && o.nickname == NULL &&
		    o.text == NULL);
		return false;
	}
	check_part(&o, o.nickname, o.nickname_len);
	check_part(&o, o.text, o.text_len);
	eim_opened_reset(&o);
	return true;
}

static void
fuzz_package(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	open_checked(keys, data, len);
}

static bool
open_blocks(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	const struct cbc_key key = { keys->aes, sizeof(keys->aes), iv };
	struct bytes blocks = { NULL, 0, 0 }, package = { NULL, 0, 0 };
	struct errbuf err = { "" };
	bool opened;

	FUZZ_CHECK(bytes_append(&blocks, data, len) == 0);
	FUZZ_CHECK(cbc_encrypt(&key, blocks.data, len, blocks.data,
	    &err) == 0);
	FUZZ_CHECK(encrypted_package_append(&package, iv, sizeof(iv),
	    blocks.data, len) == 0);
	opened = open_checked(keys, package.data, package.len);
	bytes_reset(&blocks);
	bytes_reset(&package);
	return opened;
}

static void
fuzz_blocks(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	open_blocks(keys, data, len - len % CBC_BLOCK_BYTES);
}

static void
fuzz_padded(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	struct bytes plaintext = { NULL, 0, 0 };
	uint8_t mac[DIGEST_BYTES];
	struct errbuf err = { "" };
	struct im_message im;
	uint32_t good;
	size_t im_len = pkcs7_unpad(data, len, &good);
	bool opened;

	FUZZ_CHECK(digest_hmac(keys->mac.data, keys->mac.len, data,
	    keys->mac_over_padded ? len : im_len, mac, &err) == 0);
	FUZZ_CHECK(plaintext_and_mac_append(&plaintext, data, len, mac,
	    sizeof(mac)) == 0);
	FUZZ_CHECK(pkcs7_pad(&plaintext) == 0);
	opened = open_blocks(keys, plaintext.data, plaintext.len);
	FUZZ_CHECK(opened == (good == 1 &&
	    eim_message_parse(data, im_len, &im) == 0));
	bytes_reset(&plaintext);
}

static void
fuzz_texts(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	size_t nickname_len = len == 0 ? 0 : data[0] % len;
	const char *nickname = (const char *)data + (len != 0);
	const char *text = nickname + nickname_len;
	size_t text_len = len - nickname_len - (len != 0);
	struct bytes package = { NULL, 0, 0 };
	struct errbuf err = { "" };
	int status = eim_seal(keys, nickname, nickname_len, text, text_len, iv,
	    NULL, NULL, &package, &err);

	FUZZ_CHECK((status == 0) ==
	    (chat_text_is_utf8((const uint8_t *)nickname, nickname_len) &&
	    chat_text_is_utf8((const uint8_t *)text, text_len)));
	if (status == 0)
		FUZZ_CHECK(open_checked(keys, package.data, package.len));
	else
		fuzz_check_line(&err, NULL);
	bytes_reset(&package);
}

static void
fuzz_record(const struct eim_keys *keys, const uint8_t *data, size_t len)
{
	char *text = strndup((const char *)data, len);
	char again[PASSWORD_RECORD_BYTES];
	struct password_record record;
	struct errbuf err = { "" };

	(void)keys;
	FUZZ_CHECK(text != NULL);
	if (password_record_parse(text, &record, &err) == 0) {
		FUZZ_CHECK(scrypt_cost_fault(&record.cost) == NULL);
		password_record_write(&record, again);
		FUZZ_CHECK(strcmp(again, text) == 0);
	} else {
		fuzz_check_line(&err, NULL);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const kinds[])(const struct eim_keys *keys,
	    const uint8_t *data, size_t len) = {
		fuzz_package, fuzz_blocks, fuzz_padded, fuzz_texts,
		fuzz_record,
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);
	struct eim_keys keys;

	if (len == 0)
		return 0;
	keys = make_keys(data[0] >> 4);
	kinds[(data[0] & 15) % count](&keys, data + 1, len - 1);
	eim_keys_reset(&keys);
	return 0;
}
