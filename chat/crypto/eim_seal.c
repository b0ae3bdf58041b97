#include "chat/crypto/eim_seal.h"

#include <openssl/crypto.h>
#include <string.h>

#include "chat/crypto/cbc.h"
#include "chat/crypto/digest.h"
#include "chat/crypto/pkcs7.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/eim_package.h"

enum {
	/* Tags and lengths of two fields, as long as they come. */
	TWO_HEADS_BYTES = 2 * (2 + 5),

	/* What a ciphertext has besides its padded IM: head, MAC and padding
	 * fill three blocks, whatever the length. */
	AROUND_PADDED_BYTES = 48,
};

static const char *const rule_im = "IM { nickname 5, message 10 }";
static const char *const rule_padded = "im, PKCS #7 to 16 bytes";
static const char *const rule_mac_padded = "HMAC-SHA256(mackey, padded)";
static const char *const rule_mac_im = "HMAC-SHA256(mackey, im)";
static const char *const rule_plaintext =
    "PlaintextAndMAC { paddedPlaintext 10, mac 20 }";
static const char *const rule_plaintext_padded =
    "plaintext, PKCS #7 to 16 bytes";
static const char *const rule_ciphertext =
    "AES-256-CBC(key, iv, plaintext-padded)";
static const char *const rule_package =
    "EncryptedPackage { iv 20, encryptedMessage 30 }";

struct steps {
	eim_step show;
	void *context;
};

static void
show(const struct steps *steps, const char *name, const char *rule,
    const void *data, size_t len)
{
	if (steps->show != NULL)
		steps->show(steps->context, name, rule, data, len);
}

static const char *
mac_rule(const struct eim_keys *keys)
{
	return keys->mac_over_padded ? rule_mac_padded : rule_mac_im;
}

static void
wipe(struct bytes *bytes)
{
	if (bytes->data != NULL)
		OPENSSL_cleanse(bytes->data, bytes->room);
	bytes_reset(bytes);
}

/*
 * Sealing.  Buffers are made as large as they will be at the start, so that
 * none grows and leaves a copy behind.
 */

struct seal {
	struct bytes padded, plaintext;		/* the latter encrypted, then */
	size_t im_len;
	uint8_t mac[DIGEST_BYTES];
};

static int
make_padded(struct seal *s, const char *nickname, size_t nickname_len,
    const char *text, size_t text_len, const struct steps *steps)
{
	/* No object is so long that the sum overflows. */
	if (bytes_reserve(&s->padded, nickname_len + text_len +
	    TWO_HEADS_BYTES + PKCS7_BLOCK_BYTES) == NULL ||
	    eim_message_append(&s->padded, nickname, nickname_len, text,
	    text_len) != 0)
		return -1;
	s->im_len = s->padded.len;
	show(steps, "im", rule_im, s->padded.data, s->im_len);
	if (pkcs7_pad(&s->padded) != 0)
		return -1;
	show(steps, "padded", rule_padded, s->padded.data, s->padded.len);
	return 0;
}

static int
make_mac(struct seal *s, const struct eim_keys *keys,
    const struct steps *steps, struct errbuf *err)
{
	size_t len = keys->mac_over_padded ? s->padded.len : s->im_len;

	if (digest_hmac(keys->mac.data, keys->mac.len, s->padded.data, len,
	    s->mac, err) != 0)
		return -1;
	show(steps, "mac", mac_rule(keys), s->mac, sizeof(s->mac));
	return 0;
}

static int
make_plaintext(struct seal *s, const struct steps *steps)
{
	struct bytes *plaintext = &s->plaintext;

	if (bytes_reserve(plaintext, s->padded.len + sizeof(s->mac) +
	    TWO_HEADS_BYTES + PKCS7_BLOCK_BYTES) == NULL ||
	    plaintext_and_mac_append(plaintext, s->padded.data, s->padded.len,
	    s->mac, sizeof(s->mac)) != 0)
		return -1;
	show(steps, "plaintext", rule_plaintext, plaintext->data,
	    plaintext->len);
	if (pkcs7_pad(plaintext) != 0)
		return -1;
	show(steps, "plaintext-padded", rule_plaintext_padded,
	    plaintext->data, plaintext->len);
	return 0;
}

