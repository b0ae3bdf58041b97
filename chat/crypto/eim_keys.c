#include "chat/crypto/eim_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "chat/crypto/digest.h"

/* What a key is made of: c is confidentiality's text, a authenticity's. */
enum rule {
	RULE_HMAC_C,		/* HMAC-SHA256(c, "") */
	RULE_A,			/* a as it is */
	RULE_SHA256_C,
	RULE_SHA256_A,
	RULE_SHA256_C_A,	/* of c and a one behind the other */
};

struct profile {
	const char *name;
	enum rule aes, mac;
	bool mac_over_padded;
};

static const struct profile profiles[EIM_PROFILES] = {
	[EIM_TOOLKIT] = { "toolkit", RULE_HMAC_C, RULE_A, true },
	[EIM_SHA256_PADDED] = { "sha256-padded", RULE_SHA256_C, RULE_SHA256_A,
	    true },
	[EIM_SHA256_PLAIN] = { "sha256-plain", RULE_SHA256_C, RULE_SHA256_A,
	    false },
	[EIM_SHA256_CHAINED] = { "sha256-chained", RULE_SHA256_C,
	    RULE_SHA256_C_A, false },
	[EIM_SHA256_AUTHKEY] = { "sha256-authkey", RULE_SHA256_A,
	    RULE_SHA256_A, false },
};

const char *
eim_profile_name(enum eim_profile profile)
{
	return profiles[profile].name;
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

/* The rules that make 32 bytes. */
static int
derive(enum rule rule, const struct secret *c, const struct secret *a,
    uint8_t out[DIGEST_BYTES], struct errbuf *err)
{
	const struct digest_part parts[] = {
		{ c->data, c->len }, { a->data, a->len },
	};

	switch (rule) {
	case RULE_HMAC_C:
		return digest_hmac(c->data, c->len, NULL, 0, out, err);
	case RULE_SHA256_C:
		return digest_sha256(parts, 1, out, err);
	case RULE_SHA256_C_A:
		return digest_sha256(parts, 2, out, err);
	case RULE_A:
	case RULE_SHA256_A:
		break;
	}
	return digest_sha256(parts + 1, 1, out, err);
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
make_mac_key(struct eim_keys *keys, enum rule rule, const struct secret *c,
    const struct secret *a, struct errbuf *err)
{
	uint8_t derived[DIGEST_BYTES];
	int status;

	if (rule == RULE_A)
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
	const struct profile *p = &profiles[profile];

	_Static_assert(sizeof(keys->aes) == DIGEST_BYTES, "a digest is a key");
	*keys = (struct eim_keys){ .mac_over_padded = p->mac_over_padded };
	if (confidentiality->len == 0 || authenticity->len == 0) {
		errbuf_set(err, "the %s key is empty",
		    confidentiality->len == 0 ? "confidentiality" :
		    "authenticity");
		return -1;
	}
	if (derive(p->aes, confidentiality, authenticity, keys->aes, err) == 0 &&
	    make_mac_key(keys, p->mac, confidentiality, authenticity,
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
