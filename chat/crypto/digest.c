#include "chat/crypto/digest.h"

#include <openssl/evp.h>
#include <stdbool.h>

#include "chat/crypto/openssl_error.h"

/* OpenSSL takes a NULL key for "as before", and the caller's may be empty. */
static const void *
some(const void *data)
{
	return data != NULL ? data : "";
}

static bool
update(EVP_MD_CTX *ctx, const struct digest_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(ctx, some(parts[i].data),
		    parts[i].len) != 1)
			return false;
	return true;
}

int
digest_sha256(const struct digest_part *parts, size_t count,
    uint8_t out[DIGEST_BYTES], struct errbuf *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done = ctx != NULL &&
	    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	    update(ctx, parts, count) &&
	    EVP_DigestFinal_ex(ctx, out, NULL) == 1;

	/* Wipes what it has hashed. */
	EVP_MD_CTX_free(ctx);
	if (done)
		return 0;
	openssl_error_set(err, "SHA-256");
	return -1;
}

int
digest_hmac(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t out[DIGEST_BYTES], struct errbuf *err)
{
	size_t out_len = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, some(key), key_len,
	    some(data), len, out, DIGEST_BYTES, &out_len) != NULL &&
	    out_len == DIGEST_BYTES)
		return 0;
	openssl_error_set(err, "HMAC-SHA256");
	return -1;
}
