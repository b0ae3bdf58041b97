/*
 * What OpenSSL says went wrong, as one line.
 */
#ifndef CHAT_CRYPTO_OPENSSL_ERROR_H
#define CHAT_CRYPTO_OPENSSL_ERROR_H

#include "base/errbuf.h"

/* "WHAT: REASON" from the first error of this thread's queue, which is empty
 * afterwards. */
void openssl_error_set(struct errbuf *err, const char *what);

#endif
