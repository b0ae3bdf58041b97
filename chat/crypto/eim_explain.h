/*
 * A walk through the sealing and opening of an encrypted instant message, for
 * people who learn how it is done.
 *
 * The text has every value on the way in hex, the rule that makes it, and the
 * command for a shell that makes the same with openssl; commands stand behind
 * "$" and ">", and all of them in an empty folder leave a file of each value,
 * named after it.  At most 80 columns; the same for the same input.
 */
#ifndef CHAT_CRYPTO_EIM_EXPLAIN_H
#define CHAT_CRYPTO_EIM_EXPLAIN_H

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/crypto/eim_keys.h"
#include "chat/crypto/eim_seal.h"

struct eim_message {
	const char *nickname, *text;		/* UTF-8, terminated */
	uint8_t iv[EIM_IV_BYTES];
};

/* Appends the walk to *out.  It contains the keys.  -1 where the message cannot
 * be sealed; *out may have a part of it then. */
int eim_explain(enum eim_profile profile, const struct secret *confidentiality,
    const struct secret *authenticity, const struct eim_message *message,
    struct bytes *out, struct errbuf *err);

#endif
