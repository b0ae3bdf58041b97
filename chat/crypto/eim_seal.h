/*
 * Sealing and opening an encrypted instant message.
 *
 *	im	  = IM { nickname 5, message 10 }		(chat/wire/eim)
 *	padded	  = im with PKCS #7 padding to 16 bytes
 *	mac	  = HMAC-SHA256(mac key, padded, or im: see eim_keys.h)
 *	plaintext = PlaintextAndMAC { paddedPlaintext 10, mac 20 }
 *	package	  = EncryptedPackage { iv 20,
 *		    encryptedMessage 30 = AES-256-CBC(plaintext with PKCS #7) }
 *
 * What is opened is checked in constant time, and whatever is wrong (package,
 * padding, MAC, message) gives one and the same answer, so that a peer learns
 * nothing from it.
 */
#ifndef CHAT_CRYPTO_EIM_SEAL_H
#define CHAT_CRYPTO_EIM_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/crypto/eim_keys.h"

enum { EIM_IV_BYTES = 16 };

/* The values on the way, for people (--explain), in order, names as above and
 * plaintext-padded, and how each was made (sealing) or what it undoes (opening,
 * only of a package that is authentic).  The bytes are borrowed for the call.
 */
typedef void (*eim_step)(void *context, const char *name, const char *rule,
    const void *data, size_t len);

/* The package of one message, appended to *out; step may be NULL.  -1 where a
 * text is not UTF-8 or holds a NUL (nobody would take it), without memory, or
 * where OpenSSL fails. */
int eim_seal(const struct eim_keys *keys, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len,
    const uint8_t iv[EIM_IV_BYTES], eim_step step, void *context,
    struct bytes *out, struct errbuf *err);

/* What was in a package; text that has been checked: UTF-8, no NUL. */
struct eim_opened {
	struct bytes plain;	/* owns what follows */
	const char *nickname, *text;	/* not terminated */
	size_t nickname_len, text_len;
};

/* 0, or -1 when it is not authentic (or memory is short): nothing is said about
 * why.  Release with eim_opened_reset(); after -1 there is nothing to. */
int eim_open(const struct eim_keys *keys, const uint8_t *package, size_t len,
    eim_step step, void *context, struct eim_opened *out);

/* Wipes and frees it. */
void eim_opened_reset(struct eim_opened *opened);

#endif
