#include "chat/crypto/eim_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "chat/crypto/digest.h"

struct profile {
	const char *name;
	struct eim_rules rules;
};

static const struct profile profiles[EIM_PROFILES] = {
	[EIM_TOOLKIT] = { "toolkit",
	    { EIM_RULE_HMAC_C, EIM_RULE_A, true } },
	[EIM_SHA256_PADDED] = { "sha256-padded",
	    { EIM_RULE_SHA256_C, EIM_RULE_SHA256_A, true } },
	[EIM_SHA256_PLAIN] = { "sha256-plain",
	    { EIM_RULE_SHA256_C, EIM_RULE_SHA256_A, false } },
	[EIM_SHA256_CHAINED] = { "sha256-chained",
	    { EIM_RULE_SHA256_C, EIM_RULE_SHA256_C_A, false } },
	[EIM_SHA256_AUTHKEY] = { "sha256-authkey",
	    { EIM_RULE_SHA256_A, EIM_RULE_SHA256_A, false } },
};

const char *
eim_profile_name(enum eim_profile profile)
{
	return profiles[profile].name;
}

const struct eim_rules *
eim_profile_rules(enum eim_profile profile)
{
	return &profiles[profile].rules;
}

static void
name_all(char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < EIM_PROFILES && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s",
		    i == 0 ? "" : i + 1 < EIM_PROFILES ? ", " : " or ",
		    profiles[i].name);
}

int
eim_profile_find(const char *name, enum eim_profile *out, struct errbuf *err)
{
	char all[128];

	for (int i = 0; i < EIM_PROFILES; i++) {
		if (strcmp(name, profiles[i].name) == 0) {
			*out = (enum eim_profile)i;
			return 0;
		}
	}
	name_all(all, sizeof(all));
	errbuf_set(err, "there are no keys '%s'; it can be %s", name, all);
	return -1;
}

/* Which of c and a are hashed. */
static const struct {
	size_t first, count;
} hashed[EIM_RULES] = {
	[EIM_RULE_SHA256_C] = { 0, 1 },
	[EIM_RULE_SHA256_A] = { 1, 1 },
	[EIM_RULE_SHA256_C_A] = { 0, 2 },
};

/* By a rule that makes 32 bytes. */
static int
derive(enum eim_rule rule, const struct secret *c, const struct secret *a,
    uint8_t out[DIGEST_BYTES], struct errbuf *err)
{
	const struct digest_part parts[] = {
		{ c->data, c->len }, { a->data, a->len },
	};

	if (rule == EIM_RULE_HMAC_C)
		return digest_hmac(c->data, c->len, NULL, 0, out, err);
	return digest_sha256(parts + hashed[rule].first, hashed[rule].count,
	    out, err);
}

static int
set_mac_key(struct eim_keys *keys, const void *data, size_t len,
    struct errbuf *err)
{
	if (secret_set(&keys->mac, data, len) == 0)
		return 0;
	errbuf_set(err, "out of memory for the authenticity key");
	return -1;
}

static int
make_mac_key(struct eim_keys *keys, enum eim_rule rule, const struct secret *c,
    const struct secret *a, struct errbuf *err)
{
	uint8_t derived[DIGEST_BYTES];
	int status;

	if (rule == EIM_RULE_A)
		return set_mac_key(keys, a->data, a->len, err);
	status = derive(rule, c, a, derived, err);
	if (status == 0)
		status = set_mac_key(keys, derived, sizeof(derived), err);
	OPENSSL_cleanse(derived, sizeof(derived));
	return status;
}

int
eim_keys_make(struct eim_keys *keys, enum eim_profile profile,
    const struct secret *confidentiality, const struct secret *authenticity,
    struct errbuf *err)
{
	const struct eim_rules *rules = &profiles[profile].rules;

	_Static_assert(sizeof(keys->aes) == DIGEST_BYTES, "a digest is a key");
	*keys = (struct eim_keys){ .mac_over_padded = rules->mac_over_padded };
	if (confidentiality->len == 0 || authenticity->len == 0) {
		errbuf_set(err, "the %s key is empty",
		    confidentiality->len == 0 ? "confidentiality" :
		    "authenticity");
		return -1;
	}
	if (derive(rules->aes, confidentiality, authenticity, keys->aes,
	    err) == 0 &&
	    make_mac_key(keys, rules->mac, confidentiality, authenticity,
	    err) == 0)
		return 0;
	eim_keys_reset(keys);
	return -1;
}

void
eim_keys_reset(struct eim_keys *keys)
{
	secret_reset(&keys->mac);
	OPENSSL_cleanse(keys, sizeof(*keys));
}
