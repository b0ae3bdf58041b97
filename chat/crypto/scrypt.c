#include "chat/crypto/scrypt.h"

#include <openssl/evp.h>

#include "chat/crypto/openssl_error.h"

/* OpenSSL's own limit, 32 MiB, is a little less than the usual cost takes. */
#define MEMORY_BYTES_MAX ((uint64_t)64 << 20)

enum { TIMES_USUAL_MAX = 4 };

const struct scrypt_cost scrypt_cost_usual = { .ln = 15, .r = 8, .p = 3 };

/* In units of 128 bytes. */
static uint64_t
memory_blocks(const struct scrypt_cost *cost)
{
	return ((uint64_t)1 << cost->ln) * cost->r;
}

/* How many of those are mixed. */
static uint64_t
work(const struct scrypt_cost *cost)
{
	return memory_blocks(cost) * cost->p;
}

/* As OpenSSL counts it: V, and besides it two blocks of work and p that begin
 * the lanes. */
static uint64_t
memory_bytes(const struct scrypt_cost *cost)
{
	uint64_t n = (uint64_t)1 << cost->ln;

	return 128 * cost->r * (n + 2 + cost->p);
}

const char *
scrypt_cost_fault(const struct scrypt_cost *cost)
{
	/* Each alone first, so that no product overflows. */
	if (cost->ln < 1 || cost->r < 1 || cost->p < 1)
		return "a cost of scrypt is 0";
	if (cost->ln > 20 || cost->r > 1 << 20 || cost->p > 1 << 20 ||
	    memory_bytes(cost) > MEMORY_BYTES_MAX)
		return "scrypt would take more than 64 MiB";
	/* RFC 7914 section 2: N has to be less than 2^(128 r / 8). */
	if (cost->ln >= 16 * cost->r)
		return "scrypt takes no such N for this r";
	if (work(cost) > TIMES_USUAL_MAX * work(&scrypt_cost_usual))
		return "scrypt would take more than 4 times the usual time";
	return NULL;
}

bool
scrypt_cost_is_weaker(const struct scrypt_cost *cost,
    const struct scrypt_cost *usual)
{
	return memory_blocks(cost) < memory_blocks(usual) ||
	    work(cost) < work(usual);
}

int
scrypt_derive(const struct scrypt_cost *cost, const void *password,
    size_t len, const uint8_t *salt, size_t salt_len, uint8_t *out,
    size_t out_len, struct errbuf *err)
{
	const char *fault = scrypt_cost_fault(cost);

	if (fault != NULL) {
		errbuf_set(err, "%s", fault);
		return -1;
	}
	if (EVP_PBE_scrypt(password, len, salt, salt_len,
	    (uint64_t)1 << cost->ln, cost->r, cost->p, MEMORY_BYTES_MAX, out,
	    out_len) == 1)
		return 0;
	openssl_error_set(err, "scrypt");
	return -1;
}
