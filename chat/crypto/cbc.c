#include "chat/crypto/cbc.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "chat/crypto/openssl_error.h"

enum direction { DECRYPT = 0, ENCRYPT = 1 };	/* as EVP_CipherInit has it */

static bool
run(const struct cbc_key *key, enum direction direction, const uint8_t *in,
    int len, uint8_t *out)
{
	const EVP_CIPHER *cipher =
	    key->key_len == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int moved = 0, rest = 0;
	bool done = ctx != NULL &&
	    EVP_CipherInit_ex(ctx, cipher, NULL, key->key, key->iv,
	    direction) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	    EVP_CipherUpdate(ctx, out, &moved, in, len) == 1 &&
	    EVP_CipherFinal_ex(ctx, out + moved, &rest) == 1 &&
	    moved + rest == len;

	/* Wipes the key schedule. */
	EVP_CIPHER_CTX_free(ctx);
	return done;
}

static int
cbc(const struct cbc_key *key, enum direction direction, const uint8_t *in,
    size_t len, uint8_t *out, struct errbuf *err)
{
	if (len % CBC_BLOCK_BYTES != 0 || len > INT_MAX) {
		errbuf_set(err, "AES-CBC: %zu bytes are not whole blocks of "
		    "%d", len, CBC_BLOCK_BYTES);
		return -1;
	}
	if (len == 0 || run(key, direction, in, (int)len, out))
		return 0;
	openssl_error_set(err, "AES-CBC");
	return -1;
}

int
cbc_encrypt(const struct cbc_key *key, const uint8_t *in, size_t len,
    uint8_t *out, struct errbuf *err)
{
	return cbc(key, ENCRYPT, in, len, out, err);
}

int
cbc_decrypt(const struct cbc_key *key, const uint8_t *in, size_t len,
    uint8_t *out, struct errbuf *err)
{
	return cbc(key, DECRYPT, in, len, out, err);
}