static int
encrypt(struct seal *s, const struct eim_keys *keys,
    const uint8_t iv[EIM_IV_BYTES], const struct steps *steps,
    struct errbuf *err)
{
	const struct cbc_key key = { keys->aes, sizeof(keys->aes), iv };
	struct bytes *data = &s->plaintext;

	if (cbc_encrypt(&key, data->data, data->len, data->data, err) != 0)
		return -1;
	show(steps, "ciphertext", rule_ciphertext, data->data, data->len);
	return 0;
}

static int
make_package(struct seal *s, const uint8_t iv[EIM_IV_BYTES],
    const struct steps *steps, struct bytes *out)
{
	size_t before = out->len;

	if (encrypted_package_append(out, iv, EIM_IV_BYTES, s->plaintext.data,
	    s->plaintext.len) != 0)
		return -1;
	show(steps, "package", rule_package, out->data + before,
	    out->len - before);
	return 0;
}

static int
check_texts(const char *nickname, size_t nickname_len, const char *text,
    size_t text_len, struct errbuf *err)
{
	if (chat_text_is_utf8((const uint8_t *)nickname, nickname_len) &&
	    chat_text_is_utf8((const uint8_t *)text, text_len))
		return 0;
	errbuf_set(err, "names and messages have to be UTF-8");
	return -1;
}

int
eim_seal(const struct eim_keys *keys, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len,
    const uint8_t iv[EIM_IV_BYTES], eim_step step, void *context,
    struct bytes *out, struct errbuf *err)
{
	const struct steps steps = { step, context };
	struct seal s = { .im_len = 0 };
	int status = -1;

	if (check_texts(nickname, nickname_len, text, text_len, err) != 0)
		return -1;
	errbuf_set(err, "out of memory for a message of %zu bytes", text_len);
	if (make_padded(&s, nickname, nickname_len, text, text_len,
	    &steps) == 0 &&
	    make_mac(&s, keys, &steps, err) == 0 &&
	    make_plaintext(&s, &steps) == 0 &&
	    encrypt(&s, keys, iv, &steps, err) == 0 &&
	    make_package(&s, iv, &steps, out) == 0) {
		err->text[0] = '\0';
		status = 0;
	}
	wipe(&s.padded);
	wipe(&s.plaintext);
	OPENSSL_cleanse(&s, sizeof(s));
	return status;
}

/*
 * Opening.
 *
 * The format has its MAC inside the encryption, so whoever can send changed
 * packages and tell from the time (there is no answer) at which check they fail
 * learns the text byte by byte (Vaudenay 2002; Lucky 13, AlFardan and Paterson
 * 2013).  So:
 *
 * - What ends early hangs on what is on the wire anyway: fields of the package,
 *   length of the IV, whole blocks.
 * - The length of both paddings is found without a branch on the bytes.
 * - Whether the padding is right, whether it is a PlaintextAndMAC or garbage,
 *   the HMAC is computed; of garbage, over as many bytes as an honest package
 *   of that length has.  Only then is there one answer.
 *
 * What is not constant: the scan of the PlaintextAndMAC, some tens of
 * nanoseconds; the HMAC where a changed package still parses, with another
 * length; and in the profiles with a MAC over the unpadded IM, where the
 * padding's length can decide whether HMAC has one block of 64 bytes more.  And
 * a person who shows what she got tells all of it.
 */

struct inside {
	struct wire_span padded, mac;
	size_t im_len;
	uint32_t good;		/* 1, or 0 */
};

static const uint8_t no_mac[DIGEST_BYTES];

