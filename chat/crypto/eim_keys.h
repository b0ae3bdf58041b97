/*
 * The keys of encrypted instant messages (`eim`), by the rules of five
 * programs of the same course.
 *
 *	profile		AES-256 key		MAC key		MAC over
 *	toolkit		HMAC-SHA256(c, "")	a as it is	padded IM
 *	sha256-padded	SHA256(c)		SHA256(a)	padded IM
 *	sha256-plain	SHA256(c)		SHA256(a)	IM
 *	sha256-chained	SHA256(c)		SHA256(c a)	IM
 *	sha256-authkey	SHA256(a)		SHA256(a)	IM
 *
 * where c is the text of --confidentiality-key, a of --authenticity-key.
 */
#ifndef CHAT_CRYPTO_EIM_KEYS_H
#define CHAT_CRYPTO_EIM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/crypto/secret.h"

enum eim_profile {
	EIM_TOOLKIT,
	EIM_SHA256_PADDED,
	EIM_SHA256_PLAIN,
	EIM_SHA256_CHAINED,
	EIM_SHA256_AUTHKEY,
	EIM_PROFILES		/* how many there are */
};

/* How a key is made. */
enum eim_rule {
	EIM_RULE_HMAC_C,	/* HMAC-SHA256(c, "") */
	EIM_RULE_A,		/* a as it is */
	EIM_RULE_SHA256_C,
	EIM_RULE_SHA256_A,
	EIM_RULE_SHA256_C_A,	/* of c and a one behind the other */
	EIM_RULES
};

struct eim_rules {
	enum eim_rule aes, mac;
	bool mac_over_padded;
};

struct eim_keys {
	uint8_t aes[32];
	struct secret mac;
	bool mac_over_padded;
};

/* "toolkit" and so on. */
const char *eim_profile_name(enum eim_profile profile);

/* -1: there is no such profile; the line in *err names those there are. */
int eim_profile_find(const char *name, enum eim_profile *out,
    struct errbuf *err);

/* How its keys are made; a constant. */
const struct eim_rules *eim_profile_rules(enum eim_profile profile);

/* -1 where one of the two is empty or none, without memory, or where OpenSSL
 * fails.  Release with eim_keys_reset(). */
int eim_keys_make(struct eim_keys *keys, enum eim_profile profile,
    const struct secret *confidentiality, const struct secret *authenticity,
    struct errbuf *err);

/* Wipes and frees them. */
void eim_keys_reset(struct eim_keys *keys);

#endif
