/*
 * The password hash scrypt (RFC 7914).
 *
 * One takes 128 N r bytes of memory and a time proportional to N r p, N being
 * 2^ln: never in an event loop.
 */
#ifndef CHAT_CRYPTO_SCRYPT_H
#define CHAT_CRYPTO_SCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct scrypt_cost {
	unsigned ln, r, p;
};

/* 32 MiB and 0.4 s on a small machine (OWASP's password storage cheat sheet
 * calls it equal to its first choice, ln=17 p=1, in a quarter of the memory).
 */
extern const struct scrypt_cost scrypt_cost_usual;

/*
 * Why it is not computed, or NULL: the numbers may come from a database that
 * someone else has written, so at most 64 MiB and 4 times the usual time are
 * spent.
 */
const char *scrypt_cost_fault(const struct scrypt_cost *cost);

/* Does a guess cost less than at `usual`, in memory or in time?  Both without
 * fault. */
bool scrypt_cost_is_weaker(const struct scrypt_cost *cost,
    const struct scrypt_cost *usual);

/* out_len bytes from the password and the salt; -1 without memory, with a cost
 * that has a fault, or where OpenSSL fails. */
int scrypt_derive(const struct scrypt_cost *cost, const void *password,
    size_t len, const uint8_t *salt, size_t salt_len, uint8_t *out,
    size_t out_len, struct errbuf *err);

#endif
