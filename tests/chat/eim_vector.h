/*
 * One encrypted instant message with every value on the way, as the original
 * client sends and takes it; and the keys of the other profiles from the same
 * two texts, as Python's hashlib has them.
 */
#ifndef TESTS_CHAT_EIM_VECTOR_H
#define TESTS_CHAT_EIM_VECTOR_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "chat/crypto/eim_keys.h"

#define VECTOR_C "secretkey123"
#define VECTOR_A "authkey456"
#define VECTOR_NICKNAME "Alice"
#define VECTOR_TEXT "coding is fun"

#define VECTOR_IM "2a05416c696365520d636f64696e672069732066756e"
#define VECTOR_PADDED VECTOR_IM "0a0a0a0a0a0a0a0a0a0a"
#define VECTOR_MAC \
	"a8b68d93f0d54f193d3de7549d022a7e0e18fb52611dbde5fed455780ca71943"
#define VECTOR_PLAINTEXT "5220" VECTOR_PADDED "a20120" VECTOR_MAC
#define VECTOR_IV "000102030405060708090a0b0c0d0e0f"
#define VECTOR_CIPHERTEXT \
	"4dec655c5135c922ac2d9aacf4a5a364ec86963d83cfcdf2b44876d95052868e" \
	"59b14cbf739f04ce5fe7920719fc8bcf6d525a36beb686cb6a6e3ea793a642f1" \
	"7592f979879f1d3e8d4c45484fcf54fa"
#define VECTOR_PACKAGE "a20110" VECTOR_IV "f20150" VECTOR_CIPHERTEXT

enum { VECTOR_PACKAGE_BYTES = 102, HEX_BYTES_MAX = 512 };

/* SHA-256 of c, of a, and of c and a one behind the other. */
#define VECTOR_SHA256_C \
	"dd02b8d024c452f72198d728abb60a355dcbf0526c867909d39e09464cd72185"
#define VECTOR_SHA256_A \
	"424e69f4665c37a642347d7e29df5f65492483a1e73fc8e72dc60275388e94b1"
#define VECTOR_SHA256_C_A \
	"9855436e03faadc8114ba5278f312b5dc9091b321266d2aced6e5fce00876439"

struct vector_keys {
	const char *name, *aes, *mac;
	bool mac_over_padded;
};

static const struct vector_keys vector_keys[EIM_PROFILES] = {
	[EIM_TOOLKIT] = { "toolkit",
	    "1643477bdbb2198e23f73e7ece5207294b4e9e31a1c3325ae07ebfe15ebaa78e",
	    "617574686b6579343536", true },
	[EIM_SHA256_PADDED] = { "sha256-padded",
	    VECTOR_SHA256_C, VECTOR_SHA256_A, true },
	[EIM_SHA256_PLAIN] = { "sha256-plain",
	    VECTOR_SHA256_C, VECTOR_SHA256_A, false },
	[EIM_SHA256_CHAINED] = { "sha256-chained",
	    VECTOR_SHA256_C, VECTOR_SHA256_C_A, false },
	[EIM_SHA256_AUTHKEY] = { "sha256-authkey",
	    VECTOR_SHA256_A, VECTOR_SHA256_A, false },
};

/* The bytes of at most HEX_BYTES_MAX * 2 digits; returns how many. */
static inline size_t
vector_bytes(const char *hex, uint8_t out[HEX_BYTES_MAX])
{
	size_t len = strlen(hex) / 2;

	ck_assert_uint_le(len, HEX_BYTES_MAX);
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
	return len;
}

static inline void
vector_assert_hex(const void *data, size_t len, const char *hex)
{
	char text[2 * HEX_BYTES_MAX + 1] = "";

	ck_assert_uint_le(len, HEX_BYTES_MAX);
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", ((const uint8_t *)data)[i]);
	ck_assert_str_eq(text, hex);
}

/* The keys of a profile; release with eim_keys_reset(). */
static inline struct eim_keys
vector_make_keys(enum eim_profile profile)
{
	struct secret c = { NULL, 0 }, a = { NULL, 0 };
	struct eim_keys keys;
	struct errbuf err;

	ck_assert_int_eq(secret_set(&c, VECTOR_C, strlen(VECTOR_C)), 0);
	ck_assert_int_eq(secret_set(&a, VECTOR_A, strlen(VECTOR_A)), 0);
	ck_assert_int_eq(eim_keys_make(&keys, profile, &c, &a, &err), 0);
	secret_reset(&c);
	secret_reset(&a);
	return keys;
}

#endif
