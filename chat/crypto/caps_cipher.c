#include "chat/crypto/caps_cipher.h"

#include "chat/crypto/cbc.h"

static const uint8_t key_text[] = "This is a key123";
static const uint8_t iv_text[] = "This is an IV456";

static const struct cbc_key caps_key = {
	.key = key_text, .key_len = CAPS_BLOCK_BYTES, .iv = iv_text,
};

_Static_assert(sizeof(key_text) == CAPS_BLOCK_BYTES + 1 &&
    sizeof(iv_text) == CAPS_BLOCK_BYTES + 1, "a block each, and '\\0'");

static int
check_length(size_t len, struct errbuf *err)
{
	if (len != 0 && len % CAPS_BLOCK_BYTES == 0)
		return 0;
	errbuf_set(err, "%zu bytes, but secure mode takes 16, 32, 48 and so on "
	    "(it does not pad)", len);
	return -1;
}

int
caps_encrypt(const uint8_t *in, size_t len, uint8_t *out, struct errbuf *err)
{
	if (check_length(len, err) != 0)
		return -1;
	return cbc_encrypt(&caps_key, in, len, out, err);
}

int
caps_decrypt(const uint8_t *in, size_t len, uint8_t *out, struct errbuf *err)
{
	if (check_length(len, err) != 0)
		return -1;
	return cbc_decrypt(&caps_key, in, len, out, err);
}