static void
stand_in(const uint8_t *plain, size_t len, struct inside *in)
{
	in->padded.data = plain;
	in->padded.len = len > AROUND_PADDED_BYTES ?
	    len - AROUND_PADDED_BYTES : 0;
	in->mac.data = no_mac;
	in->mac.len = sizeof(no_mac);
}

static void
take_apart(const uint8_t *plain, size_t len, struct inside *in)
{
	uint32_t outer, inner, whole;
	size_t plaintext_len = pkcs7_unpad(plain, len, &outer);

	whole = plaintext_and_mac_parse(plain, plaintext_len, &in->padded,
	    &in->mac) == 0 && in->mac.len == DIGEST_BYTES;
	if (!whole)
		stand_in(plain, len, in);
	in->im_len = pkcs7_unpad(in->padded.data, in->padded.len, &inner);
	in->good = outer & inner & whole;
}

static uint32_t
is_authentic(const struct eim_keys *keys, const struct inside *in)
{
	size_t len = keys->mac_over_padded ? in->padded.len : in->im_len;
	uint8_t mac[DIGEST_BYTES] = { 0 };
	struct errbuf err;
	uint32_t good;

	good = digest_hmac(keys->mac.data, keys->mac.len, in->padded.data,
	    len, mac, &err) == 0;
	good &= CRYPTO_memcmp(mac, in->mac.data, sizeof(mac)) == 0;
	OPENSSL_cleanse(mac, sizeof(mac));
	return good & in->good;
}

static int
decrypt(const struct eim_keys *keys, const uint8_t *package, size_t len,
    struct bytes *plain)
{
	struct wire_span iv, message;
	struct cbc_key key = { keys->aes, sizeof(keys->aes), NULL };
	struct errbuf err;

	if (encrypted_package_parse(package, len, &iv, &message) != 0 ||
	    iv.len != EIM_IV_BYTES || message.len == 0 ||
	    bytes_reserve(plain, message.len) == NULL)
		return -1;
	key.iv = iv.data;
	plain->len = message.len;
	return cbc_decrypt(&key, message.data, message.len, plain->data, &err);
}

static void
show_opened(const struct eim_keys *keys, const struct bytes *plain,
    const struct inside *in, const struct steps *steps)
{
	uint32_t good;
	size_t len = pkcs7_unpad(plain->data, plain->len, &good);

	show(steps, "plaintext-padded", rule_ciphertext, plain->data,
	    plain->len);
	show(steps, "plaintext", rule_plaintext_padded, plain->data, len);
	show(steps, "padded", rule_plaintext, in->padded.data,
	    in->padded.len);
	show(steps, "mac", mac_rule(keys), in->mac.data, in->mac.len);
	show(steps, "im", rule_padded, in->padded.data, in->im_len);
}

static int
read_message(const struct inside *in, struct eim_opened *out)
{
	struct im_message message;

	if (eim_message_parse(in->padded.data, in->im_len, &message) != 0)
		return -1;
	out->nickname = message.nickname;
	out->nickname_len = message.nickname_len;
	out->text = message.text;
	out->text_len = message.text_len;
	return 0;
}

int
eim_open(const struct eim_keys *keys, const uint8_t *package, size_t len,
    eim_step step, void *context, struct eim_opened *out)
{
	const struct steps steps = { step, context };
	struct inside in = { .good = 0 };

	*out = (struct eim_opened){ .text_len = 0 };
	if (decrypt(keys, package, len, &out->plain) != 0)
		goto fail;
	take_apart(out->plain.data, out->plain.len, &in);
	if (is_authentic(keys, &in) == 0 || read_message(&in, out) != 0)
		goto fail;
	show_opened(keys, &out->plain, &in, &steps);
	return 0;

fail:
	eim_opened_reset(out);
	return -1;
}

void
eim_opened_reset(struct eim_opened *opened)
{
	wipe(&opened->plain);
	*opened = (struct eim_opened){ .text_len = 0 };
}
